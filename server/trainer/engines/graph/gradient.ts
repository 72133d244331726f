import type { Graph, GraphNode, Value } from "./builder.ts";
import { add } from "./math.ts";

/** Reverse mode: gradients of a scalar by each of `by`; undefined where it does not depend on it. */
export function gradients(g: Graph, of: Value, by: readonly Value[]): (Value | undefined)[] {
  const leaves = new Set(by.map((v) => v.node));
  const order = dependents(of.node, leaves);
  const found = new Map<GraphNode, (Value | undefined)[]>([[of.node, []]]);
  found.get(of.node)![of.index] = g.scalar(1);
  for (const node of order) {
    const dy = found.get(node);
    if (!dy || leaves.has(node)) continue;
    if (!node.gradient) throw new Error(`the graph has no gradient of ${node.op}`);
    for (const [i, d] of node.gradient(dy, node).entries()) {
      const input = node.inputs[i]!;
      if (!d || input.dtype !== "float") continue;
      let sums = found.get(input.node);
      if (!sums) found.set(input.node, (sums = []));
      const old = sums[input.index];
      sums[input.index] = old ? add(g, old, d) : d;
    }
  }
  return by.map((v) => found.get(v.node)?.[v.index]);
}

/** The nodes between `from` and the leaves, last made first. Rules are only run for these. */
function dependents(from: GraphNode, leaves: ReadonlySet<GraphNode>): GraphNode[] {
  const reached = new Set<GraphNode>([from]);
  const stack = [from];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const { node: input } of node.inputs) {
      if (reached.has(input)) continue;
      reached.add(input);
      stack.push(input);
    }
  }
  const needed = new Set<GraphNode>(leaves);
  const ascending = [...reached].sort((a, b) => a.id - b.id);
  for (const node of ascending) if (node.inputs.some((v) => needed.has(v.node))) needed.add(node);
  return ascending.filter((n) => needed.has(n)).reverse();
}
