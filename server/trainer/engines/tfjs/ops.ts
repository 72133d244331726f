import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Dim } from "../../../language/ops/dim.ts";
import type { ConvOptions, EntryAt, Ops, PoolOptions } from "../../../language/ops/ops.ts";
import { fillTable } from "../../../language/ops/table.ts";
import { drawSeed, fillNormal, fillUniform } from "../../philox.ts";
import { localMatmul, matmul } from "./matrices.ts";
import { avgPool, maxPool } from "./pooling.ts";
import { erf, gatherRows, kMax } from "./selecting.ts";
import { aligned, broadcastTensor, choose, detached, larger, maxOver } from "./tensors.ts";
import { axisOf, ownShape, size, type Tf, type TfValue, withBatch } from "./value.ts";
import { conv, convTranspose, depthwiseConv, patches } from "./windows.ts";

export interface TfOpsOptions {
  readonly training: boolean;
  /** Rows of this pass. */
  readonly batch: number;
  /** What the draws of this pass follow from. */
  readonly seed: number;
  readonly step: number;
}

/** Runs a forward pass by tfjs, on whatever backend is set; gradients follow through tfjs' tape. */
export class TfOps implements Ops<TfValue> {
  readonly training: boolean;
  /** New values of stored weights, by the value that stood for the weight; kept beyond the pass. */
  readonly assigned = new Map<TfValue, Tensor>();
  private readonly tf: Tf;
  private readonly options: TfOpsOptions;
  private draws = 0;

  constructor(tf: Tf, options: TfOpsOptions) {
    this.tf = tf;
    this.options = options;
    this.training = options.training;
  }

  shape = (x: TfValue) => ownShape(x);
  constant = (value: number): TfValue => ({ tensor: this.tf.scalar(value), perRow: false });
  forEachRow = (x: TfValue, _like: TfValue): TfValue => this.repeated(x);
  table = (shape: readonly Dim[], entry: EntryAt): TfValue => ({ tensor: this.tf.tensor(fillTable(new Float32Array(size(sizes(shape))), sizes(shape), entry), sizes(shape)), perRow: false });

  neg = (x: TfValue) => this.each(x, this.tf.neg);
  // Not tfjs' own abs: its gradient at 0 is −1.
  abs = (x: TfValue) => this.each(x, (t) => this.tf.mul(t, detached(this.tf, () => this.tf.sign(t))));
  exp = (x: TfValue) => this.each(x, this.tf.exp);
  log = (x: TfValue) => this.each(x, this.tf.log);
  sqrt = (x: TfValue) => this.each(x, this.tf.sqrt);
  rsqrt = (x: TfValue) => this.each(x, this.tf.rsqrt);
  square = (x: TfValue) => this.each(x, this.tf.square);
  relu = (x: TfValue) => this.each(x, this.tf.relu);
  sigmoid = (x: TfValue) => this.each(x, this.tf.sigmoid);
  tanh = (x: TfValue) => this.each(x, this.tf.tanh);
  sin = (x: TfValue) => this.each(x, this.tf.sin);
  softplus = (x: TfValue) => this.each(x, this.tf.softplus);
  erf = (x: TfValue) => this.each(x, (t) => erf(this.tf, t));
  softmax = (x: TfValue) => this.each(x, (t) => this.tf.softmax(t));
  logSoftmax = (x: TfValue) => this.each(x, (t) => this.tf.logSoftmax(t));
  stopGradient = (x: TfValue) => this.each(x, (t) => detached(this.tf, () => this.tf.clone(t)));

  add = (a: TfValue, b: TfValue) => this.both(a, b, this.tf.add);
  sub = (a: TfValue, b: TfValue) => this.both(a, b, this.tf.sub);
  mul = (a: TfValue, b: TfValue) => this.both(a, b, this.tf.mul);
  div = (a: TfValue, b: TfValue) => this.both(a, b, this.tf.div);
  maximum = (a: TfValue, b: TfValue) => this.both(a, b, (s, t) => larger(this.tf, s, t, 1));
  minimum = (a: TfValue, b: TfValue) => this.both(a, b, (s, t) => larger(this.tf, s, t, -1));
  where(condition: TfValue, a: TfValue, b: TfValue): TfValue {
    const [c, s, t] = aligned(this.tf, [condition, a, b]) as [Tensor, Tensor, Tensor];
    return { tensor: choose(this.tf, c, s, t), perRow: condition.perRow || a.perRow || b.perRow };
  }

  sum = (x: TfValue, axes: readonly number[], keepDims = false) => this.each(x, (t) => this.tf.sum(t, this.axes(x, axes), keepDims));
  mean = (x: TfValue, axes: readonly number[], keepDims = false) => this.each(x, (t) => (axes.length === 0 ? t : this.tf.mean(t, this.axes(x, axes), keepDims)));
  max = (x: TfValue, axes: readonly number[], keepDims = false) => this.each(x, (t) => maxOver(this.tf, t, this.axes(x, axes), keepDims));

  matmul = (a: TfValue, b: TfValue, transposeB = false) => matmul(this.tf, a, b, transposeB);
  localMatmul = (x: TfValue, w: TfValue) => localMatmul(this.tf, x, w);
  conv = (x: TfValue, kernel: TfValue, o: ConvOptions) => this.windowed(x, (t) => conv(this.tf, t, kernel.tensor, o));
  depthwiseConv = (x: TfValue, kernel: TfValue, o: Omit<ConvOptions, "groups">) => this.windowed(x, (t) => depthwiseConv(this.tf, t, kernel.tensor, o));
  convTranspose = (x: TfValue, kernel: TfValue, o: Pick<ConvOptions, "stride" | "padding">) => this.windowed(x, (t) => convTranspose(this.tf, t, kernel.tensor, o));
  maxPool = (x: TfValue, o: PoolOptions) => this.windowed(x, (t) => maxPool(this.tf, t, o));
  avgPool = (x: TfValue, o: PoolOptions) => this.windowed(x, (t) => avgPool(this.tf, t, o));
  patches = (x: TfValue, o: PoolOptions) => this.windowed(x, (t) => patches(this.tf, t, o));
  kMax = (x: TfValue, k: number, axis: number) => this.each(x, (t) => kMax(this.tf, t, k, axisOf(x, axis)));

  reshape = (x: TfValue, shape: readonly Dim[]) => this.each(x, (t) => this.tf.reshape(t, withBatch(x, sizes(shape))));
  transpose(x: TfValue, axes: readonly number[]): TfValue {
    const order = axes.map((a) => axisOf(x, a));
    return this.each(x, (t) => this.tf.transpose(t, x.perRow ? [0, ...order] : order));
  }
  concat(xs: readonly TfValue[], axis: number): TfValue {
    const perRow = xs.some((x) => x.perRow);
    const all = perRow ? xs.map((x) => this.repeated(x)) : xs;
    return { tensor: this.tf.concat(all.map((x) => x.tensor), axisOf(all[0]!, axis)), perRow };
  }
  slice(x: TfValue, axis: number, start: number, length: Dim): TfValue {
    const at = axisOf(x, axis);
    return this.each(x, (t) => this.tf.slice(t, t.shape.map((_, i) => (i === at ? start : 0)), t.shape.with(at, length as number)));
  }
  pad(x: TfValue, padding: readonly (readonly [number, number])[]): TfValue {
    const sides = ownShape(x).map((_, i) => padding[i] ?? [0, 0]);
    const all = x.perRow ? [[0, 0] as const, ...sides] : sides;
    return this.each(x, (t) => {
      const start = all.map(([before]) => Math.max(-before, 0));
      const cut = all.some(([a, b]) => a < 0 || b < 0) ? this.tf.slice(t, start, t.shape.map((d, i) => d - start[i]! - Math.max(-all[i]![1], 0))) : t;
      return this.tf.pad(cut, all.map(([a, b]) => [Math.max(a, 0), Math.max(b, 0)]));
    });
  }
  broadcastTo(x: TfValue, shape: readonly Dim[]): TfValue {
    const own = sizes(shape);
    const missing = own.length - ownShape(x).length;
    return this.each(x, (t) => broadcastTensor(this.tf, x.perRow && missing > 0 ? this.tf.reshape(t, withBatch(x, [...Array<number>(missing).fill(1), ...ownShape(x)])) : t, withBatch(x, own)));
  }
  reverse = (x: TfValue, axis: number) => this.each(x, (t) => this.tf.reverse(t, axisOf(x, axis)));
  upsample(x: TfValue, factors: readonly number[]): TfValue {
    let y = x.tensor;
    for (const [i, factor] of factors.entries()) {
      if (factor === 1) continue;
      const axis = axisOf(x, i);
      const [before, after] = [size(y.shape.slice(0, axis + 1)), size(y.shape.slice(axis + 1))];
      y = this.tf.reshape(broadcastTensor(this.tf, this.tf.reshape(y, [before, 1, after]), [before, factor, after]), y.shape.with(axis, y.shape[axis]! * factor));
    }
    return { tensor: y, perRow: x.perRow };
  }
  gather = (table: TfValue, indices: TfValue): TfValue => ({ tensor: gatherRows(this.tf, table.tensor as Tensor2D, indices.tensor), perRow: indices.perRow });

  batchMoments(x: TfValue, axes: readonly number[]): { mean: TfValue; variance: TfValue } {
    const over = [0, ...axes.map((a) => axisOf(x, a))];
    const mean = this.tf.mean(x.tensor, over, true);
    const variance = this.tf.mean(this.tf.square(this.tf.sub(x.tensor, mean)), over);
    return { mean: { tensor: this.tf.reshape(mean, variance.shape), perRow: false }, variance: { tensor: variance, perRow: false } };
  }
  assign(weight: TfValue, value: TfValue): void {
    this.assigned.get(weight)?.dispose();
    this.assigned.set(weight, this.tf.keep(detached(this.tf, () => this.tf.clone(value.tensor))));
  }
  randomUniform(x: TfValue, low: number, high: number, shape?: readonly Dim[]): TfValue {
    return this.drawn(shape ? sizes(shape) : ownShape(x), (out, draw) => fillUniform(out, low, high, draw, this.options.step));
  }
  randomNormal(x: TfValue, deviation: number): TfValue {
    return this.drawn(ownShape(x), (out, draw) => fillNormal(out, deviation, draw, this.options.step));
  }

  scan(x: TfValue, initial: readonly (readonly Dim[])[], step: (x: TfValue, state: readonly TfValue[]) => { state: readonly TfValue[]; output: TfValue }, reverse = false): { outputs: TfValue; last: TfValue } {
    // The tape keeps unstack's own array: it must stay as it is.
    const unstacked = this.tf.unstack(this.repeated(x).tensor, 1);
    const slices = reverse ? unstacked.toReversed() : unstacked;
    let state: readonly TfValue[] = initial.map((s) => ({ tensor: this.tf.zeros([this.options.batch, ...sizes(s)]), perRow: true }));
    const outputs: Tensor[] = [];
    for (const tensor of slices) {
      const result = step({ tensor, perRow: true }, state);
      state = result.state;
      outputs.push(result.output.tensor);
    }
    const last = outputs[outputs.length - 1]!;
    return { outputs: { tensor: this.tf.stack(reverse ? outputs.toReversed() : outputs, 1), perRow: true }, last: { tensor: last, perRow: true } };
  }

  private each(x: TfValue, f: (t: Tensor) => Tensor): TfValue {
    return { tensor: f(x.tensor), perRow: x.perRow };
  }

  private both(a: TfValue, b: TfValue, f: (s: Tensor, t: Tensor) => Tensor): TfValue {
    const [s, t] = aligned(this.tf, [a, b]) as [Tensor, Tensor];
    return { tensor: f(s, t), perRow: a.perRow || b.perRow };
  }

  private windowed(x: TfValue, f: (t: Tensor) => Tensor): TfValue {
    return { tensor: f(this.repeated(x).tensor), perRow: true };
  }

  /** A shared value as one for each row. */
  private repeated(x: TfValue): TfValue {
    return x.perRow ? x : { tensor: broadcastTensor(this.tf, x.tensor, [this.options.batch, ...x.tensor.shape]), perRow: true };
  }

  private drawn(shape: readonly number[], fill: (out: Float32Array, draw: number) => Float32Array): TfValue {
    const whole = [this.options.batch, ...shape];
    return { tensor: this.tf.tensor(fill(new Float32Array(size(whole)), drawSeed(this.options.seed, this.draws++)), whole), perRow: true };
  }

  private axes(x: TfValue, axes: readonly number[]): number[] {
    return axes.map((a) => axisOf(x, a));
  }
}

/** While a pass runs every size is a number. */
const sizes = (shape: readonly Dim[]): number[] => shape as number[];
