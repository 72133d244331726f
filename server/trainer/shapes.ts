import type { Model, Node } from "../language/index.ts";
import { evaluate, symbolsOf } from "../language/ops/dim.ts";
import { constraintTexts } from "../language/ops/sizes.ts";

/** Larger than any that a layer needs. */
const MOST = 1 << 16;

/** The least size that all symbols of a model's inputs may have together, by what its layers need; 1 where it has none. */
export function leastSize(model: Model): number {
  const symbols = new Set(model.inputs.flatMap((id) => (model.nodes[id]!.type?.shape ?? []).flatMap((d) => [...symbolsOf(d)])));
  const needs = model.nodes.flatMap((n) => n.constraints);
  const holds = (size: number): boolean => {
    const sizes = new Map([...symbols].map((s) => [s, size]));
    return needs.every(({ dim, atLeast }) => (evaluate(dim, sizes) ?? atLeast) >= atLeast);
  };
  for (let size = 1; size < MOST; size++) if (holds(size)) return size;
  return 1;
}

/** The model's input with every symbol at one size. */
export function inputShape(model: Model, size: number): number[] {
  return model.nodes[model.inputs[0]!]!.type!.shape.map((d) => evaluate(d, new Map([...symbolsOf(d)].map((s) => [s, size])))!);
}

/** The first layer that needs other sizes than an input of this shape gives to the symbols, and what it needs: "N ≥ 3". */
export function unmetNeed(model: Model, shape: readonly number[]): { readonly node: Node; readonly need: string; readonly sizes: string } | undefined {
  const input = model.nodes[model.inputs[0]!]!.type!.shape;
  const sizes = new Map(input.flatMap((d, i) => (typeof d === "number" || !symbolsOf(d).has(String(d)) ? [] : [[String(d), shape[i]!] as const])));
  for (const node of model.nodes) {
    const unmet = node.constraints.find(({ dim, atLeast }) => (evaluate(dim, sizes) ?? atLeast) < atLeast);
    if (unmet) return { node, need: constraintTexts([unmet]).join(", "), sizes: [...sizes].map(([name, n]) => `${name} = ${n}`).join(", ") };
  }
  return undefined;
}
