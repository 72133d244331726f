import { add, type Dim, equal, formatShape, mul, product, ShapeError, sub } from "./dim.ts";

import type { ConvOptions, EntryAt, Ops, PoolOptions } from "./ops.ts";
import { transposedOutput, windowOutput } from "./window.ts";

/** A value of the shape interpreter: its shape without the batch, and whether it has a batch axis. */
export interface Shaped {
  readonly shape: readonly Dim[];
  readonly perRow: boolean;
}

/** `dim` ≥ `atLeast` must hold for the sizes that the symbols stand for. */
export interface Constraint {
  readonly dim: Dim;
  readonly atLeast: number;
}

/** Counts of one pass over one row. A MAC is one multiply-accumulate of a matrix product or convolution; FLOPs = 2·MACs + one per element of every other operation. */
export interface Cost {
  macs: Dim;
  flops: Dim;
  /**
   * Elements that training keeps for the backward pass: results of products, convolutions, pooling, softmax and copies.
   * Elementwise steps after them work in place; a layer of such steps alone keeps its result (graph/infer.ts).
   */
  activations: Dim;
}

/** Interprets a forward pass over shapes: the output shape, the cost and the constraints on symbols follow from it. */
export class ShapeOps implements Ops<Shaped> {
  readonly training = false;
  readonly cost: Cost = { macs: 0, flops: 0, activations: 0 };
  readonly constraints: Constraint[] = [];

  shape(x: Shaped): readonly Dim[] {
    return x.shape;
  }
  constant(_value: number): Shaped {
    return { shape: [], perRow: false };
  }

  forEachRow = (x: Shaped, _like: Shaped): Shaped => ({ ...x, perRow: true });
  table = (shape: readonly Dim[], _entry: EntryAt): Shaped => ({ shape, perRow: false });

  neg = (x: Shaped) => this.elementwise(x);
  abs = (x: Shaped) => this.elementwise(x);
  exp = (x: Shaped) => this.elementwise(x);
  log = (x: Shaped) => this.elementwise(x);
  sqrt = (x: Shaped) => this.elementwise(x);
  rsqrt = (x: Shaped) => this.elementwise(x);
  square = (x: Shaped) => this.elementwise(x);
  relu = (x: Shaped) => this.elementwise(x);
  sigmoid = (x: Shaped) => this.elementwise(x);
  tanh = (x: Shaped) => this.elementwise(x);
  sin = (x: Shaped) => this.elementwise(x);
  softplus = (x: Shaped) => this.elementwise(x);
  erf = (x: Shaped) => this.elementwise(x);
  softmax = (x: Shaped) => this.elementwise(this.kept(this.rankAtLeast(x, 1, "softmax")));
  logSoftmax = (x: Shaped) => this.elementwise(this.kept(this.rankAtLeast(x, 1, "log_softmax")));
  stopGradient = (x: Shaped) => x;

  add = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  sub = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  mul = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  div = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  maximum = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  minimum = (a: Shaped, b: Shaped) => this.broadcast(a, b);
  where = (c: Shaped, a: Shaped, b: Shaped) => this.broadcast(c, this.broadcast(a, b));

  sum = (x: Shaped, axes: readonly number[], keepDims = false) => this.reduce(x, axes, keepDims);
  mean = (x: Shaped, axes: readonly number[], keepDims = false) => this.reduce(x, axes, keepDims);
  max = (x: Shaped, axes: readonly number[], keepDims = false) => this.reduce(x, axes, keepDims);

  matmul(a: Shaped, b: Shaped, transposeB = false): Shaped {
    const [last, first] = [a.shape.length - 1, b.shape.length - 2];
    if (last < 0 || first < 0) throw new ShapeError(`a matrix product needs axes, received ${formatShape(a.shape)} × ${formatShape(b.shape)}`);
    const k = a.shape[last]!;
    const [rows, columns] = transposeB ? [b.shape[first + 1]!, b.shape[first]!] : [b.shape[first]!, b.shape[first + 1]!];
    if (equal(k, rows) !== true) throw new ShapeError(`${formatShape(a.shape)} × ${formatShape(b.shape)}: ${k} against ${rows}`);
    if (b.shape.length > 2 || b.perRow) {
      const [pa, pb] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      if (pa.length !== pb.length || pa.some((d, i) => equal(d, pb[i]!) !== true)) throw new ShapeError(`leading axes differ: ${formatShape(a.shape)} × ${formatShape(b.shape)}`);
    }
    const out = { shape: [...a.shape.slice(0, -1), columns], perRow: a.perRow || b.perRow };
    return this.counted(out, mul(product(out.shape), k));
  }

  localMatmul(x: Shaped, w: Shaped): Shaped {
    const [p, k] = x.shape;
    const n = w.shape[2]!;
    const out = { shape: [p!, n], perRow: x.perRow };
    return this.counted(out, mul(product(out.shape), k!));
  }

  conv(x: Shaped, kernel: Shaped, o: ConvOptions): Shaped {
    const space = kernel.shape.length - 2;
    this.exactRank(x, space + 1, "a convolution");
    const size = kernel.shape.slice(0, space) as number[];
    const filters = kernel.shape[space + 1]!;
    const out = { shape: [...this.windows(x, size, o.stride, o.padding, o.dilation), filters], perRow: true };
    return this.counted(out, mul(product(out.shape), product(kernel.shape.slice(0, space + 1))));
  }

  depthwiseConv(x: Shaped, kernel: Shaped, o: Omit<ConvOptions, "groups">): Shaped {
    const space = kernel.shape.length - 2;
    this.exactRank(x, space + 1, "a depthwise convolution");
    const size = kernel.shape.slice(0, space) as number[];
    const channels = mul(kernel.shape[space]!, kernel.shape[space + 1]!);
    const out = { shape: [...this.windows(x, size, o.stride, o.padding, o.dilation), channels], perRow: true };
    return this.counted(out, mul(product(out.shape), product(size)));
  }

  convTranspose(x: Shaped, kernel: Shaped, o: Pick<ConvOptions, "stride" | "padding">): Shaped {
    const space = kernel.shape.length - 2;
    this.exactRank(x, space + 1, "a transposed convolution");
    const sizes = x.shape.slice(0, space).map((n, i) => transposedOutput(n, kernel.shape[i] as number, o.stride[i]!, o.padding, i));
    for (const [i, d] of sizes.entries()) this.require(d, 1, `padding leaves nothing of axis ${i}`);
    const out = { shape: [...sizes, kernel.shape[space]!], perRow: true };
    return this.counted(out, mul(product(x.shape), product(kernel.shape.slice(0, space + 1))));
  }

  maxPool = (x: Shaped, o: PoolOptions) => this.pool(x, o);
  avgPool = (x: Shaped, o: PoolOptions) => this.pool(x, o);

  patches(x: Shaped, o: PoolOptions): Shaped {
    const channels = x.shape[x.shape.length - 1]!;
    return this.kept({ shape: [...this.windows(x, o.size, o.stride, o.padding), mul(channels, product(o.size))], perRow: x.perRow });
  }

  kMax(x: Shaped, k: number, axis: number): Shaped {
    const i = this.axis(x, axis);
    this.require(x.shape[i]!, k, `${x.shape[i]} positions, and the ${k} largest are asked for`);
    return this.elementwise(this.kept({ shape: x.shape.with(i, k), perRow: x.perRow }));
  }

  reshape(x: Shaped, shape: readonly Dim[]): Shaped {
    if (equal(product(x.shape), product(shape)) !== true) {
      throw new ShapeError(`${formatShape(x.shape)} has ${product(x.shape)} elements, ${formatShape(shape)} has ${product(shape)}`);
    }
    return { shape, perRow: x.perRow };
  }

  transpose(x: Shaped, axes: readonly number[]): Shaped {
    return { shape: axes.map((a) => x.shape[this.axis(x, a)]!), perRow: x.perRow };
  }

  concat(xs: readonly Shaped[], axis: number): Shaped {
    const first = xs[0]!;
    const at = this.axis(first, axis);
    let total: Dim = 0;
    for (const x of xs) {
      const fits = x.shape.length === first.shape.length && x.shape.every((d, i) => i === at || equal(d, first.shape[i]!) === true);
      if (!fits) throw new ShapeError(`cannot be joined along axis ${axis}: ${xs.map((s) => formatShape(s.shape)).join(", ")}; every other axis must be equal`);
      total = add(total, x.shape[at]!);
    }
    return this.kept({ shape: first.shape.with(at, total), perRow: xs.some((x) => x.perRow) });
  }

  slice(x: Shaped, axis: number, start: number, size: Dim): Shaped {
    const at = this.axis(x, axis);
    const n = x.shape[at]!;
    if (typeof size === "number") this.require(n, start + size, `axis ${axis} has ${n} entries, the slice ends at ${start + size}`);
    else this.require(sub(sub(n, start), size), 0, `axis ${axis} has ${n} entries, the slice ends at ${add(size, start)}`);
    return { shape: x.shape.with(at, size), perRow: x.perRow };
  }

  pad(x: Shaped, padding: readonly (readonly [number, number])[]): Shaped {
    const shape = x.shape.map((d, i) => add(d, (padding[i]?.[0] ?? 0) + (padding[i]?.[1] ?? 0)));
    for (const [i, d] of shape.entries()) this.require(d, 1, `nothing of the ${x.shape[i]} entries of axis ${i} is left`);
    return this.kept({ shape, perRow: x.perRow });
  }

  broadcastTo(x: Shaped, shape: readonly Dim[]): Shaped {
    return { shape: broadcastShapes(x.shape, shape), perRow: x.perRow };
  }

  reverse = (x: Shaped, axis: number) => (this.axis(x, axis), x);

  upsample(x: Shaped, factors: readonly number[]): Shaped {
    return this.kept({ shape: x.shape.map((d, i) => mul(d, factors[i] ?? 1)), perRow: x.perRow });
  }

  gather(table: Shaped, indices: Shaped): Shaped {
    return this.kept({ shape: [...indices.shape, table.shape[1]!], perRow: indices.perRow });
  }

  batchMoments(x: Shaped, axes: readonly number[]): { mean: Shaped; variance: Shaped } {
    const mean = { shape: this.reduce(x, axes, false).shape, perRow: false };
    return { mean, variance: mean };
  }

  assign(_weight: Shaped, _value: Shaped): void {}
  randomUniform = (x: Shaped, _low: number, _high: number, shape?: readonly Dim[]) => ({ shape: shape ?? x.shape, perRow: true });
  randomNormal = (x: Shaped, _deviation: number) => x;

  scan(x: Shaped, initial: readonly (readonly Dim[])[], step: (x: Shaped, state: readonly Shaped[]) => { state: readonly Shaped[]; output: Shaped }): { outputs: Shaped; last: Shaped } {
    const [n, ...rest] = x.shape;
    if (n === undefined) throw new ShapeError("a sequence needs an axis of positions");
    // One step, counted n times.
    const before = { ...this.cost };
    const { output } = step({ shape: rest, perRow: true }, initial.map((shape) => ({ shape, perRow: true })));
    for (const key of ["macs", "flops", "activations"] as const) {
      this.cost[key] = add(before[key], mul(n, sub(this.cost[key], before[key])));
    }
    return { outputs: { shape: [n, ...output.shape], perRow: true }, last: output };
  }

  private counted(out: Shaped, macs: Dim): Shaped {
    this.cost.macs = add(this.cost.macs, macs);
    this.cost.flops = add(this.cost.flops, mul(macs, 2));
    return this.kept(out);
  }

  private kept(out: Shaped): Shaped {
    if (out.perRow) this.cost.activations = add(this.cost.activations, product(out.shape));
    return out;
  }

  private elementwise(out: Shaped): Shaped {
    if (!out.perRow) return out;
    this.cost.flops = add(this.cost.flops, product(out.shape));
    return out;
  }

  private broadcast(a: Shaped, b: Shaped): Shaped {
    return this.elementwise({ shape: broadcastShapes(a.shape, b.shape), perRow: a.perRow || b.perRow });
  }

  private reduce(x: Shaped, axes: readonly number[], keepDims: boolean): Shaped {
    const gone = new Set(axes.map((a) => this.axis(x, a)));
    if (x.perRow) this.cost.flops = add(this.cost.flops, product(x.shape));
    const shape = x.shape.flatMap((d, i) => (gone.has(i) ? (keepDims ? [1] : []) : [d]));
    return { shape, perRow: x.perRow };
  }

  private pool(x: Shaped, o: PoolOptions): Shaped {
    this.exactRank(x, o.size.length + 1, "a pooling");
    const out = { shape: [...this.windows(x, o.size, o.stride, o.padding), x.shape[o.size.length]!], perRow: x.perRow };
    this.cost.flops = add(this.cost.flops, mul(product(out.shape), product(o.size)));
    return this.kept(out);
  }

  private windows(x: Shaped, size: readonly number[], stride: readonly number[], padding: ConvOptions["padding"], dilation: readonly number[] = []): Dim[] {
    return size.map((s, i) => {
      const n = x.shape[i]!;
      const out = windowOutput(n, s, stride[i]!, padding, i, dilation[i] ?? 1);
      this.require(out, 1, `a window of ${s} does not fit ${n}`);
      return out;
    });
  }

  private require(dim: Dim, atLeast: number, otherwise: string): void {
    if (typeof dim !== "number") this.constraints.push({ dim, atLeast });
    else if (dim < atLeast) throw new ShapeError(otherwise);
  }

  private axis(x: Shaped, axis: number): number {
    const i = axis < 0 ? axis + x.shape.length : axis;
    if (i < 0 || i >= x.shape.length || !Number.isInteger(i)) throw new ShapeError(`there is no axis ${axis} in ${formatShape(x.shape)}`);
    return i;
  }

  private exactRank(x: Shaped, rank: number, what: string): void {
    if (x.shape.length !== rank) throw new ShapeError(`${what} over ${rank - 1} axes needs rank ${rank} with the channels, received ${formatShape(x.shape)}`);
  }

  private rankAtLeast(x: Shaped, rank: number, what: string): Shaped {
    if (x.shape.length < rank) throw new ShapeError(`${what} needs at least ${rank} axis, received ${formatShape(x.shape)}`);
    return x;
  }
}

/** NumPy's rule, aligned at the right. */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  if (b.length === 0) return a;
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let i = 1; i <= rank; i++) {
    const [x, y] = [a[a.length - i] ?? 1, b[b.length - i] ?? 1];
    if (x === 1) shape.unshift(y);
    else if (y === 1 || equal(x, y) === true) shape.unshift(x);
    else throw new ShapeError(`${formatShape(a)} and ${formatShape(b)} do not fit: ${x} against ${y}`);
  }
  return shape;
}
