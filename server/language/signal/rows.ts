import type { Model } from "../graph/graph.ts";
import { shapesFor } from "../ops/solving.ts";

/** Rows of a data source as the model takes them: of several inputs one after another, in the model's order. */
export interface ProbeRows {
  /** "digits.csv" */
  readonly of: string;
  readonly rows: readonly ArrayLike<number>[];
  /** Of each, which of the first rows of the source it is. */
  readonly at: readonly number[];
}

/** A part of a row: where it begins, and its shape. */
export interface Slice {
  readonly start: number;
  readonly shape: readonly number[];
}

/** What of a row of this length flows into each input; the one size that comes with the data is found from the others. Undefined where that does not come out. */
export function slicesOf({ inputs, nodes }: Model, length: number): readonly Slice[] | undefined {
  const shapes = shapesFor(length, inputs.map((id) => nodes[id]!.type?.shape ?? []));
  let start = 0;
  return shapes?.map((shape) => {
    const slice = { start, shape };
    start += shape.reduce((a, b) => a * b, 1);
    return slice;
  });
}
