import { type Graph, sizeOf, type, type Value } from "./builder.ts";
import { reshape } from "./moves.ts";

const T = { T: type("float") };

/** [m, k] × [k, n]; either may be given transposed. */
export function matmul2(g: Graph, a: Value, b: Value, ta = false, tb = false): Value {
  const shape = [a.shape[ta ? 1 : 0]!, b.shape[tb ? 0 : 1]!];
  return g.add("MatMul", [a, b], [{ shape, dtype: "float" }], {
    attrs: { ...T, transpose_a: { b: ta }, transpose_b: { b: tb } },
    gradient: ([d]) =>
      d ? [ta ? matmul2(g, b, d, tb, true) : matmul2(g, d, b, false, !tb), tb ? matmul2(g, d, a, true, ta) : matmul2(g, a, d, !ta, false)] : [],
  })[0]!;
}

/** [..., m, k] × [..., k, n] with the same leading axes. */
export function batchMatmul(g: Graph, a: Value, b: Value, ta = false, tb = false): Value {
  const shape = [...a.shape.slice(0, -2), a.shape.at(ta ? -1 : -2)!, b.shape.at(tb ? -2 : -1)!];
  return g.add("BatchMatMulV2", [a, b], [{ shape, dtype: "float" }], {
    attrs: { ...T, adj_x: { b: ta }, adj_y: { b: tb } },
    gradient: ([d]) =>
      d ? [ta ? batchMatmul(g, b, d, tb, true) : batchMatmul(g, d, b, false, !tb), tb ? batchMatmul(g, d, a, true, ta) : batchMatmul(g, a, d, !ta, false)] : [],
  })[0]!;
}

type Side = "SAME" | "VALID";
const four = (v: readonly number[]) => ({ ints: [1, ...v, 1] });

/** Output sizes of a window on each spatial axis. */
export function covered(x: Value, window: readonly number[], stride: readonly number[], padding: Side): number[] {
  return window.map((k, i) => Math.ceil((padding === "SAME" ? x.shape[i + 1]! : x.shape[i + 1]! - k + 1) / stride[i]!));
}

/** x [batch, ...space, c] by kernel [...size, c, filters], two or three axes. */
export function conv(g: Graph, x: Value, kernel: Value, stride: readonly number[], padding: Side): Value {
  const space = kernel.shape.length - 2;
  const shape = [x.shape[0]!, ...covered(x, kernel.shape.slice(0, space), stride, padding), kernel.shape.at(-1)!];
  const { op, attrs, byInput, byFilter } = convolution(space, stride, padding);
  return g.add(op, [x, kernel], [{ shape, dtype: "float" }], {
    attrs,
    gradient: ([d]) => (d ? [g.add(byInput.op, [g.ints(x.shape), kernel, d], [x], { attrs: byInput.attrs })[0]!, g.add(byFilter, [x, g.ints(kernel.shape), d], [kernel], { attrs })[0]!] : []),
  })[0]!;
}

/** TensorFlow's operations over two or three axes: a convolution, and its gradients by input and kernel. */
function convolution(axes: number, stride: readonly number[], padding: Side) {
  const attrs = { ...T, strides: four(stride), padding: { s: padding } };
  if (axes === 2) return { op: "Conv2D", attrs, byInput: { op: "Conv2DBackpropInput", attrs }, byFilter: "Conv2DBackpropFilter" };
  return { op: "Conv3D", attrs, byInput: { op: "Conv3DBackpropInputV2", attrs: { ...attrs, Tshape: type("int32") } }, byFilter: "Conv3DBackpropFilterV2" };
}

/** x [batch, ...space, c], kernel [...size, filters, c] → [batch, ...out, filters], two or three axes: the gradient of a convolution by its input. */
export function convTranspose(g: Graph, x: Value, kernel: Value, out: readonly number[], stride: readonly number[], padding: Side): Value {
  const shape = [x.shape[0]!, ...out, kernel.shape.at(-2)!];
  const { attrs, byInput, byFilter } = convolution(out.length, stride, padding);
  return g.add(byInput.op, [g.ints(shape), kernel, x], [{ shape, dtype: "float" }], {
    attrs: byInput.attrs,
    gradient: ([d]) => (d ? [undefined, g.add(byFilter, [d, g.ints(kernel.shape), x], [kernel], { attrs })[0]!, conv(g, d, kernel, stride, padding)] : []),
  })[0]!;
}

/** x [batch, h, w, c], kernel [kh, kw, c, multiplier]; one stride for both axes. */
export function depthwise(g: Graph, x: Value, kernel: Value, stride: number, padding: Side): Value {
  const [kh, kw, c, multiplier] = kernel.shape as [number, number, number, number];
  const shape = [x.shape[0]!, ...covered(x, [kh, kw], [stride, stride], padding), c * multiplier];
  const attrs = { ...T, strides: four([stride, stride]), padding: { s: padding } };
  return g.add("DepthwiseConv2dNative", [x, kernel], [{ shape, dtype: "float" }], {
    attrs,
    gradient: ([d]) => (d ? [g.add("DepthwiseConv2dNativeBackpropInput", [g.ints(x.shape), kernel, d], [x], { attrs })[0]!, g.add("DepthwiseConv2dNativeBackpropFilter", [x, g.ints(kernel.shape), d], [kernel], { attrs })[0]!] : []),
  })[0]!;
}

/** The largest, or the mean of what is not padding, in windows over two or three axes. */
export function pool(g: Graph, kind: "Max" | "Avg", x: Value, window: readonly number[], stride: readonly number[], padding: Side): Value {
  const shape = [x.shape[0]!, ...covered(x, window, stride, padding), x.shape.at(-1)!];
  const attrs = { ...T, ksize: four(window), strides: four(stride), padding: { s: padding } };
  const op = `${kind}Pool${window.length === 3 ? "3D" : ""}`;
  return g.add(op, [x], [{ shape, dtype: "float" }], {
    attrs,
    gradient: ([d], node) => {
      if (!d) return [];
      if (kind === "Avg") return [g.add(`${op}Grad`, [g.ints(x.shape), d], [x], { attrs })[0]!];
      const y: Value = { node, index: 0, shape, dtype: "float" };
      return [g.add(`${op}Grad`, [x, y, d], [x], { attrs: window.length === 3 ? { ...attrs, TInput: type("float") } : attrs })[0]!];
    },
  })[0]!;
}

/** Ops' matmul over values whose batch is their first axis where `perRow` says so. */
export function rowsByMatrix(g: Graph, a: Value, b: Value, transposeB: boolean): Value {
  const k = a.shape.at(-1)!;
  const rows = reshape(g, a, [sizeOf(a.shape) / k, k]);
  return reshape(g, matmul2(g, rows, b, false, transposeB), [...a.shape.slice(0, -1), b.shape[transposeB ? 0 : 1]!]);
}

/** The k largest of the last axis [..., n], in the order in which they stand there. */
export function topInOrder(g: Graph, x: Value, k: number): Value {
  const n = x.shape.at(-1)!;
  const lead = x.shape.slice(0, -1);
  const top = (v: Value) => g.add("TopKV2", [v, g.constant([k], [], "int32")], [{ shape: [...lead, k], dtype: v.dtype }, { shape: [...lead, k], dtype: "int32" }], { attrs: { T: type(v.dtype), Tk: type("int32"), index_type: type("int32"), sorted: { b: true } }, gradient: () => [] });
  const negative = (v: Value) => g.add("Neg", [v], [v], { attrs: { T: type("int32") }, gradient: () => [] })[0]!;
  const places = negative(top(negative(top(x)[1]!))[0]!);
  // A one-hot matrix picks them, so that the gradient goes back to them alone.
  const picks = oneHot(g, reshape(g, places, [sizeOf(lead), k]), n);
  const chosen = batchMatmul(g, picks, reshape(g, x, [sizeOf(lead), n, 1]));
  return reshape(g, chosen, [...lead, k]);
}

/** 1 at each index, [..., depth]. */
export function oneHot(g: Graph, at: Value, depth: number, on = 1, off = 0): Value {
  const inputs = [at, g.constant([depth], [], "int32"), g.scalar(on), g.scalar(off)];
  return g.add("OneHot", inputs, [{ shape: [...at.shape, depth], dtype: "float" }], { attrs: { ...T, TI: type("int32"), axis: { i: -1 } }, gradient: () => [] })[0]!;
}

