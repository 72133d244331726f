import type { Dim } from "./dim.ts";

/**
 * The primitive operations that every layer's forward pass is written against. Interpreters: shapes and cost
 * (shapes.ts, as one types), tfjs (trainer/engines/tfjs), and the TensorFlow graph builder.
 *
 * The batch is implied. A value is either *per row* (an activation: it has a batch axis that no operation names) or
 * *shared* (a weight, a constant). Axes count from 0 without the batch, negative ones from the end. A result is per row
 * if any operand is. Elementwise operands broadcast as in NumPy on their own axes, aligned at the right, so that
 * [H, W, C] × [C] works for weights and activations alike. Layout is channels last: [...space, channels].
 *
 * Interpreters may throw `ShapeError` (dim.ts) where operands do not fit; nothing else.
 */
export interface Ops<T> {
  /** True while training: dropout drops, batch norm uses the batch's own statistics. */
  readonly training: boolean;
  /** Static shape without the batch axis. While training every entry is a number. */
  shape(x: T): readonly Dim[];
  /** A shared scalar. */
  constant(value: number): T;
  /** A shared array of which each entry follows from its index: a mask, angles of positions. */
  table(shape: readonly Dim[], entry: EntryAt): T;
  /** A shared value as one for each row of `like`: what a layer gives is per row. */
  forEachRow(x: T, like: T): T;

  neg(x: T): T;
  abs(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  sqrt(x: T): T;
  rsqrt(x: T): T;
  square(x: T): T;
  relu(x: T): T;
  sigmoid(x: T): T;
  tanh(x: T): T;
  sin(x: T): T;
  /** log(1 + eˣ), stable for large |x|. */
  softplus(x: T): T;
  erf(x: T): T;

  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  maximum(a: T, b: T): T;
  minimum(a: T, b: T): T;
  /** `condition > 0 ? a : b`, elementwise; no gradient through the condition. */
  where(condition: T, a: T, b: T): T;

  sum(x: T, axes: readonly number[], keepDims?: boolean): T;
  mean(x: T, axes: readonly number[], keepDims?: boolean): T;
  max(x: T, axes: readonly number[], keepDims?: boolean): T;
  /** On the last axis. */
  softmax(x: T): T;
  /** On the last axis. */
  logSoftmax(x: T): T;

  /**
   * [..., m, k] × [..., k, n] → [..., m, n]. `b` shared of rank 2: `a` may be of any rank ≥ 1, [..., k] × [k, n] → [..., n].
   * Otherwise leading axes are equal. `transposeB` takes `b` as [..., n, k].
   */
  matmul(a: T, b: T, transposeB?: boolean): T;
  /** [p, k] × shared [p, k, n] → [p, n]: another matrix at every position (locally connected layers). */
  localMatmul(x: T, w: T): T;
  /** x [...space, c], kernel [...size, c / groups, filters] → [...space', filters]; 1 to 3 spatial axes. */
  conv(x: T, kernel: T, options: ConvOptions): T;
  /** x [h, w, c], kernel [kh, kw, c, multiplier] → [h', w', c·multiplier]. */
  depthwiseConv(x: T, kernel: T, options: Omit<ConvOptions, "groups">): T;
  /** x [...space, c], kernel [...size, filters, c] → [n·stride.., filters] ("same"), (n−1)·stride + max(size, stride).. ("valid"); sides take away from (n−1)·stride + size. 1 to 3 spatial axes. */
  convTranspose(x: T, kernel: T, options: Pick<ConvOptions, "stride" | "padding">): T;
  /** Padded positions are never the largest. */
  maxPool(x: T, options: PoolOptions): T;
  /** Padded positions do not count in the mean. */
  avgPool(x: T, options: PoolOptions): T;
  /** x [h, w, c] → [h', w', kh·kw·c]: the window under every output position, row by row, channels fastest. */
  patches(x: T, options: PoolOptions): T;
  /** The k largest along `axis`, in the order in which they stand there. */
  kMax(x: T, k: number, axis: number): T;

  /** Same number of elements; each entry a size (no −1). */
  reshape(x: T, shape: readonly Dim[]): T;
  transpose(x: T, axes: readonly number[]): T;
  concat(xs: readonly T[], axis: number): T;
  slice(x: T, axis: number, start: number, size: Dim): T;
  /** [before, after] zeros for each axis; negative numbers crop. */
  pad(x: T, padding: readonly (readonly [number, number])[]): T;
  /** NumPy broadcasting to this shape. */
  broadcastTo(x: T, shape: readonly Dim[]): T;
  reverse(x: T, axis: number): T;
  /** Nearest neighbour: each of the axes of [h, w, c] or [n, c] but the last repeated by its factor. */
  upsample(x: T, factors: readonly number[]): T;
  /** Rows of shared `table` [tokens, size] for whole numbers `indices` [...] → [..., size]. */
  gather(table: T, indices: T): T;

  /** Mean and (biased) variance over the batch and `axes`; shared values of the axes left. Training only. */
  batchMoments(x: T, axes: readonly number[]): { mean: T; variance: T };
  /** Sets the stored weight behind `weight` to `value` after the step (moving averages). */
  assign(weight: T, value: T): void;
  /** Uniform in [low, high), of x's own shape per row, or of `shape` (with 1 where one draw serves an axis). */
  randomUniform(x: T, low: number, high: number, shape?: readonly Dim[]): T;
  /** Normal with mean 0, likewise. */
  randomNormal(x: T, deviation: number): T;
  stopGradient(x: T): T;
  /**
   * Steps over the first axis of x [n, ...]: `(state', output) = step(xᵢ, state)`. `initial` are shapes of zero states per row.
   * Gives the outputs stacked as [n, ...] and the last output. `reverse` steps from the last position to the first:
   * an output stays at the position that it is of, and `last` is the output at the first position.
   */
  scan(x: T, initial: readonly (readonly Dim[])[], step: (x: T, state: readonly T[]) => { state: readonly T[]; output: T }, reverse?: boolean): { outputs: T; last: T };
}

/** An entry by its index, which is the caller's own array and changes. */
export type EntryAt = (index: readonly number[]) => number;

export type Padding = "valid" | "same" | readonly (readonly [number, number])[];

export interface ConvOptions {
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
  readonly groups: number;
}

export interface PoolOptions {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
}
