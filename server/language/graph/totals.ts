import { add, type Dim } from "../ops/dim.ts";
import type { Model, Node, Totals } from "./graph.ts";

export function nodeParams(node: Node): number {
  let n = 0;
  for (const w of node.weights) n += weightSize(w.spec.shape);
  return n;
}

export function weightSize(shape: readonly Dim[]): number {
  let n = 1;
  for (const d of shape) n *= d as number;
  return n;
}

/** Sums over nodes; shared weights count once, at the node that owns them. */
export function totalsOf(nodes: readonly Node[]): Totals {
  let trainable = 0;
  let nonTrainable = 0;
  let macs: Dim = 0;
  let flops: Dim = 0;
  const unknown: number[] = [];
  for (const node of nodes) {
    if ((!node.type || node.guessed) && node.weights.length === 0 && (node.layer ? node.layer.hasWeights : node.inputs.length > 0)) unknown.push(node.id);
    macs = add(macs, node.cost.macs);
    flops = add(flops, node.cost.flops);
    if (node.sharesWith !== undefined) continue;
    for (const w of node.weights) {
      const size = weightSize(w.spec.shape);
      if (w.spec.trainable) trainable += size;
      else nonTrainable += size;
    }
  }
  return { params: trainable + nonTrainable, trainable, nonTrainable, macs, flops, unknown };
}

/** Ids of the nodes from which some output can be reached, i.e. that matter. */
export function reachable(model: Pick<Model, "nodes" | "outputs">): Set<number> {
  const seen = new Set<number>(model.outputs);
  for (let id = model.nodes.length - 1; id >= 0; id--) {
    if (seen.has(id)) for (const input of model.nodes[id]!.inputs) seen.add(input);
  }
  return seen;
}
