import type { Model, Node } from "../graph/graph.ts";
import { type Dim, evaluate } from "../ops/dim.ts";
import { count } from "./sizes.ts";

/** What running a model's own passes takes, and the draws that such a run begins with. */

/** What going back costs against going forward: by the operands and by the weights. */
export const BACK = 2;
/** A length that comes with the data, as it is tried. */
export const LENGTH = 16;
/** A layer is done at once: none that takes longer than about a hundred milliseconds. */
export const MOST_AT_ONCE = 8_000_000;

/** Sizes of the inputs, one after another. */
export const asked = ({ inputs, nodes }: Model): readonly Dim[] => inputs.flatMap((id) => nodes[id]!.type?.shape ?? []);

/** What an entry of a result takes, in multiplications of a product: a softmax passes over it six times, and back. */
const ENTRY = 20;

/** And one of a result that costs nothing: to hold it, to measure it and to bring its gradient back. */
const HELD = 5;

/** Of one row, for these sizes that come with the data. */
export function workOf({ layer, cost, type }: Node, sizes: ReadonlyMap<string, number>): number {
  const known = (n: Dim): number => evaluate(n, sizes) ?? Infinity;
  if (!layer) return 0;
  const entries = type?.shape.reduce<number>((n, d) => n * known(d), 1) ?? 0;
  return known(cost.macs) + Math.max(ENTRY * layer.passes * known(cost.activations), HELD * entries);
}

/** What it takes to draw a weight: an entry each, but rows that are made orthogonal to all before them. */
export function drawsOf({ spec: { init, shape } }: Node["weights"][number]): number {
  const n = count(shape);
  const last = shape[shape.length - 1];
  return init.name === "orthogonal" && typeof last === "number" ? n * Math.min(last, n / last) : n;
}

export const gaussian = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Uniform in [0, 1) from a seed (Tommy Ettinger's mulberry32). */
export function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
