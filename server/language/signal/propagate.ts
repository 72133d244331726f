import type { Model, Node } from "../graph/graph.ts";
import { Chains } from "./chains.ts";
import { largestOf, sizeOfWindow } from "./pooling.ts";
import { Nonlinearity } from "./response.ts";
import { flowThrough, isMaxPool } from "./rules.ts";
import { type Flow, NO_GAINS, scaling, type Signal, STANDARD } from "./signal.ts";
import { count, positions } from "./sizes.ts";

export interface Forward {
  /** By node; undefined where the theory has no answer. */
  readonly signals: readonly (Signal | undefined)[];
  readonly flows: readonly (Flow | undefined)[];
  /** By node: where its gradient goes in the place of its input, the normal result that it is a function of; −1 for none. */
  readonly roots: Int32Array;
}

/** Its arguments could not be worked out, though its shape is stated. */
function isUnread({ layer, weights }: Node): boolean {
  return layer?.hasWeights === true && weights.length === 0;
}

/** Signals of a model at initialization, from those of its inputs in their order; `cross`: also where nothing in the model asks for it. */
export function forward(model: Model, inputs: readonly Signal[] = [], cross = false): Forward {
  const { nodes } = model;
  const needsCross = cross || nodes.some((n) => n.layer !== undefined && (n.layer.family === "normalization" || n.layer.family === "pooling"));
  const signals: (Signal | undefined)[] = new Array<Signal | undefined>(nodes.length).fill(undefined);
  const flows: (Flow | undefined)[] = new Array<Flow | undefined>(nodes.length).fill(undefined);
  const roots = new Int32Array(nodes.length).fill(-1);
  const chains = new Chains(nodes);
  for (const node of nodes) {
    const { id } = node;
    let known = node.type !== undefined && !isUnread(node);
    for (const i of node.inputs) known &&= signals[i] !== undefined;
    const f = known ? chains.add(node) : undefined;
    if (!f) chains.roots[id] = id;
    if (!node.layer) {
      signals[id] = node.inputs.length > 0 || !node.type ? undefined : node.type.dtype === "int" ? INDICES : (inputs[model.inputs.indexOf(id)] ?? STANDARD);
      continue;
    }
    if (!known) continue;
    let flow: Flow | undefined;
    if (f) {
      roots[id] = chains.roots[id]!;
      const z = signals[roots[id]]!;
      const r = f.of(z, needsCross);
      flow = { signal: { mean: r.mean, square: r.square, cross: r.cross, derived: z.derived }, back: [scaling(r.slope, r.slopeCross)], gains: NO_GAINS };
    } else if (isMaxPool(node)) {
      // The largest is chosen among values of the root.
      const source = nodes[node.inputs[0]!]!;
      roots[id] = chains.roots[source.id]!;
      flow = throughLargest(node, source, roots[id] === source.id ? straight : chains.functionOf(source), signals[roots[id]]!, needsCross);
    } else {
      flow = flowThrough(node, node.inputs.map((i) => nodes[i]!), node.inputs.map((i) => signals[i]!));
      if (node.layer.name === "identity") chains.alias(node);
    }
    flows[id] = flow;
    signals[id] = flow?.signal;
  }
  return { signals, flows, roots };
}

/** Tokens: no number flows, and no gradient. */
const INDICES: Signal = { mean: 0, square: 0, cross: 0, derived: true };

const straight = new Nonlinearity((_ops, z) => z);

function throughLargest(node: Node, input: Node, f: Nonlinearity | undefined, z: Signal, needsCross: boolean): Flow | undefined {
  if (!f) return undefined;
  const k = node.layer!.name === "k_max_pool" ? positions(input.type!.shape) / (node.args["k"] as number) : sizeOfWindow(node, input);
  const r = largestOf(f, z, Math.max(k, 1), needsCross);
  const share = count(node.type!.shape) / count(input.type!.shape);
  const derived = z.derived && node.layer!.name !== "k_max_pool";
  return { signal: { mean: r.mean, square: r.square, cross: r.cross, derived }, back: [scaling(share * r.slope, share * share * r.slope)], gains: NO_GAINS };
}
