import { add, type Dim } from "../ops/dim.ts";
import type { Node, Totals } from "./graph.ts";
import { perModel } from "./kept.ts";

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

/** Which nodes some output can be reached from, i.e. that matter, and how many they are. */
export interface Reached {
  has(id: number): boolean;
  readonly size: number;
}

export const reachable = perModel(({ nodes, outputs }): Reached => {
  const seen = new Uint8Array(nodes.length);
  for (const id of outputs) seen[id] = 1;
  let size = 0;
  for (let id = nodes.length - 1; id >= 0; id--) {
    if (seen[id] === 0) continue;
    size++;
    for (const input of nodes[id]!.inputs) seen[input] = 1;
  }
  return { has: (id) => seen[id] === 1, size };
});
