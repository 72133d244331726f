import type { ConvOptions, Padding, PoolOptions } from "../../../language/ops/ops.ts";
import { samePadding, transposedOutput, windowOutput } from "../../../language/ops/window.ts";
import { type Graph, sizeOf, type Value } from "./builder.ts";
import { mul } from "./math.ts";
import { concat, everyNth, pad, reshape, slice, split } from "./moves.ts";
import { conv as plain, convTranspose as transposed, depthwise as plainDepthwise, pool as plainPool } from "./products.ts";

/** Windows over values [batch, ...space, channels], with the options of Ops. */

type Sides = readonly (readonly [number, number])[];
type Side = "SAME" | "VALID";

/** Explicit padding is done beforehand; TensorFlow's own "same" is left to the kernel. */
function ready(g: Graph, x: Value, padding: Padding, value = 0): { x: Value; side: Side } {
  if (typeof padding === "string") return { x, side: padding === "same" ? "SAME" : "VALID" };
  return { x: pad(g, x, [[0, 0], ...padding, [0, 0]], value), side: "VALID" };
}

/** A sequence is an image of height 1. */
const tallPadding = (padding: Padding): Padding => (typeof padding === "string" ? padding : ([[0, 0], ...padding] as Sides));
const tall = (g: Graph, x: Value) => reshape(g, x, x.shape.toSpliced(1, 0, 1));
const low = (g: Graph, x: Value) => reshape(g, x, x.shape.toSpliced(1, 1));

export function conv(g: Graph, x: Value, kernel: Value, o: ConvOptions): Value {
  if (kernel.shape.length === 3) {
    const options = { stride: [1, ...o.stride], dilation: [1, ...o.dilation], groups: o.groups, padding: tallPadding(o.padding) };
    return low(g, conv(g, tall(g, x), reshape(g, kernel, [1, ...kernel.shape]), options));
  }
  const spread = dilated(g, kernel, o.dilation);
  const input = ready(g, x, o.padding);
  if (o.groups === 1) return plain(g, input.x, spread, o.stride, input.side);
  const [inputs, filters] = spread.shape.slice(-2) as [number, number];
  if (inputs === 1 && spread.shape.length === 4) {
    return depthwiseOf(g, x, reshape(g, spread, [...spread.shape.slice(0, 2), o.groups, filters / o.groups]), o.stride, o.padding);
  }
  const last = x.shape.length - 1;
  const kernels = split(g, spread, o.groups, last);
  return concat(g, split(g, input.x, o.groups, last).map((part, i) => plain(g, part, kernels[i]!, o.stride, input.side)), last);
}

export function depthwise(g: Graph, x: Value, kernel: Value, o: Omit<ConvOptions, "groups">): Value {
  // Over the one row any stride comes to one place: the same for both axes is what TensorFlow can.
  if (kernel.shape.length === 3) return low(g, depthwise(g, tall(g, x), reshape(g, kernel, [1, ...kernel.shape]), { stride: [o.stride[0]!, ...o.stride], dilation: [1, ...o.dilation], padding: tallPadding(o.padding) }));
  return depthwiseOf(g, x, dilated(g, kernel, o.dilation), o.stride, o.padding);
}

function depthwiseOf(g: Graph, x: Value, kernel: Value, stride: readonly number[], padding: Padding): Value {
  const [down, across] = stride as [number, number];
  if (down === across) {
    const input = ready(g, x, padding);
    return plainDepthwise(g, input.x, kernel, down, input.side);
  }
  // TensorFlow wants one stride for both axes.
  const sides = padding === "same" ? [0, 1].map((i) => samePadding(x.shape[i + 1]!, kernel.shape[i]!, stride[i]!)) : padding;
  return everyNth(g, plainDepthwise(g, ready(g, x, sides).x, kernel, 1, "VALID"), [1, 2], stride);
}

export function convTranspose(g: Graph, x: Value, kernel: Value, { stride, padding }: Pick<ConvOptions, "stride" | "padding">): Value {
  const space = kernel.shape.length - 2;
  if (space === 1) return low(g, convTranspose(g, tall(g, x), reshape(g, kernel, [1, ...kernel.shape]), { stride: [1, ...stride], padding: tallPadding(padding) }));
  const sizes = (sides: Padding) => stride.map((s, i) => transposedOutput(x.shape[i + 1]!, kernel.shape[i]!, s, sides, i) as number);
  if (typeof padding === "string") return transposed(g, x, kernel, sizes(padding), stride, padding === "same" ? "SAME" : "VALID");
  const whole = transposed(g, x, kernel, sizes(stride.map(() => [0, 0])), stride, "VALID");
  return slice(g, whole, [0, ...padding.map(([before]) => before), 0], [x.shape[0]!, ...sizes(padding), kernel.shape[space]!]);
}

export function maxPool(g: Graph, x: Value, o: PoolOptions): Value {
  if (o.size.length === 1) return flat(g, x, o, maxPool);
  const input = ready(g, x, o.padding, LOWEST);
  return plainPool(g, "Max", input.x, o.size, o.stride, input.side);
}

export function avgPool(g: Graph, x: Value, o: PoolOptions): Value {
  if (o.size.length === 1) return flat(g, x, o, avgPool);
  const input = ready(g, x, o.padding);
  const mean = plainPool(g, "Avg", input.x, o.size, o.stride, input.side);
  if (input.x === x) return mean;
  return mul(g, mean, g.constant(...factors(x, mean, o, o.padding as Sides)));
}

/** Window size by entries that are not padding, for each output position: [1, ...out, 1]. */
function factors(x: Value, mean: Value, o: PoolOptions, sides: Sides): [number[], number[]] {
  const out = mean.shape.slice(1, -1);
  const inside = out.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * o.stride[axis]! - sides[axis]![0];
      return Math.min(start + o.size[axis]!, x.shape[axis + 1]!) - Math.max(start, 0);
    }),
  );
  const counts = inside.reduce<number[]>((all, own) => all.flatMap((v) => own.map((c) => v * c)), [1]);
  return [counts.map((n) => sizeOf(o.size) / n), [1, ...out, 1]];
}

const LOWEST = -3.4028234e38;

const flat = (g: Graph, x: Value, o: PoolOptions, pool: (g: Graph, x: Value, o: PoolOptions) => Value) =>
  low(g, pool(g, tall(g, x), { size: [1, ...o.size], stride: [1, ...o.stride], padding: tallPadding(o.padding) }));

/** The window under every output position, entries row by row, channels fastest. */
export function patches(g: Graph, x: Value, o: PoolOptions): Value {
  const sides = o.padding === "same" ? o.size.map((k, i) => samePadding(x.shape[i + 1]!, k, o.stride[i]!)) : o.padding;
  const input = ready(g, x, sides).x;
  const out = o.size.map((k, i) => windowOutput(input.shape[i + 1]!, k, o.stride[i]!, "valid", i) as number);
  const spans = out.map((n, i) => (n - 1) * o.stride[i]! + 1);
  const parts = places(o.size).map((at) => everyNth(g, slice(g, input, [0, ...at, 0], [input.shape[0]!, ...spans, input.shape.at(-1)!]), o.size.map((_, i) => i + 1), o.stride));
  return concat(g, parts, x.shape.length - 1);
}

/** Zeros between the kernel's entries: TensorFlow lacks gradients of dilated convolutions on a processor. */
function dilated(g: Graph, kernel: Value, dilation: readonly number[]): Value {
  let y = kernel;
  for (const [axis, d] of dilation.entries()) {
    const k = y.shape[axis]!;
    if (d === 1 || k === 1) continue;
    const [before, after] = [sizeOf(y.shape.slice(0, axis)), sizeOf(y.shape.slice(axis + 1))];
    const shape = y.shape.with(axis, (k - 1) * d + 1);
    const spread = reshape(g, pad(g, reshape(g, y, [before, k, 1, after]), [[0, 0], [0, 0], [0, d - 1], [0, 0]]), [before, k * d, after]);
    y = reshape(g, slice(g, spread, [0, 0, 0], [before, shape[axis]!, after]), shape);
  }
  return y;
}

/** Every index of a window, in row-major order. */
function places(window: readonly number[]): number[][] {
  return window.reduce<number[][]>((all, k) => all.flatMap((at) => Array.from({ length: k }, (_, i) => [...at, i])), [[]]);
}
