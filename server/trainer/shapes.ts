import type { Model } from "../language/index.ts";
import { evaluate, symbolsOf } from "../language/ops/dim.ts";

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
