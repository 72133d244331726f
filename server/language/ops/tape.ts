import { type Arrays, type ArrayOps, scanned, type Step } from "./arrays.ts";
import type { Dim } from "./dim.ts";
import type { ConvOptions, EntryAt, Ops, PoolOptions } from "./ops.ts";
import { size } from "./places.ts";
import { convGradients, convTransposeGradients, localGradients, matmulGradients } from "./products.ts";
import { averaged, chosenBy, each, fitted, largestOf, scattered, zip } from "./tracing.ts";

/** From the gradient by a result those by its operands, or what adds them to the rows where they are collected. */
type Back = (dy: Arrays) => readonly (Arrays | Adds)[];
type Adds = (to: readonly Float64Array[]) => void;

interface Entry {
  readonly y: Arrays;
  readonly from: readonly Arrays[];
  readonly back: Back;
}

/**
 * The loops of `ArrayOps` with a record of what was done, to go back by (reverse-mode differentiation): gradients of a
 * sum over all rows. What only moves entries is differentiated by moving their numbers.
 */
export class Tape implements Ops<Arrays> {
  readonly training: boolean;
  private readonly ops: ArrayOps;
  private readonly entries: Entry[] = [];
  private readonly gradients = new Map<Arrays, Arrays>();
  private readonly moves = new Map<string, Arrays>();
  /** Gradients that are collected in place: nothing else holds their rows. */
  private readonly collected = new Set<Arrays>();

  constructor(ops: ArrayOps) {
    this.ops = ops;
    this.training = ops.training;
  }

  /** Operations that were recorded and not gone back by. */
  get length(): number {
    return this.entries.length;
  }

  /** Adds to the gradient by a value, where a way back begins. */
  seed(y: Arrays, dy: Arrays): void {
    this.gradients.set(y, plus(this.gradients.get(y), dy));
  }

  gradientOf(x: Arrays): Arrays | undefined {
    return this.gradients.get(x);
  }

  /** Goes back by the last operation; gives the entries that it worked on. */
  back(): number {
    const { y, from, back } = this.entries.pop()!;
    const dy = this.gradients.get(y);
    if (!dy) return 1;
    let work = 1;
    for (const [i, dx] of back(dy).entries()) {
      const x = from[i]!;
      if (typeof dx === "function") {
        dx(this.collecting(x).rows);
        work += size(y.shape) * y.rows.length;
      } else {
        this.gradients.set(x, plus(this.gradients.get(x), fitted(dx, x)));
        work += dx.rows.length * size(dx.shape);
      }
    }
    return work;
  }

  /** The gradient by a value, to be added to in place. */
  private collecting(x: Arrays): Arrays {
    const known = this.gradients.get(x);
    if (known && this.collected.has(known)) return known;
    const own = { shape: x.shape, rows: x.rows.map((row, r) => known?.rows[r]!.slice() ?? new Float64Array(row.length)) };
    this.gradients.set(x, own);
    this.collected.add(own);
    return own;
  }

  private put(y: Arrays, from: readonly Arrays[], back: Back): Arrays {
    this.entries.push({ y, from, back });
    return y;
  }

  /** `slope` of an entry x that became y. */
  private unary(x: Arrays, y: Arrays, slope: (x: number, y: number) => number): Arrays {
    return this.put(y, [x], (dy) => [zip(dy, zip(x, y, slope), (d, s) => d * s)]);
  }

  private binary(a: Arrays, b: Arrays, y: Arrays, byA: (d: Arrays) => Arrays, byB: (d: Arrays) => Arrays): Arrays {
    return this.put(y, [a, b], (dy) => [byA(dy), byB(dy)]);
  }

  /**
   * Each entry of the result is one of x, or 0: the numbers of the entries are moved, once for all rows and
   * for each time that `key` says the same.
   */
  private moved(key: string, x: Arrays, move: (x: Arrays) => Arrays): Arrays {
    const name = `${key} ${x.shape.join(",")}`;
    let numbers = this.moves.get(name);
    if (!numbers) this.moves.set(name, (numbers = move(numbered(x.shape))));
    const [at] = numbers.rows as [Float64Array];
    const y = { shape: numbers.shape, rows: x.rows.map((row) => at.map((n) => (n > 0 ? row[n - 1]! : 0))) };
    return this.put(y, [x], (dy) => [scattered(dy, numbers)]);
  }

  shape = (x: Arrays) => x.shape;
  constant = (v: number) => this.ops.constant(v);
  forEachRow = (x: Arrays, like: Arrays) => this.put(this.ops.forEachRow(x, like), [x], (dy) => [dy]);
  table = (shape: readonly Dim[], entry: EntryAt) => this.ops.table(shape, entry);

  neg = (x: Arrays) => this.unary(x, this.ops.neg(x), () => -1);
  abs = (x: Arrays) => this.unary(x, this.ops.abs(x), Math.sign);
  exp = (x: Arrays) => this.unary(x, this.ops.exp(x), (_, y) => y);
  log = (x: Arrays) => this.unary(x, this.ops.log(x), (v) => 1 / v);
  sqrt = (x: Arrays) => this.unary(x, this.ops.sqrt(x), (_, y) => 0.5 / y);
  rsqrt = (x: Arrays) => this.unary(x, this.ops.rsqrt(x), (_, y) => -0.5 * y * y * y);
  square = (x: Arrays) => this.unary(x, this.ops.square(x), (v) => 2 * v);
  relu = (x: Arrays) => this.unary(x, this.ops.relu(x), (v) => (v > 0 ? 1 : 0));
  sigmoid = (x: Arrays) => this.unary(x, this.ops.sigmoid(x), (_, y) => y * (1 - y));
  tanh = (x: Arrays) => this.unary(x, this.ops.tanh(x), (_, y) => 1 - y * y);
  sin = (x: Arrays) => this.unary(x, this.ops.sin(x), (v) => Math.cos(v));
  softplus = (x: Arrays) => this.unary(x, this.ops.softplus(x), (v) => 1 / (1 + Math.exp(-v)));
  erf = (x: Arrays) => this.unary(x, this.ops.erf(x), (v) => (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v));

  add = (a: Arrays, b: Arrays) => this.binary(a, b, this.ops.add(a, b), (d) => d, (d) => d);
  sub = (a: Arrays, b: Arrays) => this.binary(a, b, this.ops.sub(a, b), (d) => d, (d) => each(d, (v) => -v));
  mul = (a: Arrays, b: Arrays) => this.binary(a, b, this.ops.mul(a, b), (d) => zip(d, b, (v, q) => v * q), (d) => zip(d, a, (v, p) => v * p));
  div = (a: Arrays, b: Arrays) => {
    const y = this.ops.div(a, b);
    return this.binary(a, b, y, (d) => zip(d, b, (v, q) => v / q), (d) => zip(d, zip(y, b, (v, q) => -v / q), (v, s) => v * s));
  };
  maximum = (a: Arrays, b: Arrays) => this.larger(a, b, this.ops.maximum(a, b), (p, q) => p >= q);
  minimum = (a: Arrays, b: Arrays) => this.larger(a, b, this.ops.minimum(a, b), (p, q) => p <= q);
  private larger(a: Arrays, b: Arrays, y: Arrays, first: (p: number, q: number) => boolean): Arrays {
    const chosen = zip(a, b, (p, q) => (first(p, q) ? 1 : 0));
    return this.binary(a, b, y, (d) => zip(d, chosen, (v, c) => v * c), (d) => zip(d, chosen, (v, c) => v * (1 - c)));
  }
  where(c: Arrays, a: Arrays, b: Arrays): Arrays {
    return this.binary(a, b, this.ops.where(c, a, b), (d) => zip(d, c, (v, p) => (p > 0 ? v : 0)), (d) => zip(d, c, (v, p) => (p > 0 ? 0 : v)));
  }

  sum(x: Arrays, axes: readonly number[], keep = false): Arrays {
    return this.put(this.ops.sum(x, axes, keep), [x], (dy) => [this.spread(dy, x, axes)]);
  }
  mean(x: Arrays, axes: readonly number[], keep = false): Arrays {
    const y = this.ops.mean(x, axes, keep);
    const share = size(y.shape) / size(x.shape);
    return this.put(y, [x], (dy) => [each(this.spread(dy, x, axes), (v) => v * share)]);
  }
  max(x: Arrays, axes: readonly number[], keep = false): Arrays {
    const y = this.ops.max(x, axes, keep);
    return this.put(y, [x], (dy) => [zip(this.spread(dy, x, axes), zip(x, this.spread(y, x, axes), (v, m) => (v === m ? 1 : 0)), (d, c) => d * c)]);
  }
  /** What was reduced over axes, at each place of x again. */
  private spread(y: Arrays, x: Arrays, axes: readonly number[]): Arrays {
    const gone = new Set(axes.map((a) => (a < 0 ? a + x.shape.length : a)));
    return this.ops.broadcastTo(this.ops.reshape(y, x.shape.map((d, i) => (gone.has(i) ? 1 : d))), x.shape);
  }
  softmax(x: Arrays): Arrays {
    const y = this.ops.softmax(x);
    return this.put(y, [x], (dy) => [zip(y, zip(dy, this.ops.sum(zip(dy, y, (d, v) => d * v), [-1], true), (d, s) => d - s), (v, d) => v * d)]);
  }
  logSoftmax(x: Arrays): Arrays {
    const y = this.ops.logSoftmax(x);
    return this.put(y, [x], (dy) => [zip(dy, zip(each(y, Math.exp), this.ops.sum(dy, [-1], true), (p, s) => p * s), (d, s) => d - s)]);
  }

  matmul(a: Arrays, b: Arrays, transposeB = false): Arrays {
    return this.put(this.ops.matmul(a, b, transposeB), [a, b], (dy) => matmulGradients(a, b, transposeB, dy));
  }
  localMatmul = (x: Arrays, w: Arrays) => this.put(this.ops.localMatmul(x, w), [x, w], (dy) => localGradients(x, w, dy));
  conv = (x: Arrays, kernel: Arrays, o: ConvOptions) => this.put(this.ops.conv(x, kernel, o), [x, kernel], (dy) => convGradients(x, kernel, o, dy));
  depthwiseConv(x: Arrays, kernel: Arrays, o: Omit<ConvOptions, "groups">): Arrays {
    const [c, m] = kernel.shape.slice(-2) as [number, number];
    return this.conv(x, this.reshape(kernel, [...kernel.shape.slice(0, -2), 1, c * m]), { ...o, groups: c });
  }
  convTranspose = (x: Arrays, kernel: Arrays, o: Pick<ConvOptions, "stride" | "padding">) => this.put(this.ops.convTranspose(x, kernel, o), [x, kernel], (dy) => convTransposeGradients(x, kernel, o, dy));

  maxPool = (x: Arrays, o: PoolOptions) => this.put(this.ops.maxPool(x, o), [x], (dy) => [scattered(dy, largestOf(x, o))]);
  avgPool = (x: Arrays, o: PoolOptions) => this.put(this.ops.avgPool(x, o), [x], (dy) => [averaged(dy, x, o)]);
  patches = (x: Arrays, o: PoolOptions) => this.moved(`patches ${JSON.stringify(o)}`, x, (v) => this.ops.patches(v, o));
  kMax = (x: Arrays, k: number, axis: number) => this.put(this.ops.kMax(x, k, axis), [x], (dy) => [scattered(dy, chosenBy(x, k, axis))]);

  reshape = (x: Arrays, shape: readonly Dim[]) => this.put(this.ops.reshape(x, shape), [x], (dy) => [{ shape: x.shape, rows: dy.rows }]);
  transpose = (x: Arrays, axes: readonly number[]) => this.moved(`transpose ${axes.join()}`, x, (v) => this.ops.transpose(v, axes));
  slice = (x: Arrays, axis: number, start: number, length: Dim) => this.moved(`slice ${axis} ${start} ${length as number}`, x, (v) => this.ops.slice(v, axis, start, length));
  pad = (x: Arrays, padding: readonly (readonly [number, number])[]) => this.moved(`pad ${JSON.stringify(padding)}`, x, (v) => this.ops.pad(v, padding));
  broadcastTo = (x: Arrays, shape: readonly Dim[]) => this.put(this.ops.broadcastTo(x, shape), [x], (dy) => [dy]);
  reverse = (x: Arrays, axis: number) => this.moved(`reverse ${axis}`, x, (v) => this.ops.reverse(v, axis));
  upsample = (x: Arrays, factors: readonly number[]) => this.moved(`upsample ${factors.join()}`, x, (v) => this.ops.upsample(v, factors));
  concat(xs: readonly Arrays[], axis: number): Arrays {
    const starts = xs.map((_, n) => xs.slice(0, n).reduce((s, x) => s + x.shape[axis]!, 0));
    return this.put(this.ops.concat(xs, axis), xs, (dy) => xs.map((x, n) => this.ops.slice(dy, axis, starts[n]!, x.shape[axis]!)));
  }
  gather(table: Arrays, at: Arrays): Arrays {
    const width = table.shape[1]!;
    return this.put(this.ops.gather(table, at), [table], (dy) => {
      const row = new Float64Array(size(table.shape));
      for (const [r, d] of dy.rows.entries()) {
        const index = at.rows[at.rows.length === 1 ? 0 : r]!;
        for (let i = 0; i < d.length; i++) row[index[Math.floor(i / width)]! * width + (i % width)]! += d[i]!;
      }
      return [{ shape: table.shape, rows: [row] }];
    });
  }

  batchMoments(x: Arrays, axes: readonly number[]): { mean: Arrays; variance: Arrays } {
    const { mean, variance } = this.ops.batchMoments(x, axes);
    const n = (x.rows.length * size(x.shape)) / size(mean.shape);
    this.put(mean, [x], (dy) => [fitted(each(this.spread(dy, x, axes), (v) => v / n), x)]);
    this.put(variance, [x], (dy) => [zip(zip(x, this.spread(mean, x, axes), (v, m) => (2 * (v - m)) / n), this.spread(dy, x, axes), (v, d) => v * d)]);
    return { mean, variance };
  }
  assign = (weight: Arrays, value: Arrays) => this.ops.assign(weight, value);
  randomUniform = (x: Arrays, low: number, high: number, shape?: readonly Dim[]) => this.ops.randomUniform(x, low, high, shape);
  randomNormal = (x: Arrays, deviation: number) => this.ops.randomNormal(x, deviation);
  stopGradient = (x: Arrays): Arrays => ({ ...x });
  scan = (x: Arrays, initial: readonly (readonly Dim[])[], step: Step, reverse = false) => scanned(this, x, initial, step, reverse);
}

/** Each entry's own number, from 1. */
const numbered = (shape: readonly number[]): Arrays => ({ shape, rows: [Float64Array.from({ length: size(shape) }, (_, i) => i + 1)] });

const plus = (a: Arrays | undefined, b: Arrays): Arrays => (a ? zip(a, b, (p, q) => p + q) : b);
