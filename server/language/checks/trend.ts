import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { initializerOf } from "../layers/initializers.ts";
import { type KernelGradient, propagate, type Propagation, type Signal } from "../signal/index.ts";
import { isNorm, layersOf, type NodeSet, readersOf, unavoidable } from "./graph.ts";

/** How signal and gradient change over the layers that every way through a model passes. */
export interface Trend {
  readonly propagation: Propagation;
  /** By node, whether every way passes it. */
  readonly only: NodeSet;
  /** Trainable kernels in the order of the flow; at least two. */
  readonly kernels: readonly KernelGradient[];
  readonly last: KernelGradient;
  readonly least: KernelGradient;
  /** Of those whose result is not normalized, which makes a step as small as the weight is large. */
  readonly most: KernelGradient;
  /** What flows into the last kernel. */
  readonly leaves: Signal;
  /** Its mean square against that of what flows into the first, without what averages take: the positions of real data are not independent. */
  readonly growth: number;
  /** Every number rests on the theory alone. */
  readonly derived: boolean;
}

/** What only weighs values gets little at the start by design: attention is nearly even then. */
const SCORES = new Set(["query", "key"]);

/** Undefined where the theory has no answer, there is more than one output, or fewer than two layers with kernels. */
export const trendOf = perModel((model): Trend | undefined => {
  if (model.outputs.length !== 1 || !model.complete) return undefined;
  const propagation = propagate(model);
  const only = unavoidable(model);
  const kernels = propagation.kernels.filter(({ node, key, rms }) => only.has(node.id) && !node.layer!.takesIndices && !SCORES.has(key) && Number.isFinite(rms));
  const [first, last] = [kernels[0], kernels[kernels.length - 1]];
  // Constant kernels are a finding of their own, which explains what follows.
  if (!first || !last || first === last || kernels.some(isConstant)) return undefined;
  const into = ({ node }: KernelGradient): Signal | undefined => propagation.signals.at(node.inputs[0]!);
  const [enters, leaves] = [into(first), into(last)];
  if (!enters || !leaves) return undefined;
  const readers = readersOf(model);
  const free = kernels.filter(({ node }) => node === last.node || !readers.some(node.id, isNorm));
  const by = (list: readonly KernelGradient[], better: (a: number, b: number) => boolean) => list.reduce((a, b) => (better(b.rms, a.rms) ? b : a));
  return { propagation, only, kernels, last, growth: leaves.square / enters.square / averaged(model, only, propagation), least: by(kernels, (a, b) => a < b), most: by(free, (a, b) => a > b), leaves, derived: leaves.derived && kernels.every((k) => propagation.estimatedBack[k.node.id] === 0) };
});

function averaged(model: Model, only: NodeSet, { signals }: Propagation): number {
  let factor = 1;
  for (const node of layersOf(model, "global_avg_pool", "avg_pool1d", "avg_pool2d", "avg_pool3d")) {
    const [before, after] = [signals.at(node.inputs[0]!)?.square, signals.at(node.id)?.square];
    if (only.has(node.id) && before && after) factor *= after / before;
  }
  return factor;
}

function isConstant({ node, key }: KernelGradient): boolean {
  const { init } = node.weights.find((w) => w.key === key)!.spec;
  return init.name === "zeros" || initializerOf(init.name).mean !== undefined;
}

/** Elementwise nonlinearities that every way passes between two nodes, with E[φ′²] of each. */
export function activationsBetween(model: Model, { propagation, only }: Trend, from: number, to: number): { readonly node: Node; readonly slope: number }[] {
  const found: { node: Node; slope: number }[] = [];
  for (let id = from; id <= to; id++) {
    const node = model.nodes[id]!;
    const slope = node.layer?.activation && only.has(id) ? propagation.flows[id]?.back[0]?.gg : undefined;
    if (slope !== undefined) found.push({ node, slope });
  }
  return found;
}

/** The layer's name, or "conv2d and dense". */
export function namesOf(nodes: readonly Node[]): string {
  return [...new Set(nodes.map((n) => n.layer!.name))].join(" and ");
}

/** What initialization keeps a signal's size through this nonlinearity: He et al. 2015, Klambauer et al. 2017, Glorot and Bengio 2010. */
export function fittingInit(activation: string | undefined): string {
  if (activation === "selu") return "lecun_normal";
  return activation === undefined || activation === "tanh" || activation === "sigmoid" || activation === "hard_sigmoid" || activation === "softplus" ? "glorot_uniform" : "he_normal";
}

/** 0.0035 as "3.5e-3", 0.12 as "0.12". */
export function short(x: number): string {
  if (x === 0) return "0";
  return Math.abs(x) >= 0.01 && Math.abs(x) < 10_000 ? String(Number(x.toPrecision(2))) : x.toExponential(1).replace("e+", "e").replace(".0e", "e");
}
