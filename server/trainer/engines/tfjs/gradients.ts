import type { GradConfig, NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { unbroadcast } from "./tensors.ts";
import { size, type Tf } from "./value.ts";
import { registerCopies } from "./copies.ts";
import { registerKernels } from "./kernels.ts";
import { filterGradient } from "./windows.ts";

/**
 * Gradients of the tfjs kernels that a pass uses. tfjs-core comes without any; its own collection is not reachable by
 * a plain import, and goes wrong where ours are compared: broadcast maxima, averages over padding, |x| at 0.
 */
export function registerGradients(tf: Tf): void {
  for (const config of [...elementwise(tf), ...reductions(tf), ...movements(tf), ...products(tf)]) tf.registerGradient(config);
  registerKernels(tf);
  registerCopies(tf);
}

type Kernel = readonly [name: string, saves: Pick<GradConfig, "inputsToSave" | "outputsToSave" | "saveAllInputs">, gradients: (dy: Tensor, saved: Tensor[], attrs: any) => Record<string, () => Tensor>];

const config = ([kernelName, saves, gradients]: Kernel): GradConfig => ({ kernelName, ...saves, gradFunc: (dy, saved, attrs: NamedAttrMap) => gradients(dy as Tensor, saved, attrs) });

const input = { inputsToSave: ["x"] };
const output = { outputsToSave: [true] };
const pair = { inputsToSave: ["a", "b"] };

function elementwise(tf: Tf): GradConfig[] {
  const { mul, div, neg, square } = tf;
  const of = (name: string, saves: Kernel[1], d: (dy: Tensor, v: Tensor, attrs: any) => Tensor) => config([name, saves, (dy, [v], attrs) => ({ x: () => d(dy, v!, attrs) })]);
  return [
    of("Identity", {}, (dy) => dy),
    of("Cast", {}, (dy) => dy),
    of("Neg", {}, (dy) => neg(dy)),
    of("Exp", output, (dy, y) => mul(dy, y)),
    of("Log", input, (dy, x) => div(dy, x)),
    of("Sqrt", output, (dy, y) => div(dy, mul(y, 2))),
    of("Rsqrt", output, (dy, y) => mul(dy, mul(mul(square(y), y), -0.5))),
    of("Square", input, (dy, x) => mul(dy, mul(x, 2))),
    of("Relu", output, (dy, y) => mul(dy, tf.step(y))),
    of("Sigmoid", output, (dy, y) => mul(dy, mul(y, tf.sub(1, y)))),
    of("Tanh", output, (dy, y) => mul(dy, tf.sub(1, square(y)))),
    of("Sin", input, (dy, x) => mul(dy, tf.cos(x))),
    of("Softplus", input, (dy, x) => mul(dy, tf.sigmoid(x))),
    of("Erf", input, (dy, x) => mul(dy, mul(2 / Math.sqrt(Math.PI), tf.exp(neg(square(x)))))),
    of("ClipByValue", input, (dy, x, { clipValueMin, clipValueMax }) => tf.where(tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax)), dy, tf.zerosLike(dy))),
    config(["Add", pair, (dy, [a, b]) => ({ a: () => unbroadcast(tf, dy, a!.shape), b: () => unbroadcast(tf, dy, b!.shape) })]),
    config(["Sub", pair, (dy, [a, b]) => ({ a: () => unbroadcast(tf, dy, a!.shape), b: () => neg(unbroadcast(tf, dy, b!.shape)) })]),
    config(["Multiply", pair, (dy, [a, b]) => ({ a: () => unbroadcast(tf, mul(dy, b!), a!.shape), b: () => unbroadcast(tf, mul(dy, a!), b!.shape) })]),
    config(["RealDiv", pair, (dy, [a, b]) => ({ a: () => unbroadcast(tf, div(dy, b!), a!.shape), b: () => unbroadcast(tf, neg(div(mul(dy, a!), square(b!))), b!.shape) })]),
    config(["AddN", { saveAllInputs: true }, (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy)]))]),
  ];
}

function reductions(tf: Tf): GradConfig[] {
  const spread = (dy: Tensor, x: Tensor, axis: number | number[] | null) => {
    const axes = tf.util.parseAxisParam(axis as number[], x.shape);
    const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
    return { dy: tf.mul(tf.reshape(dy, kept), tf.ones(x.shape)), count: size(x.shape) / size(kept) };
  };
  return [
    config(["Sum", input, (dy, [x], { axis }) => ({ x: () => spread(dy, x!, axis).dy })]),
    config(["Mean", input, (dy, [x], { axis }) => ({ x: () => { const s = spread(dy, x!, axis); return tf.div(s.dy, s.count); } })]),
    config(["Softmax", output, (dy, [y], { dim }) => ({ logits: () => { const p = tf.mul(dy, y!); return tf.sub(p, tf.mul(tf.sum(p, [dim], true), y!)); } })]),
  ];
}

/** Entries that only change their place. */
function movements(tf: Tf): GradConfig[] {
  // Of a kernel with several results there are as many gradients; of one, it alone.
  const all = (dy: unknown) => (Array.isArray(dy) ? dy : [dy]) as Tensor[];
  const parts = (tensors: Tensor[]) => Object.fromEntries(tensors.map((t, i) => [i, () => t]));
  return [
    config(["Reshape", input, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) })]),
    config(["ExpandDims", { inputsToSave: ["input"] }, (dy, [x]) => ({ input: () => tf.reshape(dy, x!.shape) })]),
    config(["Transpose", {}, (dy, _, { perm }) => ({ x: () => tf.transpose(dy, perm.map((_: number, i: number) => perm.indexOf(i))) })]),
    config(["Reverse", {}, (dy, _, { dims }) => ({ x: () => tf.reverse(dy, dims) })]),
    config(["Slice", input, (dy, [x], { begin }) => ({ x: () => tf.pad(dy, dy.shape.map((d, i) => [begin[i], x!.shape[i]! - begin[i] - d])) })]),
    config(["PadV2", input, (dy, [x], { paddings }) => ({ x: () => tf.slice(dy, paddings.map((p: number[]) => p[0]!), x!.shape) })]),
    config(["Concat", { saveAllInputs: true }, (dy, saved, { axis }) => {
      const at = tf.util.parseAxisParam(axis, saved[0]!.shape)[0]!;
      return parts(tf.split(dy, saved.map((t) => t.shape[at]!), at));
    }]),
    config(["SplitV", {}, (dy, _, { axis }) => ({ x: () => tf.concat(all(dy), axis) })]),
    config(["Pack", { saveAllInputs: true }, (dy, _, { axis }) => parts(tf.unstack(dy, axis))]),
    config(["Unpack", {}, (dy, _, { axis }) => ({ value: () => tf.stack(all(dy), axis) })]),
  ];
}

/** Matrices and windows; these are only ever used with "valid" padding. */
function products(tf: Tf): GradConfig[] {
  const run = (name: string, inputs: Record<string, Tensor>, attrs: object): Tensor => tf.engine().runKernel(name, inputs, attrs as NamedAttrMap);
  const weighted = (names: [string, string]) => ({ inputsToSave: names });
  return [
    config(["BatchMatMul", pair, (dy, [a, b], { transposeA, transposeB }) => ({
      a: () => (transposeA ? tf.matMul(b!, dy, transposeB, true) : tf.matMul(dy, b!, false, !transposeB)),
      b: () => (transposeB ? tf.matMul(dy, a!, true, transposeA) : tf.matMul(a!, dy, !transposeA, false)),
    })]),
    config(["Conv2D", weighted(["x", "filter"]), (dy, [x, filter], { strides }) => ({
      x: () => tf.conv2dTranspose(dy as Tensor4D, filter as Tensor4D, x!.shape as Tensor4D["shape"], strides, "valid"),
      filter: () => filterGradient(tf, x!, dy, filter!.shape, strides),
    })]),
    config(["Conv2DBackpropInput", weighted(["dy", "filter"]), (ddx, [dy, filter], { strides }) => ({
      dy: () => tf.conv2d(ddx as Tensor4D, filter as Tensor4D, strides, "valid"),
      filter: () => filterGradient(tf, ddx, dy!, filter!.shape, strides),
    })]),
    config(["DepthwiseConv2dNative", weighted(["x", "filter"]), (dy, [x, filter], { strides, pad }) => ({
      x: () => run("DepthwiseConv2dNativeBackpropInput", { dy, filter: filter! }, { strides, pad, dilations: [1, 1], inputShape: x!.shape }),
      filter: () => run("DepthwiseConv2dNativeBackpropFilter", { x: x!, dy }, { strides, pad, dilations: [1, 1], filterShape: filter!.shape }),
    })]),
    config(["MaxPool", { ...input, ...output }, (dy, [x, y], attrs) => ({ x: () => run("MaxPoolGrad", { dy, input: x!, output: y! }, attrs) })]),
    config(["AvgPool", input, (dy, [x], attrs) => ({ x: () => run("AvgPoolGrad", { dy, input: x! }, attrs) })]),
  ];
}
