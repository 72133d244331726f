import type { EntryAt } from "./ops.ts";

/** Puts the entries of a table into `out`, row-major. */
export function fillTable<A extends Float32Array | Float64Array>(out: A, shape: readonly number[], entry: EntryAt): A {
  const index = shape.map(() => 0);
  for (let at = 0; at < out.length; at++) {
    out[at] = entry(index);
    for (let i = shape.length - 1; i >= 0 && ++index[i]! === shape[i]; i--) index[i] = 0;
  }
  return out;
}
