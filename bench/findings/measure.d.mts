import type { Model } from "../../server/language/index.ts";

export function measure(model: Model, options?: { readonly rows?: number; readonly seeds?: number }): Promise<{
  /** By node. */
  readonly moments: readonly { readonly mean: number; readonly square: number }[];
  /** Mean square of an entry's gradient for one row, by the weight's name. */
  readonly gradients: ReadonlyMap<string, number>;
}>;
