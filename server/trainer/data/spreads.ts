import type { DataSettings } from "../../language/index.ts";

export interface Normalization {
  readonly shift: readonly number[];
  readonly factor: readonly number[];
}

/** Mean and deviation, least and largest of some columns or channels. */
export class Spreads {
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  // Welford: a column far from 0 keeps its digits.
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;
  private readonly seen: Float64Array;

  constructor(count: number) {
    this.low = new Float64Array(count).fill(Infinity);
    this.high = new Float64Array(count).fill(-Infinity);
    [this.mean, this.squares, this.seen] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  }

  add(at: number, v: number): void {
    const { low, high, mean, squares, seen } = this;
    const delta = v - mean[at]!;
    mean[at]! += delta / ++seen[at]!;
    squares[at]! += delta * (v - mean[at]!);
    if (v < low[at]!) low[at] = v;
    if (v > high[at]!) high[at] = v;
  }

  /** What normalizes them; those that `stays` names, and those without a value, stay as they are. */
  normalization(kind: Exclude<DataSettings["normalize"], "none">, stays: (at: number) => boolean): Normalization {
    const { low, high, mean, squares, seen } = this;
    const spread = (i: number) => (kind === "standard" ? Math.sqrt(squares[i]! / seen[i]!) : high[i]! - low[i]!);
    const each = (of: (i: number) => number, otherwise: number) => Array.from(seen, (count, i) => (count === 0 || stays(i) ? otherwise : of(i)));
    return { shift: each((i) => (kind === "standard" ? mean[i]! : low[i]!), 0), factor: each((i) => 1 / (spread(i) || 1), 1) };
  }
}
