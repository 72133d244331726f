/** What an augmentation changes, and how it draws. */
export interface Row {
  /** The row's own entries: changed in place. */
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly random: () => number;
  /** Entries of any row of the table, for those that borrow. */
  readonly other: () => Float32Array;
}

export interface Augmentation {
  apply(row: Row, args: Readonly<Record<string, unknown>>): void;
}

/** Standard normal, by Box and Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma(shape, 1): Marsaglia and Tsang 2000, with their step for shapes below 1. */
export function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
