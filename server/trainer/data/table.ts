import type { Table } from "../engines/engine.ts";

export type LabelKind = "class" | "number";

/** What a file holds, as read: numbers not scaled yet. */
export interface Columns {
  readonly file: string;
  readonly rows: number;
  /** Names of the feature columns, in order. */
  readonly features: readonly string[];
  /** rows × features, row-major. */
  readonly x: Float32Array;
  readonly label: Labels | undefined;
  /** The line of the file that row i ends on, 1-based. */
  readonly lines: Int32Array;
  /** The place of each feature among the file's columns, from 1. */
  readonly places: readonly number[];
}

export type Labels =
  | { readonly kind: "number"; readonly values: Float32Array }
  | {
      readonly kind: "class";
      /** Sorted: by number where all are numbers. */
      readonly classes: readonly string[];
      /** Index into `classes`. */
      readonly values: Float32Array;
    };

/** Rows of another table, copied together. */
export function pick(table: Table, rows: Int32Array): Table {
  const width = table.rows === 0 ? 0 : table.x.length / table.rows;
  const x = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) x.set(table.x.subarray(row * width, (row + 1) * width), i * width);
  return { rows: rows.length, shape: table.shape, x, y: table.y.length === 0 ? table.y : Float32Array.from(rows, (row) => table.y[row]!) };
}
