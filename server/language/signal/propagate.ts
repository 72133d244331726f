import type { Model, Node } from "../graph/graph.ts";
import { Chains } from "./chains.ts";
import { type Plain, plainOf } from "./linear.ts";
import { largestOf, sizeOfWindow } from "./pooling.ts";
import { Nonlinearity } from "./response.ts";
import { flowThrough, isMaxPool, kernelOf } from "./rules.ts";
import { type Backward, type Flow, NO_GAINS, scaling, type Signal, STANDARD } from "./signal.ts";
import { Signals } from "./signals.ts";
import { count, positions } from "./sizes.ts";

export interface Forward {
  readonly nodes: readonly Node[];
  /** By node; undefined where the theory has no answer. */
  readonly signals: Signals;
  /** By node: what it does to gradients. */
  readonly flows: readonly (Backward | undefined)[];
  /** By node: where its gradient goes in the place of its input, the normal result that it is a function of; −1 for none. */
  readonly roots: Int32Array;
  readonly chains: Chains;
  /** Whether it was worked out what two inputs have in common behind nonlinearities. */
  readonly crossed: boolean;
}

/** Its arguments could not be worked out, though its shape is stated. */
function isUnread({ layer, weights }: Node): boolean {
  return layer?.hasWeights === true && weights.length === 0;
}

/**
 * Signals of a model at initialization, from those of its inputs in their order; `cross`: also where nothing in the model
 * asks for it. `before`: of the same inputs into the model as it was, whose first layers may be the same objects.
 */
export function forward(model: Model, inputs: readonly Signal[] = [], cross = false, before?: Forward): Forward {
  const { nodes } = model;
  const crossed = cross || nodes.some((n) => n.layer !== undefined && (n.layer.family === "normalization" || n.layer.family === "pooling"));
  const same = before?.crossed === crossed ? agreeing(before.nodes, nodes) : 0;
  const signals = new Signals(nodes.length, before?.signals, same);
  const flows = before ? before.flows.slice(0, same) : [];
  const roots = new Int32Array(nodes.length).fill(-1);
  if (before) roots.set(before.roots.subarray(0, same));
  const chains = new Chains(nodes, before?.chains, same);
  for (let id = same; id < nodes.length; id++) {
    const node = nodes[id]!;
    flows.push(undefined);
    let known = node.type !== undefined && !isUnread(node);
    for (const i of node.inputs) known &&= signals.has(i);
    const f = known ? chains.add(node) : undefined;
    if (!f) chains.roots[id] = id;
    if (!node.layer) {
      if (node.inputs.length === 0 && node.type) signals.set(id, node.type.dtype === "int" ? INDICES : (inputs[model.inputs.indexOf(id)] ?? STANDARD));
      continue;
    }
    if (!known) continue;
    if (f) {
      const root = (roots[id] = chains.roots[id]!);
      flows[id] = throughFunction(f, signals, root, id, crossed);
      continue;
    }
    const kernel = kernelOf(node);
    const plain = kernel && plainOf(node, kernel, nodes[node.inputs[0]!]!);
    if (plain) {
      flows[id] = throughPlain(plain, signals, node.inputs[0]!, id);
      continue;
    }
    let flow: Flow | undefined;
    if (isMaxPool(node)) {
      // The largest is chosen among values of the root.
      const source = nodes[node.inputs[0]!]!;
      roots[id] = chains.roots[source.id]!;
      flow = throughLargest(node, source, roots[id] === source.id ? straight : chains.functionOf(source), signals.known(roots[id]!), crossed);
    } else {
      flow = flowThrough(node, node.inputs.map((i) => nodes[i]!), node.inputs.map((i) => signals.known(i)));
      if (node.layer.name === "identity") chains.alias(node);
    }
    flows[id] = flow;
    if (flow) signals.set(id, flow.signal);
  }
  return { nodes, signals, flows, roots, chains, crossed };
}

/** How many of the first are the same objects. */
function agreeing(a: readonly Node[], b: readonly Node[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

/** Tokens: no number flows, and no gradient. */
const INDICES: Signal = { mean: 0, square: 0, cross: 0, derived: true };

const straight = new Nonlinearity((_ops, z) => z);

/** An activation of the result `root`. Two halves straight through the origin do the same whatever the size. */
function throughFunction(f: Nonlinearity, signals: Signals, root: number, id: number, needsCross: boolean): Backward {
  const { even } = f;
  const square = signals.squares[root]!;
  const derived = signals.isDerived(root);
  if (even && !needsCross && signals.means[root] === 0 && square > 1e-300) {
    signals.put(id, even.mean * Math.sqrt(square), even.share * square, even.share * square, derived);
    return even;
  }
  const r = f.of(signals.known(root), needsCross);
  signals.put(id, r.mean, r.square, r.cross, derived);
  return { back: [scaling(r.slope, r.slopeCross)], gains: NO_GAINS };
}

/** By far the most frequent: what throughKernel does for one kernel of mean 0, without its objects. */
function throughPlain({ factor, mean, offset, backward }: Plain, signals: Signals, from: number, id: number): Backward {
  signals.put(id, mean, factor * signals.squares[from]! + offset, factor * signals.crosses[from]! + offset, signals.isDerived(from));
  return backward;
}

function throughLargest(node: Node, input: Node, f: Nonlinearity | undefined, z: Signal, needsCross: boolean): Flow | undefined {
  if (!f) return undefined;
  const k = node.layer!.name === "k_max_pool" ? positions(input.type!.shape) / (node.args["k"] as number) : sizeOfWindow(node, input);
  const r = largestOf(f, z, Math.max(k, 1), needsCross);
  const share = count(node.type!.shape) / count(input.type!.shape);
  const derived = z.derived && node.layer!.name !== "k_max_pool";
  return { signal: { mean: r.mean, square: r.square, cross: r.cross, derived }, back: [scaling(share * r.slope, share * share * r.slope)], gains: NO_GAINS };
}
