import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { PoolOptions } from "../../../language/ops/ops.ts";
import { detached, larger } from "./tensors.ts";
import { size, type Tf } from "./value.ts";
import { padded, shifted, sidesOf } from "./windows.ts";

/** Poolings over tensors [batch, ...space, channels]. */

export function maxPool(tf: Tf, x: Tensor, o: PoolOptions): Tensor {
  if (o.size.length === 1) return flat(tf, x, o, maxPool);
  const ready = padded(tf, x, o.size, o.stride, o.padding, LOWEST);
  // wasm's gradient forgets windows whose maximum is negative (4.22); there the places are compared one by one.
  if (tf.getBackend() === "wasm") return shifted(tf, ready, o.size, o.stride).reduce((a, b) => larger(tf, a, b, 1));
  return planes(tf, ready, o, (t, size, stride) => tf.maxPool(t, size, stride, "valid"));
}

/** The mean of what lies inside: the sum over the padded window by the number of entries that are not padding. */
export function avgPool(tf: Tf, x: Tensor, o: PoolOptions): Tensor {
  if (o.size.length === 1) return flat(tf, x, o, avgPool);
  const ready = padded(tf, x, o.size, o.stride, o.padding);
  const mean = planes(tf, ready, o, (t, size, stride) => tf.avgPool(t, size, stride, "valid"));
  if (ready === x) return mean;
  return tf.mul(mean, detached(tf, () => tf.tensor(...factors(x, mean, o))));
}

/** Window size by entries inside, for each output position: [1, ...out, 1]. */
function factors(x: Tensor, mean: Tensor, o: PoolOptions): [Float32Array, number[]] {
  const sides = sidesOf(x, o.size, o.stride, o.padding);
  const out = mean.shape.slice(1, -1);
  const inside = out.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * o.stride[axis]! - sides[axis]![0];
      return Math.min(start + o.size[axis]!, x.shape[axis + 1]!) - Math.max(start, 0);
    }),
  );
  const values = inside.reduce<number[]>((all, counts) => all.flatMap((v) => counts.map((c) => v * c)), [1]);
  return [Float32Array.from(values, (n) => size(o.size) / n), [1, ...out, 1]];
}

type Pair = [number, number];

/** Below every value, and finite: not all backends take infinities for numbers. */
const LOWEST = -3.4028234e38;

/** A pooling of a volume is one of each slice's plane, then one along the slices: what the backends' own 3D lacks in gradients. */
function planes(tf: Tf, x: Tensor, o: PoolOptions, pool: (x: Tensor4D, size: Pair, stride: Pair) => Tensor): Tensor {
  if (o.size.length === 2) return pool(x as Tensor4D, o.size as Pair, o.stride as Pair);
  const [batch, depth, h, w, c] = x.shape as [number, number, number, number, number];
  const flat = pool(tf.reshape(x, [batch * depth, h, w, c]) as Tensor4D, o.size.slice(1) as Pair, o.stride.slice(1) as Pair);
  const [, h2, w2] = flat.shape as [number, number, number, number];
  const deep = pool(tf.reshape(flat, [batch, depth, h2 * w2, c]) as Tensor4D, [o.size[0]!, 1], [o.stride[0]!, 1]);
  return tf.reshape(deep, [batch, deep.shape[1]!, h2, w2, c]);
}

/** A sequence is an image of height 1. */
function flat(tf: Tf, x: Tensor, o: PoolOptions, pool: (tf: Tf, x: Tensor, o: PoolOptions) => Tensor): Tensor {
  const padding = typeof o.padding === "string" ? o.padding : [[0, 0] as const, ...o.padding];
  return tf.squeeze(pool(tf, tf.expandDims(x, 1), { size: [1, ...o.size], stride: [1, ...o.stride], padding }), [1]);
}
