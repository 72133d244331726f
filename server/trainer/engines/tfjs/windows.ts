import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { ConvOptions, Padding, PoolOptions } from "../../../language/ops/ops.ts";
import { samePadding, transposedBefore, transposedOutput, windowOutput } from "../../../language/ops/window.ts";
import { everyNth, hasKernel } from "./tensors.ts";
import { size, type Tf } from "./value.ts";

/** Convolutions over tensors [batch, ...space, channels]; kernels as in Ops. */

type Sides = readonly (readonly [number, number])[];

/** x padded for these windows, so that what follows is "valid". */
export function padded(tf: Tf, x: Tensor, window: readonly number[], stride: readonly number[], padding: Padding, value = 0): Tensor {
  const sides = sidesOf(x, window, stride, padding);
  if (sides.every(([a, b]) => a === 0 && b === 0)) return x;
  return tf.pad(x, [[0, 0], ...sides.map(([a, b]) => [a, b] as [number, number]), [0, 0]], value);
}

export function sidesOf(x: Tensor, window: readonly number[], stride: readonly number[], padding: Padding): Sides {
  if (padding === "valid") return window.map(() => [0, 0]);
  if (padding === "same") return window.map((k, i) => samePadding(x.shape[i + 1]!, k, stride[i]!));
  return padding;
}

/** Of a sequence as an image of height 1. */
const tallPadding = (padding: Padding): Padding => (typeof padding === "string" ? padding : [[0, 0], ...padding]);

export function conv(tf: Tf, x: Tensor, kernel: Tensor, o: ConvOptions): Tensor {
  const space = kernel.rank - 2;
  if (space === 1) {
    // A sequence is an image of height 1.
    const tall = { stride: [1, ...o.stride], dilation: [1, ...o.dilation], groups: o.groups, padding: tallPadding(o.padding) };
    return tf.squeeze(conv(tf, tf.expandDims(x, 1), tf.expandDims(kernel, 0), tall), [1]);
  }
  const spread = dilated(tf, kernel, o.dilation);
  const ready = padded(tf, x, spread.shape.slice(0, space), o.stride, o.padding);
  if (o.groups === 1) return valid(tf, ready, spread, o.stride);
  const [inputs, filters] = spread.shape.slice(-2) as [number, number];
  if (inputs === 1 && space === 2) {
    return depthwise(tf, ready, tf.reshape(spread, [...spread.shape.slice(0, 2), o.groups, filters / o.groups]), o.stride);
  }
  const xs = tf.split(ready, o.groups, -1);
  const kernels = tf.split(spread, o.groups, -1);
  return tf.concat(xs.map((g, i) => valid(tf, g, kernels[i]!, o.stride)), -1);
}

export function depthwiseConv(tf: Tf, x: Tensor, kernel: Tensor, o: Omit<ConvOptions, "groups">): Tensor {
  // Over the one row any stride comes to one place: the same for both axes is what TensorFlow can.
  if (kernel.rank === 3) return tf.squeeze(depthwiseConv(tf, tf.expandDims(x, 1), tf.expandDims(kernel, 0), { stride: [o.stride[0]!, ...o.stride], dilation: [1, ...o.dilation], padding: tallPadding(o.padding) }), [1]);
  const spread = dilated(tf, kernel, o.dilation);
  return depthwise(tf, padded(tf, x, spread.shape.slice(0, 2), o.stride, o.padding), spread, o.stride);
}

/** Only "valid" is asked of tfjs: what the padding adds or takes is done around it. */
export function convTranspose(tf: Tf, x: Tensor, kernel: Tensor, o: Pick<ConvOptions, "stride" | "padding">): Tensor {
  const size = kernel.shape.slice(0, -2);
  if (size.length === 1) {
    return tf.squeeze(convTranspose(tf, tf.expandDims(x, 1), tf.expandDims(kernel, 0), { stride: [1, ...o.stride], padding: tallPadding(o.padding) }), [1]);
  }
  const y = transposed(tf, x, kernel, o.stride);
  const out = size.map((k, i) => transposedOutput(x.shape[i + 1]!, k, o.stride[i]!, o.padding, i) as number);
  const before = size.map((k, i) => transposedBefore(k, o.stride[i]!, o.padding, i));
  const missing = out.map((n, i) => [0, Math.max(before[i]! + n - y.shape[i + 1]!, 0)] as [number, number]);
  return tf.slice(tf.pad(y, [[0, 0], ...missing, [0, 0]]), [0, ...before, 0], [y.shape[0]!, ...out, y.shape[y.rank - 1]!]);
}

/** All that the kernels lie on: (n − 1)·stride + k on each axis. */
function transposed(tf: Tf, x: Tensor, kernel: Tensor, stride: readonly number[]): Tensor {
  const filters = kernel.shape[kernel.rank - 2]!;
  const full = stride.map((s, i) => (x.shape[i + 1]! - 1) * s + kernel.shape[i]!);
  if (kernel.rank === 4) return tf.conv2dTranspose(x as Tensor4D, kernel as Tensor4D, [x.shape[0]!, full[0]!, full[1]!, filters], stride as [number, number], "valid");
  // A volume, as in `valid` below: each depth of the kernel puts its planes `stride` apart, from its own place on.
  const [batch, n, h, w, c] = x.shape as [number, number, number, number, number];
  const [depth, ...plane] = stride as [number, number, number];
  const terms = tf.unstack(kernel).map((k, i) => {
    const y = transposed(tf, tf.reshape(x, [batch * n, h, w, c]), k, plane);
    const apart = tf.reshape(tf.pad(tf.reshape(y, [batch, n, 1, -1]), [[0, 0], [0, 0], [0, depth - 1], [0, 0]]), [batch, n * depth, -1]);
    const own = tf.slice(apart, [0, 0, 0], [batch, (n - 1) * depth + 1, apart.shape[2]!]);
    return tf.pad(own, [[0, 0], [i, kernel.shape[0]! - 1 - i], [0, 0]]);
  });
  return tf.reshape(terms.slice(1).reduce<Tensor>((a, b) => tf.add(a, b), terms[0]!), [batch, ...full, filters]);
}

/** Of a "valid" convolution, by its kernel. As a matrix product where the backend has no kernel for it. */
export function filterGradient(tf: Tf, x: Tensor, dy: Tensor, filterShape: number[], strides: [number, number]): Tensor {
  if (hasKernel(tf, "Conv2DBackpropFilter")) {
    return tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, { strides, pad: "valid", dataFormat: "NHWC", dimRoundingMode: undefined, filterShape } as never);
  }
  const [kh, kw, inputs, filters] = filterShape as [number, number, number, number];
  const columns = tf.reshape(tf.concat(shifted(tf, x, [kh, kw], strides), -1), [-1, kh * kw * inputs]);
  return tf.reshape(tf.matMul(columns, tf.reshape(dy, [-1, filters]), true), filterShape);
}

/** The window under every output position, entries row by row, channels fastest. */
export function patches(tf: Tf, x: Tensor, o: PoolOptions): Tensor {
  return tf.concat(shifted(tf, padded(tf, x, o.size, o.stride, o.padding), o.size, o.stride), -1);
}

/** For every place in the window: what stands there, for all output positions at once. */
export function shifted(tf: Tf, x: Tensor, window: readonly number[], stride: readonly number[]): Tensor[] {
  const out = window.map((k, i) => windowOutput(x.shape[i + 1]!, k, stride[i]!, "valid", i) as number);
  const spans = out.map((n, i) => (n - 1) * stride[i]! + 1);
  return places(window).map((at) => {
    const cut = tf.slice(x, [0, ...at, 0], [x.shape[0]!, ...spans, x.shape[x.rank - 1]!]);
    return everyNth(tf, cut, window.map((_, i) => i + 1), stride);
  });
}

/** Zeros between the kernel's entries: gradients of dilated convolutions are missing in tfjs. */
function dilated(tf: Tf, kernel: Tensor, dilation: readonly number[]): Tensor {
  let y = kernel;
  for (const [axis, d] of dilation.entries()) {
    const k = y.shape[axis]!;
    if (d === 1 || k === 1) continue;
    const [before, after] = [size(y.shape.slice(0, axis)), size(y.shape.slice(axis + 1))];
    const shape = y.shape.with(axis, (k - 1) * d + 1);
    const spread = tf.reshape(tf.pad(tf.reshape(y, [before, k, 1, after]), [[0, 0], [0, 0], [0, d - 1], [0, 0]]), [before, k * d, after]);
    y = tf.reshape(tf.slice(spread, [0, 0, 0], [before, shape[axis]!, after]), shape);
  }
  return y;
}

function valid(tf: Tf, x: Tensor, kernel: Tensor, stride: readonly number[]): Tensor {
  if (kernel.rank === 4) return tf.conv2d(x as Tensor4D, kernel as Tensor4D, stride as [number, number], "valid");
  // A volume: for each depth of the kernel a convolution of all slices, summed. Backends differ in what 3D they can.
  const [depth, ...plane] = stride as [number, number, number];
  const [batch, , h, w, c] = x.shape as [number, number, number, number, number];
  const terms = tf.unstack(kernel).map((k, i) => {
    const n = Math.floor((x.shape[1]! - kernel.shape[0]!) / depth) + 1;
    const slices = everyNth(tf, tf.slice(x, [0, i, 0, 0, 0], [batch, (n - 1) * depth + 1, h, w, c]), [1], [depth]);
    const y = valid(tf, tf.reshape(slices, [batch * n, h, w, c]), k, plane);
    return tf.reshape(y, [batch, n, ...y.shape.slice(1)]);
  });
  return terms.slice(1).reduce<Tensor>((a, b) => tf.add(a, b), terms[0]!);
}

/** x already padded; kernel [kh, kw, c, multiplier]. */
function depthwise(tf: Tf, x: Tensor, kernel: Tensor, stride: readonly number[]): Tensor {
  if (hasKernel(tf, "DepthwiseConv2dNativeBackpropFilter")) {
    if (stride[0] === stride[1]) return tf.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, stride as [number, number], "valid");
    // TensorFlow wants one stride for both axes.
    return everyNth(tf, tf.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, 1, "valid"), [1, 2], stride);
  }
  const [kh, kw, channels, multiplier] = kernel.shape as [number, number, number, number];
  const factors = tf.unstack(tf.reshape(kernel, [kh * kw, channels, multiplier]));
  const terms = shifted(tf, x, [kh, kw], stride).map((cut, i) => tf.mul(tf.expandDims(cut, -1), factors[i]!));
  const sum = terms.slice(1).reduce<Tensor>((a, b) => tf.add(a, b), terms[0]!);
  return tf.reshape(sum, [...sum.shape.slice(0, 3), channels * multiplier]);
}

/** Every index of a window, in row-major order. */
function places(window: readonly number[]): number[][] {
  return window.reduce<number[][]>((all, k) => all.flatMap((at) => Array.from({ length: k }, (_, i) => [...at, i])), [[]]);
}
