/** Numbers of a data set, rows × width, row-major: in memory, or in a file past the bound (store.ts). */
export type Stored = { readonly width: number; readonly rows: number } & ({ readonly kind: "memory"; readonly x: Float32Array } | { readonly kind: "file"; readonly path: string; chunks(): Iterable<Chunk> });

export interface Chunk {
  /** The first row. */
  readonly from: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** All rows in order, some at a time. */
export function chunks(stored: Stored): Iterable<Chunk> {
  if (stored.kind === "file") return stored.chunks();
  return stored.rows > 0 ? [{ from: 0, rows: stored.rows, values: stored.x }] : [];
}
