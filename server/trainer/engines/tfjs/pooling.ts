import type { Tensor, Tensor4D, Tensor5D } from "@tensorflow/tfjs-core";
import type { PoolOptions } from "../../../language/ops/ops.ts";
import { detached } from "./tensors.ts";
import { size, type Tf } from "./value.ts";
import { padded, sidesOf } from "./windows.ts";

/** Poolings over tensors [batch, ...space, channels]. */

export function maxPool(tf: Tf, x: Tensor, o: PoolOptions): Tensor {
  if (o.size.length === 1) return flat(tf, x, o, maxPool);
  const ready = padded(tf, x, o.size, o.stride, o.padding, -Infinity);
  if (o.size.length === 3) return tf.maxPool3d(ready as Tensor5D, o.size as Triple, o.stride as Triple, "valid");
  return tf.maxPool(ready as Tensor4D, o.size as Pair, o.stride as Pair, "valid");
}

/** The mean of what lies inside: the sum over the padded window by the number of entries that are not padding. */
export function avgPool(tf: Tf, x: Tensor, o: PoolOptions): Tensor {
  if (o.size.length === 1) return flat(tf, x, o, avgPool);
  const ready = padded(tf, x, o.size, o.stride, o.padding);
  const mean = o.size.length === 3 ? tf.avgPool3d(ready as Tensor5D, o.size as Triple, o.stride as Triple, "valid") : tf.avgPool(ready as Tensor4D, o.size as Pair, o.stride as Pair, "valid");
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
type Triple = [number, number, number];

/** A sequence is an image of height 1. */
function flat(tf: Tf, x: Tensor, o: PoolOptions, pool: (tf: Tf, x: Tensor, o: PoolOptions) => Tensor): Tensor {
  const padding = typeof o.padding === "string" ? o.padding : [[0, 0] as const, ...o.padding];
  return tf.squeeze(pool(tf, tf.expandDims(x, 1), { size: [1, ...o.size], stride: [1, ...o.stride], padding }), [1]);
}
