import type { Dim } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import type { OptionValue } from "../values.ts";
import { bias, kernel, type WeightSpec } from "./define.ts";

/** A learned projection among the weights of an attention layer: its kernel under its name, its bias beside. */
export function projection(name: string, rows: Dim, columns: Dim, args: { init: OptionValue; bias_init: OptionValue; frozen: boolean }, biased: boolean): Readonly<Record<string, WeightSpec>> {
  return { [name]: kernel([rows, columns], args), ...(biased && { [`${name}_bias`]: bias([columns], args) }) };
}

/** x [..., rows] by that projection: [..., columns]. */
export function projected<T>(ops: Ops<T>, x: T, w: Readonly<Record<string, T | undefined>>, name: string): T {
  const y = ops.matmul(x, w[name]!);
  const b = w[`${name}_bias`];
  return b === undefined ? y : ops.add(y, b);
}
