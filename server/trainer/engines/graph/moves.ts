import { type Graph, same, sizeOf, type, type Value } from "./builder.ts";

/** Operations whose entries only change their place. */

const T = { T: type("float") };
const float = (shape: readonly number[]) => [{ shape, dtype: "float" as const }];

export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  if (same(x.shape, shape)) return x;
  const attrs = { T: type(x.dtype), Tshape: type("int32") };
  return g.add("Reshape", [x, g.ints(shape)], [{ shape, dtype: x.dtype }], { attrs, gradient: ([d]) => [d && reshape(g, d, x.shape)] })[0]!;
}

export function transpose(g: Graph, x: Value, order: readonly number[]): Value {
  if (order.every((a, i) => a === i)) return x;
  const back = order.map((_, i) => order.indexOf(i));
  return g.add("Transpose", [x, g.ints(order)], float(order.map((a) => x.shape[a]!)), { attrs: { ...T, Tperm: type("int32") }, gradient: ([d]) => [d && transpose(g, d, back)] })[0]!;
}

export function reverse(g: Graph, x: Value, axis: number): Value {
  return g.add("ReverseV2", [x, g.ints([axis])], [x], { attrs: { ...T, Tidx: type("int32") }, gradient: ([d]) => [d && reverse(g, d, axis)] })[0]!;
}

export function slice(g: Graph, x: Value, begin: readonly number[], size: readonly number[]): Value {
  if (same(x.shape, size)) return x;
  const sides = size.map((n, i) => [begin[i]!, x.shape[i]! - begin[i]! - n] as const);
  return g.add("Slice", [x, g.ints(begin), g.ints(size)], [{ shape: size, dtype: x.dtype }], { attrs: { T: type(x.dtype), Index: type("int32") }, gradient: ([d]) => [d && pad(g, d, sides)] })[0]!;
}

/** x[from : from + size] on the first axis, from a place [] that the graph works out. No gradient. */
export function sliceAt(g: Graph, x: Value, from: Value, size: number): Value {
  const begin = stack(g, [from, ...x.shape.slice(1).map(() => g.constant([0], [], "int32"))], 0);
  const shape = x.shape.with(0, size);
  return g.add("Slice", [x, begin, g.ints(shape)], [{ shape, dtype: x.dtype }], { attrs: { T: type(x.dtype), Index: type("int32") }, gradient: () => [] })[0]!;
}

/** x[start : start + size] on one axis. */
export function sliceAxis(g: Graph, x: Value, axis: number, start: number, size: number): Value {
  return slice(g, x, x.shape.map((_, i) => (i === axis ? start : 0)), x.shape.with(axis, size));
}

/** Every `stride`th entry of each of `axes`, from the first. */
export function everyNth(g: Graph, x: Value, axes: readonly number[], strides: readonly number[]): Value {
  if (strides.every((s) => s === 1)) return x;
  const steps = x.shape.map((_, i) => strides[axes.indexOf(i)] ?? 1);
  const shape = x.shape.map((n, i) => Math.ceil(n / steps[i]!));
  const zeros = g.ints(x.shape.map(() => 0));
  const attrs = { ...T, Index: type("int32"), begin_mask: { i: 0 }, end_mask: { i: 0 }, ellipsis_mask: { i: 0 }, new_axis_mask: { i: 0 }, shrink_axis_mask: { i: 0 } };
  const [end, by] = [g.ints(x.shape), g.ints(steps)];
  return g.add("StridedSlice", [x, zeros, end, by], float(shape), {
    attrs, gradient: ([d]) => [d && g.add("StridedSliceGrad", [end, zeros, end, by, d], float(x.shape), { attrs })[0]!],
  })[0]!;
}

/** [before, after] of each axis, none negative. */
export function pad(g: Graph, x: Value, sides: readonly (readonly [number, number])[], value = 0): Value {
  if (sides.every(([a, b]) => a === 0 && b === 0)) return x;
  const shape = x.shape.map((n, i) => n + sides[i]![0] + sides[i]![1]);
  const paddings = g.constant(sides.flat(), [sides.length, 2], "int32");
  return g.add("PadV2", [x, paddings, g.scalar(value)], float(shape), { attrs: { ...T, Tpaddings: type("int32") }, gradient: ([d]) => [d && slice(g, d, sides.map(([a]) => a), x.shape)] })[0]!;
}

export function concat(g: Graph, xs: readonly Value[], axis: number): Value {
  if (xs.length === 1) return xs[0]!;
  const shape = xs[0]!.shape.with(axis, xs.reduce((n, x) => n + x.shape[axis]!, 0));
  const starts = xs.map((_, i) => xs.slice(0, i).reduce((n, x) => n + x.shape[axis]!, 0));
  return g.add("ConcatV2", [...xs, g.constant([axis], [], "int32")], float(shape), {
    attrs: { ...T, N: { i: xs.length }, Tidx: type("int32") },
    gradient: ([d]) => xs.map((x, i) => d && sliceAxis(g, d, axis, starts[i]!, x.shape[axis]!)),
  })[0]!;
}

/** Tensors of one shape along a new axis. */
export function stack(g: Graph, xs: readonly Value[], axis: number): Value {
  const shape = xs[0]!.shape.toSpliced(axis, 0, xs.length);
  return g.add("Pack", xs, [{ shape, dtype: xs[0]!.dtype }], { attrs: { T: type(xs[0]!.dtype), N: { i: xs.length }, axis: { i: axis } }, gradient: ([d]) => (d ? unstack(g, d, axis) : []) })[0]!;
}

export function unstack(g: Graph, x: Value, axis: number): Value[] {
  const n = x.shape[axis]!;
  const shape = x.shape.toSpliced(axis, 1);
  return g.add("Unpack", [x], Array.from({ length: n }, () => ({ shape, dtype: x.dtype })), {
    attrs: { T: type(x.dtype), num: { i: n }, axis: { i: axis } },
    gradient: (dy) => [stack(g, Array.from({ length: n }, (_, i) => dy[i] ?? zeros(g, shape)), axis)],
  });
}

export function split(g: Graph, x: Value, parts: number, axis: number): Value[] {
  const size = x.shape[axis]! / parts;
  return Array.from({ length: parts }, (_, i) => sliceAxis(g, x, axis, i * size, size));
}

export function zeros(g: Graph, shape: readonly number[]): Value {
  return g.add("Fill", [g.ints(shape), g.scalar(0)], float(shape), { attrs: { ...T, index_type: type("int32") } })[0]!;
}

/** Rows of `table` [rows, ...rest] for whole numbers `at`; repeated rows add their gradients. */
export function gather(g: Graph, table: Value, at: Value): Value {
  const rest = table.shape.slice(1);
  const attrs = { Tparams: type("float"), Tindices: type("int32"), Taxis: type("int32"), batch_dims: { i: 0 } };
  return g.add("GatherV2", [table, at, g.constant([0], [], "int32")], float([...at.shape, ...rest]), {
    attrs,
    gradient: ([d]) => {
      if (!d) return [];
      const n = sizeOf(at.shape);
      const inputs = [reshape(g, d, [n, ...rest]), reshape(g, at, [n]), g.constant([table.shape[0]!], [], "int32")];
      return [g.add("UnsortedSegmentSum", inputs, float(table.shape), { attrs: { ...T, Tindices: type("int32"), Tnumsegments: type("int32") } })[0]!];
    },
  })[0]!;
}

/** In memory of its own; never taken away by TensorFlow's optimizer. */
export const copy = (g: Graph, v: Value): Value => g.add("DeepCopy", [v], [v], { attrs: { T: type(v.dtype) } })[0]!;
