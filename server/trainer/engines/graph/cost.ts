import type { Model } from "../../../language/index.ts";

/** Floating-point operations of a training step, estimated: backward costs twice what forward does. Infinite where the model's are not known. */
export function stepOperations(model: Model, batch: number): number {
  const { flops } = model.totals;
  return typeof flops === "number" ? 3 * batch * flops : Infinity;
}
