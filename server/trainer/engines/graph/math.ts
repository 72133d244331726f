import { type Graph, type Rule, same, sizeOf, type, type Value } from "./builder.ts";
import { reshape } from "./moves.ts";

/** Elementwise operations and reductions, each with its gradient. Shapes broadcast as in NumPy. */

const T = { T: type("float") };

function unary(op: string, gradient?: (g: Graph, dy: Value, x: Value, y: Value) => Value | undefined) {
  return (g: Graph, x: Value): Value => {
    const rule: Rule = ([d], node) => [d && gradient!(g, d, x, { node, index: 0, shape: x.shape, dtype: "float" })];
    return g.add(op, [x], [x], { attrs: T, ...(gradient && { gradient: rule }) })[0]!;
  };
}

/** Gradient kernels take two tensors of one shape. */
const pair = (op: string) => (g: Graph, a: Value, b: Value): Value => g.add(op, [a, b], [a], { attrs: T })[0]!;

export const neg = unary("Neg", (g, d) => neg(g, d));
export const sign = unary("Sign", () => undefined);
export const abs = unary("Abs", (g, d, x) => mul(g, d, sign(g, x)));
export const exp = unary("Exp", (g, d, _, y) => mul(g, d, y));
export const log = unary("Log", (g, d, x) => div(g, d, x));
export const sqrt = unary("Sqrt", (g, d, _, y) => pair("SqrtGrad")(g, y, d));
export const rsqrt = unary("Rsqrt", (g, d, _, y) => pair("RsqrtGrad")(g, y, d));
export const square = unary("Square", (g, d, x) => mul(g, d, mul(g, x, g.scalar(2))));
export const relu = unary("Relu", (g, d, _, y) => pair("ReluGrad")(g, d, y));
export const sigmoid = unary("Sigmoid", (g, d, _, y) => pair("SigmoidGrad")(g, y, d));
export const tanh = unary("Tanh", (g, d, _, y) => pair("TanhGrad")(g, y, d));
export const sin = unary("Sin", (g, d, x) => mul(g, d, cos(g, x)));
const cos = unary("Cos", (g, d, x) => neg(g, mul(g, d, sin(g, x))));
export const softplus = unary("Softplus", (g, d, x) => pair("SoftplusGrad")(g, d, x));
export const erf = unary("Erf", (g, d, x) => mul(g, d, mul(g, g.scalar(2 / Math.sqrt(Math.PI)), exp(g, neg(g, square(g, x))))));
export const softmax = unary("Softmax", (g, d, _, y) => {
  const p = mul(g, d, y);
  return sub(g, p, mul(g, sum(g, p, [-1], true), y));
});
export const logSoftmax = unary("LogSoftmax", (g, d, _, y) => sub(g, d, mul(g, sum(g, d, [-1], true), exp(g, y))));
/** The same value, a constant to the gradient. */
export const stopGradient = unary("StopGradient", () => undefined);

export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}

function binary(op: string, gradient: (g: Graph, dy: Value, a: Value, b: Value) => readonly (Value | undefined)[]) {
  return (g: Graph, a: Value, b: Value): Value => {
    const rule: Rule = ([d]) => (d ? gradient(g, d, a, b).map((v, i) => v && unbroadcast(g, v, [a, b][i]!.shape)) : []);
    return g.add(op, [a, b], [{ shape: broadcastShape(a.shape, b.shape), dtype: a.dtype }], { attrs: { T: type(a.dtype) }, gradient: rule })[0]!;
  };
}

const plainAdd = binary("AddV2", (_, d) => [d, d]);
export const sub = binary("Sub", (g, d) => [d, neg(g, d)]);
export const mul = binary("Mul", (g, d, a, b) => [constant(a) ? undefined : mul(g, d, b), constant(b) ? undefined : mul(g, d, a)]);
export const div = binary("RealDiv", (g, d, a, b) => [div(g, d, b), constant(b) ? undefined : neg(g, div(g, mul(g, d, a), square(g, b)))]);
/** Where both are equal the gradient goes to a, as in TensorFlow. */
export const maximum = binary("Maximum", (g, d, a, b) => split(g, compare(g, "GreaterEqual", a, b), d));
export const minimum = binary("Minimum", (g, d, a, b) => split(g, compare(g, "LessEqual", a, b), d));

/** A vector added along the last axis is a bias: TensorFlow fuses that with the product before it. */
export function add(g: Graph, a: Value, b: Value): Value {
  if (b.shape.length !== 1 || a.shape.length < 2 || a.shape.at(-1) !== b.shape[0] || a.dtype !== "float") return plainAdd(g, a, b);
  const attrs = { ...T, data_format: { s: "NHWC" } };
  const gradient: Rule = ([d]) => [d, d && g.add("BiasAddGrad", [d], [b], { attrs })[0]!];
  return g.add("BiasAdd", [a, b], [a], { attrs, gradient })[0]!;
}

export const compare = (g: Graph, op: "Greater" | "GreaterEqual" | "LessEqual" | "Equal", a: Value, b: Value): Value =>
  g.add(op, [a, b], [{ shape: broadcastShape(a.shape, b.shape), dtype: "bool" }], { attrs: { T: type(a.dtype), ...(op === "Equal" && { incompatible_shape_error: { b: true } }) } })[0]!;

/** `condition ? a : b`; no gradient through the condition. */
export function select(g: Graph, condition: Value, a: Value, b: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
  const gradient: Rule = ([d]) => (d ? [undefined, ...split(g, condition, d).map((v, i) => unbroadcast(g, v, [a, b][i]!.shape))] : []);
  return g.add("SelectV2", [condition, a, b], [{ shape, dtype: a.dtype }], { attrs: { T: type(a.dtype) }, gradient })[0]!;
}

function split(g: Graph, condition: Value, d: Value): [Value, Value] {
  const none = g.scalar(0);
  return [select(g, condition, d, none), select(g, condition, none, d)];
}

export function cast(g: Graph, x: Value, dtype: "float" | "int32"): Value {
  if (x.dtype === dtype) return x;
  return g.add("Cast", [x], [{ shape: x.shape, dtype }], { attrs: { SrcT: type(x.dtype), DstT: type(dtype), Truncate: { b: false } }, gradient: () => [] })[0]!;
}

function reduce(op: string, gradient: (g: Graph, dy: Value, x: Value, y: Value) => Value) {
  return (g: Graph, x: Value, axes: readonly number[], keepDims = false): Value => {
    const over = axes.map((a) => (a < 0 ? a + x.shape.length : a));
    const kept = x.shape.map((d, i) => (over.includes(i) ? 1 : d));
    const shape = keepDims ? kept : x.shape.filter((_, i) => !over.includes(i));
    const rule: Rule = ([d], node) => [d && gradient(g, reshape(g, d, kept), x, reshape(g, { node, index: 0, shape, dtype: "float" }, kept))];
    return g.add(op, [x, g.ints(over)], [{ shape, dtype: "float" }], { attrs: { ...T, Tidx: type("int32"), keep_dims: { b: keepDims } }, gradient: rule })[0]!;
  };
}

export const sum = reduce("Sum", (g, d, x) => broadcastTo(g, d, x.shape));
export const mean = reduce("Mean", (g, d, x) => broadcastTo(g, mul(g, d, g.scalar(sizeOf(d.shape) / sizeOf(x.shape))), x.shape));
/** Equal maxima share the gradient, as in TensorFlow. */
export const max = reduce("Max", (g, d, x, y) => {
  const share = cast(g, compare(g, "Equal", x, y), "float");
  const axes = x.shape.flatMap((n, i) => (y.shape[i] === n ? [] : [i]));
  return mul(g, div(g, share, sum(g, share, axes, true)), d);
});

/** NumPy broadcasting to `shape`. */
export function broadcastTo(g: Graph, x: Value, shape: readonly number[]): Value {
  if (same(x.shape, shape)) return x;
  return g.add("BroadcastTo", [x, g.ints(shape)], [{ shape, dtype: "float" }], { attrs: { ...T, Tidx: type("int32") }, gradient: ([d]) => [d && unbroadcast(g, d, x.shape)] })[0]!;
}

/** Sums what broadcasting `shape` to that of `d` has repeated; broadcasts what is smaller. */
export function unbroadcast(g: Graph, d: Value, shape: readonly number[]): Value {
  if (same(d.shape, shape)) return d;
  const lead = d.shape.length - shape.length;
  const axes = d.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  return reshape(g, axes.length > 0 ? sum(g, d, axes) : d, shape);
}

const constant = (v: Value) => v.node.op === "Const";
