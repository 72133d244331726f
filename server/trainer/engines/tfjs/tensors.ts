import type { Tensor } from "@tensorflow/tfjs-core";
import { sameSizes, size, type Tf, type TfValue } from "./value.ts";

/**
 * What tfjs-core lacks or gets wrong, on plain tensors: cutting the gradient, broadcasting and maxima whose gradients
 * hold for every rank.
 */

/** A constant to the gradient, whatever `make` computes it from. */
export function detached<T extends Tensor>(tf: Tf, make: () => T): T {
  // Inside a custom gradient nothing is recorded, and the result hangs on the dummy alone.
  return tf.customGrad((_dummy: unknown) => ({ value: make(), gradFunc: () => [] }))(tf.scalar(0)) as T;
}

/**
 * A result whose gradients by `inputs` are given, of the inputs' shapes. What they need beside dy is in `kept`:
 * everything else is gone when they are computed.
 */
export function withGradient<K extends readonly Tensor[]>(tf: Tf, inputs: readonly Tensor[], kept: readonly [...K], value: () => Tensor, gradients: (dy: Tensor, ...kept: K) => Tensor[]): Tensor {
  const run = (...all: unknown[]) => {
    (all[all.length - 1] as (tensors: Tensor[]) => void)([...kept]);
    return { value: value(), gradFunc: (dy: Tensor, saved: Tensor[]) => gradients(dy, ...(saved as unknown as K)) };
  };
  return tf.customGrad(run)(...inputs);
}

/** NumPy broadcasting to `shape`. tfjs' own goes through tile, whose gradient ends at rank 4. */
export function broadcastTensor(tf: Tf, x: Tensor, shape: number[]): Tensor {
  return sameSizes(x.shape, shape) ? x : tf.add(x, tf.zeros(shape, "float32"));
}

/** Own axes aligned at the right: a per-row operand of lower rank gets ones after the batch. */
export function aligned(tf: Tf, xs: readonly TfValue[]): Tensor[] {
  const rank = Math.max(...xs.map((x) => x.tensor.rank - (x.perRow ? 1 : 0)));
  return xs.map(({ tensor, perRow }) => {
    const missing = rank + 1 - tensor.rank;
    if (!perRow || missing === 0) return tensor;
    return tf.reshape(tensor, [tensor.shape[0]!, ...Array<number>(missing).fill(1), ...tensor.shape.slice(1)]);
  });
}

/** Sums what broadcasting `from` to the shape of `dy` has repeated. */
export function unbroadcast(tf: Tf, dy: Tensor, from: number[]): Tensor {
  if (sameSizes(dy.shape, from)) return dy;
  const lead = dy.rank - from.length;
  const axes = dy.shape.flatMap((d, i) => (i < lead || (from[i - lead] === 1 && d !== 1) ? [i] : []));
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, from);
}

/** `condition > 0 ? a : b`; the gradient goes to a and b alone. */
export function choose(tf: Tf, condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(condition.shape, tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape));
  const mask = detached(tf, () => tf.cast(tf.greater(broadcastTensor(tf, condition, shape), 0), "bool"));
  return withGradient(tf, [a, b], [mask], () => tf.where(mask, broadcastTensor(tf, a, shape), broadcastTensor(tf, b, shape)), (dy, mask) => {
    const none = tf.zerosLike(dy);
    return [unbroadcast(tf, tf.where(mask, dy, none), a.shape), unbroadcast(tf, tf.where(mask, none, dy), b.shape)];
  });
}

/** Equal maxima share the gradient, as in TensorFlow. */
export function maxOver(tf: Tf, x: Tensor, axes: number[], keepDims: boolean): Tensor {
  if (axes.length === 0) return x;
  const kept = detached(tf, () => tf.max(x, axes, true));
  const shape = keepDims ? kept.shape : x.shape.filter((_, i) => !axes.includes(i));
  return withGradient(tf, [x], [x, kept], () => tf.reshape(kept, shape), (dy, x, kept) => {
    const share = tf.cast(tf.equal(x, kept), "float32");
    return [tf.mul(tf.div(share, tf.sum(share, axes, true)), tf.reshape(dy, kept.shape))];
  });
}

/** The larger of two; where they are equal the gradient goes to a, as in TensorFlow. tfjs' own does not undo broadcasting. */
export function larger(tf: Tf, a: Tensor, b: Tensor, sign: 1 | -1): Tensor {
  return withGradient(tf, [a, b], [a, b], () => (sign > 0 ? tf.maximum(a, b) : tf.minimum(a, b)), (dy, a, b) => {
    const first = sign > 0 ? tf.greaterEqual(a, b) : tf.lessEqual(a, b);
    const none = tf.zerosLike(dy);
    return [unbroadcast(tf, tf.where(first, dy, none), a.shape), unbroadcast(tf, tf.where(first, none, dy), b.shape)];
  });
}

/** Every `stride`th entry of each of `axes`, from the first; strided slices have no gradient in tfjs. */
export function everyNth(tf: Tf, x: Tensor, axes: readonly number[], strides: readonly number[]): Tensor {
  let y = x;
  for (const [i, axis] of axes.entries()) {
    const stride = strides[i]!;
    if (stride === 1) continue;
    const n = y.shape[axis]!;
    const count = Math.ceil(n / stride);
    const before = size(y.shape.slice(0, axis));
    const after = size(y.shape.slice(axis + 1));
    const shape = y.shape.with(axis, count);
    let flat = tf.reshape(y, [before, n, after]) as Tensor;
    if (count * stride > n) flat = tf.pad(flat, [[0, 0], [0, count * stride - n], [0, 0]]);
    y = tf.reshape(tf.slice(tf.reshape(flat, [before, count, stride, after]), [0, 0, 0, 0], [before, count, 1, after]), shape);
  }
  return y;
}

/** Whether the running backend has this kernel: wasm lacks a few that training needs. */
export function hasKernel(tf: Tf, name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}
