import type { Dim } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";

/** Inverted dropout: what stays is scaled by 1 / (1 − rate), so that prediction needs nothing. `shape` has 1 where one draw serves an axis. */
export function dropped<T>(ops: Ops<T>, x: T, rate: number, shape?: readonly Dim[]): T {
  if (!ops.training || rate === 0) return x;
  const keep = ops.sub(ops.randomUniform(x, 0, 1, shape), ops.constant(rate));
  const mask = ops.where(keep, ops.constant(1 / (1 - rate)), ops.constant(0));
  return ops.mul(x, mask);
}
