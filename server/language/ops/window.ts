import { add, ceilDiv, type Dim, floorDiv, mul, sub } from "./dim.ts";
import type { Padding } from "./ops.ts";

/**
 * Positions at which a window of `size` fits on an axis of length `n`: the output size of a convolution or pooling.
 * "same": ⌈n / stride⌉. Otherwise ⌊(n + padding − dilation·(size − 1) − 1) / stride⌋ + 1, less than 1 where it does not fit.
 */
export function windowOutput(n: Dim, size: number, stride: number, padding: Padding, axis: number, dilation = 1): Dim {
  if (padding === "same") return ceilDiv(n, stride);
  const [before, after] = padding === "valid" ? [0, 0] : (padding[axis] ?? [0, 0]);
  const span = dilation * (size - 1) + 1;
  return add(floorDiv(sub(add(n, before + after), span), stride), 1);
}

/** The largest window that fits an axis of `n`, at least 0. */
export function largestWindow(n: number, padding: Padding, axis: number, dilation = 1): number {
  if (padding === "same") return Number.MAX_SAFE_INTEGER;
  const [before, after] = padding === "valid" ? [0, 0] : (padding[axis] ?? [0, 0]);
  return Math.max(0, Math.floor((n + before + after - 1) / dilation) + 1);
}

/**
 * Output size of a transposed convolution, as Keras: "same" n·stride, "valid" (n−1)·stride + max(size, stride). Sides, as
 * PyTorch's padding, take away: (n−1)·stride + size − before − after.
 */
export function transposedOutput(n: Dim, size: number, stride: number, padding: Padding, axis: number): Dim {
  if (padding === "same") return mul(n, stride);
  if (padding === "valid") return add(mul(n, stride), Math.max(size - stride, 0));
  const [before, after] = padding[axis] ?? [0, 0];
  return add(mul(n, stride), size - stride - before - after);
}

/** How much of what a transposed convolution's kernels lie on is taken away before its output begins. */
export function transposedBefore(size: number, stride: number, padding: Padding, axis: number): number {
  if (padding === "same") return Math.floor(Math.max(size - stride, 0) / 2);
  return padding === "valid" ? 0 : (padding[axis]?.[0] ?? 0);
}

/** [before, after] of zeros that "same" adds on an axis of `n`, as TensorFlow: the odd one after. */
export function samePadding(n: number, size: number, stride: number, dilation = 1): readonly [number, number] {
  const out = Math.ceil(n / stride);
  const total = Math.max((out - 1) * stride + dilation * (size - 1) + 1 - n, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
