import type { Graph, GraphNode, Value } from "./builder.ts";
import { total } from "./sums.ts";

/** Reverse mode: gradients of a scalar by each of `by`; undefined where it does not depend on it. */
export function gradients(g: Graph, of: Value, by: readonly Value[]): (Value | undefined)[] {
  return pulledBack(g, [[of, g.scalar(1)]], by);
}

/** The same of several results, each with a gradient that it has from elsewhere. */
export function pulledBack(g: Graph, of: readonly (readonly [result: Value, gradient: Value])[], by: readonly Value[]): (Value | undefined)[] {
  const leaves = new Set(by.map((v) => v.node));
  const needed = dependents(of.map(([v]) => v.node), leaves);
  const found = new Map<GraphNode, (Value[] | undefined)[]>();
  const note = ({ node, index }: Value, d: Value) => {
    let parts = found.get(node);
    if (!parts) found.set(node, (parts = []));
    (parts[index] ??= []).push(d);
  };
  for (const [v, d] of of) note(v, d);
  for (const node of [...needed].reverse()) {
    const parts = found.get(node);
    if (!parts || leaves.has(node)) continue;
    const dy = parts.map((ds) => ds && total(g, ds));
    if (!node.gradient) throw new Error(`the graph has no gradient of ${node.op}`);
    for (const [i, d] of node.gradient(dy, node, (v) => needed.has(v.node)).entries()) {
      const input = node.inputs[i]!;
      // The gradient of a list is that of its items, stacked.
      if (d && (input.dtype === "float" || input.dtype === "variant")) note(input, d);
    }
  }
  return by.map((v) => {
    const parts = found.get(v.node)?.[v.index];
    return parts && total(g, parts);
  });
}

/** The nodes between the results and the leaves, both included, first made first. Rules are only run for these. */
function dependents(from: readonly GraphNode[], leaves: ReadonlySet<GraphNode>): Set<GraphNode> {
  const reached = new Set<GraphNode>(from);
  const stack = [...reached];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const { node: input } of node.inputs) {
      if (reached.has(input)) continue;
      reached.add(input);
      stack.push(input);
    }
  }
  const needed = new Set<GraphNode>();
  for (const node of [...reached].sort((a, b) => a.id - b.id)) if (leaves.has(node) || node.inputs.some((v) => needed.has(v.node))) needed.add(node);
  return needed;
}
