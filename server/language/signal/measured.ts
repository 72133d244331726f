import type { Node } from "../graph/graph.ts";
import type { Arrays } from "../ops/arrays.ts";

/** What rows gave at one result: estimated, over so many entries of `rows` rows. */
export interface Measured {
  readonly mean: number;
  readonly square: number;
  /** Of an activation with limits, the share of entries where it is flat: a rectifier's zeros, tanh and sigmoid within 5 % of their limits. */
  readonly flat: number | undefined;
  readonly rows: number;
  /** Where they come from; undefined: random ones. */
  readonly of: string | undefined;
}

/** "n = 32 random rows" */
export function rowsText({ rows, of }: Pick<Measured, "rows" | "of">): string {
  return `n = ${rows} ${of === undefined ? "random rows" : `rows of ${of}`}`;
}

export function measuredOf(x: Arrays, { layer }: Node, rows: number, of: string | undefined): Measured | undefined {
  const moments = momentsOf(x);
  const isFlat = FLAT[layer?.name ?? ""];
  return moments && { ...moments, flat: isFlat && shareOf(x, isFlat), rows, of };
}

const between = (low: number, high: number) => (y: number) => y < low || y > high;
const FLAT: Readonly<Record<string, (y: number) => boolean>> = { relu: (y) => y === 0, relu6: (y) => y === 0 || y === 6, tanh: between(-0.95, 0.95), sigmoid: between(0.05, 0.95), hard_sigmoid: between(0.05, 0.95) };

function shareOf({ rows }: Arrays, is: (y: number) => boolean): number {
  let [n, all] = [0, 0];
  for (const row of rows) for (const y of row) [n, all] = [n + Number(is(y)), all + 1];
  return n / all;
}

/** Undefined where nothing is there, or it is past what a number holds. */
export function momentsOf({ rows }: Arrays): { mean: number; square: number } | undefined {
  let [mean, square, n] = [0, 0, 0];
  for (const row of rows) {
    for (const v of row) {
      mean += v;
      square += v * v;
      n++;
    }
  }
  return n === 0 || !Number.isFinite(square) ? undefined : { mean: mean / n, square: square / n };
}
