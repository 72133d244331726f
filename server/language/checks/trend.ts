import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { initializerOf } from "../layers/initializers.ts";
import { KernelGradient, type Probe, propagate, rowsText } from "../signal/index.ts";
import { isNorm, layersOf, type NodeSet, readersOf, unavoidable } from "./graph.ts";

/** How signal and gradient change over the layers that every way through a model passes. */
export interface Trend {
  /** By node, whether every way passes it. */
  readonly only: NodeSet;
  /** Trainable kernels in the order of the flow; at least two. */
  readonly kernels: readonly KernelGradient[];
  readonly last: KernelGradient;
  readonly least: KernelGradient;
  /** Of those whose result is not normalized, which makes a step as small as the weight is large. */
  readonly most: KernelGradient;
  /** Mean square of what flows into the last kernel. */
  readonly leaves: number;
  /** The same against that of what flows into the first, without what averages take: the positions of real data are not independent. */
  readonly growth: number;
  readonly numbers: Numbers;
}

/** Where a trend's numbers come from. */
interface Numbers {
  /** The theory alone; the model's own passes over rows; or the theory with an estimate in it. */
  readonly by: "theory" | "probe" | "estimate";
  /** "derived for inputs of mean square 1" */
  readonly label: string;
  /** E[x²] of a result. */
  square(id: number): number | undefined;
  /** E[φ′²] of an activation. */
  slope(node: Node): number | undefined;
}

/** What only weighs values gets little at the start by design: attention is nearly even then. */
const SCORES = new Set(["query", "key"]);

/** Undefined where the theory has no answer, there is more than one output, or fewer than two layers with kernels. */
export const trendOf = perModel((model): Trend | undefined => {
  if (model.outputs.length !== 1 || !model.complete) return undefined;
  const { signals, flows, kernels, estimatedBack } = propagate(model);
  const found = trend(model, kernels, { by: "theory", label: "", square: (id) => signals.at(id)?.square, slope: (node) => flows[node.id]?.back[0]?.gg });
  if (!found) return undefined;
  const derived = signals.isDerived(found.last.node.inputs[0]!) && found.kernels.every((k) => estimatedBack[k.node.id] === 0);
  return { ...found, numbers: { ...found.numbers, by: derived ? "theory" : "estimate", label: `${derived ? "derived" : "estimated"} for inputs of mean square 1` } };
});

/** The same as a probe measured it; undefined where the theory alone is sure. */
export function trendBy(model: Model, probe: Probe): Trend | undefined {
  if (trendOf(model)?.numbers.by === "theory") return undefined;
  const kernels = model.nodes.flatMap((node) =>
    node.sharesWith !== undefined ? [] : node.weights.flatMap(({ key, spec }) => {
      const rms = spec.trainable && spec.decays ? probe.kernelGradient(node, key) : undefined;
      return rms === undefined ? [] : [new KernelGradient(node, key, spec, rms)];
    }),
  );
  return trend(model, kernels, {
    by: "probe",
    label: `estimated, ${rowsText(probe.at(model.nodes[model.inputs[0]!]!)!)}`,
    square: (id) => probe.at(model.nodes[id]!)?.square,
    slope: (node) => {
      const [into, out] = [probe.gradientAt(model.nodes[node.inputs[0]!]!), probe.gradientAt(node)];
      return into !== undefined && out! > 0 ? into / out! : undefined;
    },
  });
}

function trend(model: Model, all: readonly KernelGradient[], numbers: Numbers): Trend | undefined {
  const only = unavoidable(model);
  const kernels = all.filter(({ node, key, rms }) => only.has(node.id) && !node.layer!.takesIndices && !SCORES.has(key) && Number.isFinite(rms));
  const [first, last] = [kernels[0], kernels[kernels.length - 1]];
  // Constant kernels are a finding of their own, which explains what follows.
  if (!first || !last || first === last || kernels.some(isConstant)) return undefined;
  const [enters, leaves] = [first, last].map(({ node }) => numbers.square(node.inputs[0]!));
  if (enters === undefined || leaves === undefined) return undefined;
  const readers = readersOf(model);
  const free = kernels.filter(({ node }) => node === last.node || !readers.some(node.id, isNorm));
  const by = (list: readonly KernelGradient[], better: (a: number, b: number) => boolean) => list.reduce((a, b) => (better(b.rms, a.rms) ? b : a));
  return { only, kernels, last, growth: leaves / enters / averaged(model, only, numbers), least: by(kernels, (a, b) => a < b), most: by(free, (a, b) => a > b), leaves, numbers };
}

function averaged(model: Model, only: NodeSet, { square }: Numbers): number {
  let factor = 1;
  for (const node of layersOf(model, "global_avg_pool", "avg_pool")) {
    const [before, after] = [square(node.inputs[0]!), square(node.id)];
    if (only.has(node.id) && before && after) factor *= after / before;
  }
  return factor;
}

function isConstant({ node, key }: KernelGradient): boolean {
  const { init } = node.weights.find((w) => w.key === key)!.spec;
  return init.name === "zeros" || initializerOf(init.name).mean !== undefined;
}

/** Elementwise nonlinearities that every way passes between two nodes, with E[φ′²] of each. */
export function activationsBetween(model: Model, { numbers, only }: Trend, from: number, to: number): { readonly node: Node; readonly slope: number }[] {
  const found: { node: Node; slope: number }[] = [];
  for (let id = from; id <= to; id++) {
    const node = model.nodes[id]!;
    const slope = node.layer?.activation && only.has(id) ? numbers.slope(node) : undefined;
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
