import type { Ops } from "../ops/ops.ts";

/** (x − mean) / √(variance + ε) over `axes` of each row. */
export function standardized<T>(ops: Ops<T>, x: T, axes: readonly number[], epsilon: number): T {
  const centred = ops.sub(x, ops.mean(x, axes, true));
  const variance = ops.mean(ops.square(centred), axes, true);
  return ops.mul(centred, ops.rsqrt(ops.add(variance, ops.constant(epsilon))));
}

/** y·γ + β, where they are. */
export function affine<T>(ops: Ops<T>, y: T, gamma: T | undefined, beta: T | undefined): T {
  const scaled = gamma === undefined ? y : ops.mul(y, gamma);
  return beta === undefined ? scaled : ops.add(scaled, beta);
}
