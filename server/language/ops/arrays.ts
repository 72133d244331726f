import type { Dim } from "./dim.ts";
import type { ConvOptions, EntryAt, Ops, PoolOptions } from "./ops.ts";
import { flat, indices, placesBy, placesIn, size } from "./places.ts";
import { erf } from "./simpson.ts";
import { fillTable } from "./table.ts";
import { samePadding, transposedBefore, transposedOutput, windowOutput } from "./window.ts";

/** A value of the interpreter below: its shape without the batch, and its entries, row by row. A shared value has one row. */
export interface Arrays {
  readonly shape: readonly number[];
  readonly rows: readonly Float64Array[];
}

/**
 * The primitives written as loops, in double precision: slow, short, and independent of TensorFlow. The probe of
 * signal/probe.ts runs a model by it; what a layer computes is compared with Keras by it, and an engine's primitives can be compared with these.
 */
export class ArrayOps implements Ops<Arrays> {
  readonly assigned = new Map<Arrays, Arrays>();
  readonly training: boolean;
  private readonly random: () => number;
  constructor(training = false, random: () => number = Math.random) {
    this.training = training;
    this.random = random;
  }

  shape = (x: Arrays) => x.shape;
  constant = (v: number): Arrays => ({ shape: [], rows: [Float64Array.of(v)] });
  forEachRow = (x: Arrays, like: Arrays): Arrays => ({ shape: x.shape, rows: like.rows.map((_, r) => x.rows[x.rows.length === 1 ? 0 : r]!) });
  table = (shape: readonly Dim[], entry: EntryAt): Arrays => ({ shape: numbers(shape), rows: [fillTable(new Float64Array(size(numbers(shape))), numbers(shape), entry)] });

  neg = (x: Arrays) => each(x, (v) => -v);
  abs = (x: Arrays) => each(x, Math.abs);
  exp = (x: Arrays) => each(x, Math.exp);
  log = (x: Arrays) => each(x, Math.log);
  sqrt = (x: Arrays) => each(x, Math.sqrt);
  rsqrt = (x: Arrays) => each(x, (v) => 1 / Math.sqrt(v));
  square = (x: Arrays) => each(x, (v) => v * v);
  relu = (x: Arrays) => each(x, (v) => Math.max(v, 0));
  sigmoid = (x: Arrays) => each(x, (v) => 1 / (1 + Math.exp(-v)));
  tanh = (x: Arrays) => each(x, Math.tanh);
  sin = (x: Arrays) => each(x, Math.sin);
  softplus = (x: Arrays) => each(x, (v) => (v > 30 ? v : Math.log1p(Math.exp(v))));
  erf = (x: Arrays) => each(x, erf);

  add = (a: Arrays, b: Arrays) => both(a, b, (p, q) => p + q);
  sub = (a: Arrays, b: Arrays) => both(a, b, (p, q) => p - q);
  mul = (a: Arrays, b: Arrays) => both(a, b, (p, q) => p * q);
  div = (a: Arrays, b: Arrays) => both(a, b, (p, q) => p / q);
  maximum = (a: Arrays, b: Arrays) => both(a, b, Math.max);
  minimum = (a: Arrays, b: Arrays) => both(a, b, Math.min);
  where(c: Arrays, a: Arrays, b: Arrays): Arrays {
    const [yes, no] = [both(c, a, (p, q) => (p > 0 ? q : 0)), both(c, b, (p, q) => (p > 0 ? 0 : q))];
    return this.add(yes, no);
  }

  sum = (x: Arrays, axes: readonly number[], keep = false) => reduce(x, axes, keep, 0, (a, v) => a + v);
  mean = (x: Arrays, axes: readonly number[], keep = false) => reduce(x, axes, keep, 0, (a, v) => a + v, (a, n) => a / n);
  max = (x: Arrays, axes: readonly number[], keep = false) => reduce(x, axes, keep, -Infinity, Math.max);
  softmax = (x: Arrays) => this.exp(this.logSoftmax(x));
  logSoftmax(x: Arrays): Arrays {
    const shifted = this.sub(x, this.max(x, [-1], true));
    return this.sub(shifted, this.log(this.sum(this.exp(shifted), [-1], true)));
  }

  matmul(a: Arrays, b: Arrays, transposeB = false): Arrays {
    const [p, q] = b.shape.slice(-2) as [number, number];
    const [k, n] = transposeB ? [q, p] : [p, q];
    const shape = [...a.shape.slice(0, -1), n];
    const m = b.shape.length > 2 || b.rows.length > 1 ? a.shape[a.shape.length - 2]! : size(a.shape) / k;
    return rowwise([a, b], shape, ([ra, rb], out) => {
      for (let row = 0; row < out.length / n; row++) {
        const base = Math.floor(row / m) * k * n;
        for (let j = 0; j < k; j++) {
          const v = ra![row * k + j]!;
          if (transposeB) for (let c = 0; c < n; c++) out[row * n + c]! += v * rb![base + c * k + j]!;
          else for (let c = 0, to = row * n, from = base + j * n; c < n; c++) out[to + c]! += v * rb![from + c]!;
        }
      }
    });
  }

  localMatmul(x: Arrays, w: Arrays): Arrays {
    const [p, k, n] = w.shape as [number, number, number];
    return build(x, [p, n], (row, [i, f]) => {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += row[i! * k + j]! * w.rows[0]![(i! * k + j) * n + f!]!;
      return sum;
    });
  }

  conv(x: Arrays, kernel: Arrays, o: ConvOptions): Arrays {
    const space = kernel.shape.slice(0, -2);
    const [inputs, filters] = kernel.shape.slice(-2) as [number, number];
    const [w] = kernel.rows as [Float64Array];
    const each = filters / o.groups;
    return windows(x, space, o, filters, (row, places, f) => {
      const group = Math.floor(f / each) * inputs;
      let sum = 0;
      for (let p = 0; p < places.length; p++) {
        const from = places[p]!.at + group;
        for (let c = 0, entry = places[p]!.k * inputs * filters + f; c < inputs; c++, entry += filters) sum += row[from + c]! * w[entry]!;
      }
      return sum;
    });
  }

  /** [kh, kw, c, m] has the entries of [kh, kw, 1, c·m], c groups. */
  depthwiseConv(x: Arrays, kernel: Arrays, o: Omit<ConvOptions, "groups">): Arrays {
    const [c, m] = kernel.shape.slice(-2) as [number, number];
    return this.conv(x, { shape: [...kernel.shape.slice(0, -2), 1, c * m], rows: kernel.rows }, { ...o, groups: c });
  }

  convTranspose(x: Arrays, kernel: Arrays, o: Pick<ConvOptions, "stride" | "padding">): Arrays {
    const space = kernel.shape.slice(0, -2);
    const [filters, channels] = kernel.shape.slice(-2) as [number, number];
    const out = space.map((k, i) => transposedOutput(x.shape[i]!, k, o.stride[i]!, o.padding, i) as number);
    const before = space.map((k, i) => transposedBefore(k, o.stride[i]!, o.padding, i));
    return rowwise([x], [...out, filters], ([row], y) => {
      for (const i of indices(x.shape.slice(0, -1))) {
        const from = flat(x.shape.slice(0, -1), i) * channels;
        for (const k of indices(space)) {
          const at = i.map((p, axis) => p * o.stride[axis]! + k[axis]! - before[axis]!);
          if (at.some((p, axis) => p < 0 || p >= out[axis]!)) continue;
          const [to, weights] = [flat(out, at) * filters, flat(space, k) * filters];
          for (let f = 0; f < filters; f++) for (let c = 0; c < channels; c++) y[to + f]! += row![from + c]! * kernel.rows[0]![(weights + f) * channels + c]!;
        }
      }
    });
  }

  maxPool = (x: Arrays, o: PoolOptions) => windows(x, o.size, o, x.shape[x.shape.length - 1]!, (row, places, c) => Math.max(...places.map((p) => row[p.at + c]!)));
  avgPool = (x: Arrays, o: PoolOptions) => windows(x, o.size, o, x.shape[x.shape.length - 1]!, (row, places, c) => places.reduce((s, p) => s + row[p.at + c]!, 0) / places.length);
  patches(x: Arrays, o: PoolOptions): Arrays {
    const channels = x.shape[x.shape.length - 1]!;
    return windows(x, o.size, o, channels * size(o.size), (row, places, i) => {
      const place = places.find((p) => p.k === Math.floor(i / channels));
      return place ? row[place.at + (i % channels)]! : 0;
    });
  }
  kMax(x: Arrays, k: number, axis: number): Arrays {
    const [length, inner] = [x.shape[axis]!, size(x.shape.slice(axis + 1))];
    return rowwise([x], x.shape.with(axis, k), ([row], out) => {
      for (let block = 0; block < out.length / (k * inner); block++) {
        for (let c = 0; c < inner; c++) {
          const line = Array.from({ length }, (_, i) => row![(block * length + i) * inner + c]!);
          const kept = [...line.keys()].sort((a, b) => line[b]! - line[a]! || a - b).slice(0, k).sort((a, b) => a - b);
          for (const [n, i] of kept.entries()) out[(block * k + n) * inner + c] = line[i]!;
        }
      }
    });
  }

  reshape = (x: Arrays, shape: readonly Dim[]): Arrays => ({ shape: numbers(shape), rows: x.rows });
  transpose = (x: Arrays, axes: readonly number[]): Arrays => {
    const shape = axes.map((a) => x.shape[a]!);
    const from = placesBy(shape, axes.map((a) => size(x.shape.slice(a + 1))));
    return rowwise([x], shape, ([row], out) => from.forEach((at, i) => (out[i] = row![at]!)));
  };
  concat(xs: readonly Arrays[], axis: number): Arrays {
    const shape = xs[0]!.shape.with(axis, xs.reduce((s, x) => s + x.shape[axis]!, 0));
    const lengths = xs.map((x) => size(x.shape.slice(axis)));
    return rowwise(xs, shape, (rows, out) => {
      for (let block = 0, to = 0; to < out.length; block++) {
        for (const [n, length] of lengths.entries()) {
          out.set(rows[n]!.subarray(block * length, (block + 1) * length), to);
          to += length;
        }
      }
    });
  }
  slice(x: Arrays, axis: number, start: number, length: Dim): Arrays {
    const shape = x.shape.with(axis, length as number);
    const [whole, part, inner] = [size(x.shape.slice(axis)), size(shape.slice(axis)), size(shape.slice(axis + 1))];
    return rowwise([x], shape, ([row], out) => {
      for (let to = 0, from = start * inner; to < out.length; to += part, from += whole) out.set(row!.subarray(from, from + part), to);
    });
  }
  pad(x: Arrays, padding: readonly (readonly [number, number])[]): Arrays {
    const shape = x.shape.map((d, a) => d + (padding[a]?.[0] ?? 0) + (padding[a]?.[1] ?? 0));
    return build(x, shape, (row, i) => {
      const at = i.map((p, a) => p - (padding[a]?.[0] ?? 0));
      return at.some((p, a) => p < 0 || p >= x.shape[a]!) ? 0 : row[flat(x.shape, at)]!;
    });
  }
  broadcastTo = (x: Arrays, shape: readonly Dim[]) => both(x, { shape: numbers(shape), rows: [new Float64Array(size(numbers(shape)))] }, (p) => p);
  reverse = (x: Arrays, axis: number) => build(x, x.shape, (row, i) => row[flat(x.shape, i.with(axis, x.shape[axis]! - 1 - i[axis]!))]!);
  upsample = (x: Arrays, factors: readonly number[]) => build(x, x.shape.map((d, a) => d * (factors[a] ?? 1)), (row, i) => row[flat(x.shape, i.map((p, a) => Math.floor(p / (factors[a] ?? 1))))]!);
  gather = (table: Arrays, at: Arrays) => build(at, [...at.shape, table.shape[1]!], (row, i) => table.rows[0]![row[flat(at.shape, i.slice(0, -1))]! * table.shape[1]! + i[i.length - 1]!]!);

  batchMoments(x: Arrays, axes: readonly number[]): { mean: Arrays; variance: Arrays } {
    const batch: Arrays = { shape: [x.rows.length, ...x.shape], rows: [Float64Array.from(x.rows.flatMap((r) => [...r]))] };
    const all = [0, ...axes.map((a) => a + 1)];
    const mean = this.mean(batch, all, true);
    const variance = this.mean(this.square(this.sub(batch, mean)), all);
    return { mean: this.mean(batch, all), variance };
  }
  assign = (weight: Arrays, value: Arrays) => void this.assigned.set(weight, value);
  randomUniform = (x: Arrays, low: number, high: number, shape?: readonly Dim[]) => rowwise([x], shape ? numbers(shape) : x.shape, (_, out) => out.forEach((_v, i) => (out[i] = low + (high - low) * this.random())));
  randomNormal = (x: Arrays, deviation: number) => each(x, () => deviation * Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random()));
  stopGradient = (x: Arrays) => x;
  scan = (x: Arrays, initial: readonly (readonly Dim[])[], step: Step, reverse = false) => scanned(this, x, initial, step, reverse);
}

export type Step = (x: Arrays, state: readonly Arrays[]) => { state: readonly Arrays[]; output: Arrays };

/** A step along the first axis, from states of zeros; `reverse`: from its end. */
export function scanned(ops: Pick<ArrayOps, "reshape" | "slice" | "concat">, x: Arrays, initial: readonly (readonly Dim[])[], step: Step, reverse: boolean): { outputs: Arrays; last: Arrays } {
  const [n, ...rest] = x.shape as [number, ...number[]];
  let state: readonly Arrays[] = initial.map((s) => ({ shape: numbers(s), rows: x.rows.map(() => new Float64Array(size(numbers(s)))) }));
  const outputs: Arrays[] = [];
  for (let i = 0; i < n; i++) {
    const result = step(ops.reshape(ops.slice(x, 0, reverse ? n - 1 - i : i, 1), rest), state);
    state = result.state;
    outputs.push(result.output);
  }
  const placed = (reverse ? outputs.toReversed() : outputs).map((o) => ops.reshape(o, [1, ...o.shape]));
  return { outputs: ops.concat(placed, 0), last: outputs[n - 1]! };
}

const numbers = (shape: readonly Dim[]) => shape as readonly number[];

/** One row of the result from one row of each operand. */
function rowwise(xs: readonly Arrays[], shape: readonly number[], fill: (rows: readonly Float64Array[], out: Float64Array) => void): Arrays {
  const count = Math.max(...xs.map((x) => x.rows.length));
  const rows = Array.from({ length: count }, (_, r) => {
    const out = new Float64Array(size(shape));
    fill(xs.map((x) => x.rows[x.rows.length === 1 ? 0 : r]!), out);
    return out;
  });
  return { shape, rows };
}

function build(x: Arrays, shape: readonly number[], entry: (row: Float64Array, index: readonly number[]) => number): Arrays {
  return rowwise([x], shape, ([row], out) => {
    let o = 0;
    for (const i of indices(shape)) out[o++] = entry(row!, i);
  });
}

const each = (x: Arrays, f: (v: number) => number): Arrays => ({ shape: x.shape, rows: x.rows.map((r) => r.map((v) => f(v))) });

function both(a: Arrays, b: Arrays, f: (p: number, q: number) => number): Arrays {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [sa, sb] = [a, b].map((x) => [...Array<number>(rank - x.shape.length).fill(1), ...x.shape]) as [number[], number[]];
  const shape = sa.map((d, i) => (d === 1 ? sb[i]! : d));
  const [atA, atB] = [placesIn(sa, shape), placesIn(sb, shape)];
  return rowwise([a, b], shape, ([p, q], out) => {
    for (let o = 0; o < out.length; o++) out[o] = f(p![atA ? atA[o]! : o]!, q![atB ? atB[o]! : o]!);
  });
}

function reduce(x: Arrays, axes: readonly number[], keep: boolean, start: number, step: (so: number, v: number) => number, end?: (so: number, count: number) => number): Arrays {
  const gone = new Set(axes.map((a) => (a < 0 ? a + x.shape.length : a)));
  const kept = x.shape.map((d, i) => (gone.has(i) ? 1 : d));
  const to = placesIn(kept, x.shape);
  const count = size(x.shape) / size(kept);
  const result = rowwise([x], kept, ([row], out) => {
    out.fill(start);
    for (let i = 0; i < row!.length; i++) {
      const at = to ? to[i]! : i;
      out[at] = step(out[at]!, row![i]!);
    }
    if (end) for (let i = 0; i < out.length; i++) out[i] = end(out[i]!, count);
  });
  return keep ? result : { shape: x.shape.filter((_, i) => !gone.has(i)), rows: result.rows };
}

export interface Place {
  /** Where the place's first channel stands in the row. */
  readonly at: number;
  /** Which entry of the window it is. */
  readonly k: number;
}

/** For every window its places inside the input (padding is none), and from these each of `channels` results. */
export function windows(x: Arrays, space: readonly number[], o: { stride: readonly number[]; padding: ConvOptions["padding"]; dilation?: readonly number[] }, channels: number, entry: (row: Float64Array, places: readonly Place[], channel: number) => number): Arrays {
  const input = x.shape.slice(0, -1);
  const dilation = o.dilation ?? space.map(() => 1);
  const out = space.map((k, i) => windowOutput(input[i]!, k, o.stride[i]!, o.padding, i, dilation[i]) as number);
  const before = space.map((k, i) => (o.padding === "same" ? samePadding(input[i]!, k, o.stride[i]!, dilation[i])[0] : o.padding === "valid" ? 0 : o.padding[i]![0]));
  const taps = [...indices(space)];
  const windowPlaces = [...indices(out)].map((index) => taps.flatMap((w, k): Place[] => {
    const at = w.map((p, i) => index[i]! * o.stride[i]! + p * dilation[i]! - before[i]!);
    return at.every((p, i) => p >= 0 && p < input[i]!) ? [{ at: flat(input, at) * x.shape[input.length]!, k }] : [];
  }));
  return rowwise([x], [...out, channels], ([row], y) => {
    let to = 0;
    for (const places of windowPlaces) for (let c = 0; c < channels; c++) y[to++] = entry(row!, places, c);
  });
}
