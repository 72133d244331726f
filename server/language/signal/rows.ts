import type { Model } from "../graph/graph.ts";

/** Rows of a data source as the model takes them: of several inputs one after another, in the model's order. */
export interface ProbeRows {
  /** "digits.csv" */
  readonly of: string;
  readonly rows: readonly ArrayLike<number>[];
}

/** A part of a row: where it begins, and its shape. */
export interface Slice {
  readonly start: number;
  readonly shape: readonly number[];
}

const product = (sizes: readonly unknown[]): number => sizes.reduce<number>((a, b) => a * (typeof b === "number" ? b : 1), 1);

/** What of a row of this length flows into each input; the one size that comes with the data is found from the others. Undefined where that does not come out. */
export function slicesOf({ inputs, nodes }: Model, length: number): readonly Slice[] | undefined {
  const shapes = inputs.map((id) => nodes[id]!.type?.shape ?? []);
  const open = shapes.flatMap((s, i) => s.flatMap((d) => (typeof d === "number" ? [] : [i])));
  const sizes = shapes.map(product);
  if (length === 0 || open.length > 1) return undefined;
  const [at = -1] = open;
  const rest = (length - sizes.reduce((sum, n, i) => sum + (i === at ? 0 : n), 0)) / (sizes[at] ?? 1);
  if (open.length === 0 ? sizes.reduce((a, b) => a + b, 0) !== length : !(Number.isInteger(rest) && rest > 0)) return undefined;
  let start = 0;
  return shapes.map((s) => {
    const shape = s.map((d) => (typeof d === "number" ? d : rest));
    const slice = { start, shape };
    start += product(shape);
    return slice;
  });
}
