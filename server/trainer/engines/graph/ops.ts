import type { Dim } from "../../../language/ops/dim.ts";
import type { ConvOptions, EntryAt, Ops, PoolOptions } from "../../../language/ops/ops.ts";
import { fillTable } from "../../../language/ops/table.ts";
import { drawSeed } from "../../philox.ts";
import type { Rounds } from "../rounds.ts";
import { type Graph, sizeOf, type, type Value } from "./builder.ts";
import { Closure } from "./closure.ts";
import * as m from "./math.ts";
import * as moves from "./moves.ts";
import { batchMatmul, rowsByMatrix, topInOrder } from "./products.ts";
import { scan } from "./scan.ts";
import { avgPool, conv, convTranspose, depthwise, maxPool, patches } from "./windows.ts";

/** A value of a forward pass: per row, axis 0 is the batch, and own axes count from 1. */
export interface Flow {
  readonly value: Value;
  readonly perRow: boolean;
}

export interface GraphOpsOptions {
  readonly training: boolean;
  /** Rows of this pass. */
  readonly batch: number;
  /** What the draws of this pass follow from: the run's seed, and the number of the step, a whole number [] in the graph. */
  readonly seed: number;
  readonly step: Value | undefined;
  /** Where these rows stand among those of a batch that several passes share. */
  readonly share?: Share | undefined;
  /** How long sequences are gone through, where that is not as usual. */
  readonly rounds?: Rounds;
}

/** A replica's rows of a batch. */
export interface Share {
  readonly from: number;
  /** Rows of the batch. */
  readonly of: number;
  /** The draws of the whole batch, which each pass takes its rows of: what is drawn does not depend on how rows are dealt. */
  readonly draws: Map<number, Value>;
}

type Binary = (g: Graph, a: Value, b: Value) => Value;
type Unary = (g: Graph, x: Value) => Value;

/** Writes a forward pass into a graph. */
export class GraphOps implements Ops<Flow> {
  readonly training: boolean;
  /** New values of stored weights, by the value that stood for the weight. */
  readonly assigned = new Map<Flow, Value>();
  /** Where operations are written to: inside a loop, its body. */
  private g: Graph;
  private readonly options: GraphOpsOptions;
  private draws = 0;

  constructor(g: Graph, options: GraphOpsOptions) {
    this.g = g;
    this.options = options;
    this.training = options.training;
  }

  shape = (x: Flow) => own(x);
  constant = (value: number): Flow => ({ value: this.g.scalar(value), perRow: false });
  forEachRow = (x: Flow, _like: Flow): Flow => this.repeated(x);
  table = (shape: readonly Dim[], entry: EntryAt): Flow => ({ value: this.g.constant(fillTable(new Float32Array(sizeOf(sizes(shape))), sizes(shape), entry), sizes(shape)), perRow: false });

  neg = (x: Flow) => this.each(x, m.neg);
  abs = (x: Flow) => this.each(x, m.abs);
  exp = (x: Flow) => this.each(x, m.exp);
  log = (x: Flow) => this.each(x, m.log);
  sqrt = (x: Flow) => this.each(x, m.sqrt);
  rsqrt = (x: Flow) => this.each(x, m.rsqrt);
  square = (x: Flow) => this.each(x, m.square);
  relu = (x: Flow) => this.each(x, m.relu);
  sigmoid = (x: Flow) => this.each(x, m.sigmoid);
  tanh = (x: Flow) => this.each(x, m.tanh);
  sin = (x: Flow) => this.each(x, m.sin);
  softplus = (x: Flow) => this.each(x, m.softplus);
  erf = (x: Flow) => this.each(x, m.erf);
  softmax = (x: Flow) => this.each(x, m.softmax);
  logSoftmax = (x: Flow) => this.each(x, m.logSoftmax);
  stopGradient = (x: Flow) => this.each(x, m.stopGradient);

  add = (a: Flow, b: Flow) => this.both(a, b, m.add);
  sub = (a: Flow, b: Flow) => this.both(a, b, m.sub);
  mul = (a: Flow, b: Flow) => this.both(a, b, m.mul);
  div = (a: Flow, b: Flow) => this.both(a, b, m.div);
  maximum = (a: Flow, b: Flow) => this.both(a, b, m.maximum);
  minimum = (a: Flow, b: Flow) => this.both(a, b, m.minimum);
  where(condition: Flow, a: Flow, b: Flow): Flow {
    const [c, s, t] = this.aligned([condition, a, b]) as [Value, Value, Value];
    return { value: m.select(this.g, m.compare(this.g, "Greater", c, this.g.scalar(0)), s, t), perRow: condition.perRow || a.perRow || b.perRow };
  }

  sum = (x: Flow, axes: readonly number[], keepDims = false) => this.each(x, (g, v) => m.sum(g, v, axesOf(x, axes), keepDims));
  mean = (x: Flow, axes: readonly number[], keepDims = false) => this.each(x, (g, v) => (axes.length === 0 ? v : m.mean(g, v, axesOf(x, axes), keepDims)));
  max = (x: Flow, axes: readonly number[], keepDims = false) => this.each(x, (g, v) => (axes.length === 0 ? v : m.max(g, v, axesOf(x, axes), keepDims)));

  matmul(a: Flow, b: Flow, transposeB = false): Flow {
    const { g } = this;
    const perRow = a.perRow || b.perRow;
    if (!b.perRow && b.value.shape.length === 2) return { perRow, value: rowsByMatrix(g, a.value, b.value, transposeB) };
    const [left, right] = perRow ? [this.repeated(a).value, this.repeated(b).value] : [a.value, b.value];
    const vector = left.shape.length < right.shape.length;
    const product = batchMatmul(g, vector ? moves.reshape(g, left, left.shape.toSpliced(-1, 0, 1)) : left, right, false, transposeB);
    return { perRow, value: vector ? moves.reshape(g, product, product.shape.toSpliced(-2, 1)) : product };
  }
  /** Positions become the batch of the product. */
  localMatmul(x: Flow, w: Flow): Flow {
    const rows = this.repeated(x).value;
    const byPosition = moves.transpose(this.g, rows, [1, 0, 2]);
    return { perRow: true, value: moves.transpose(this.g, batchMatmul(this.g, byPosition, w.value), [1, 0, 2]) };
  }
  conv = (x: Flow, kernel: Flow, o: ConvOptions) => this.windowed(x, (g, v) => conv(g, v, kernel.value, o));
  depthwiseConv = (x: Flow, kernel: Flow, o: Omit<ConvOptions, "groups">) => this.windowed(x, (g, v) => depthwise(g, v, kernel.value, o));
  convTranspose = (x: Flow, kernel: Flow, o: Pick<ConvOptions, "stride" | "padding">) => this.windowed(x, (g, v) => convTranspose(g, v, kernel.value, o));
  maxPool = (x: Flow, o: PoolOptions) => this.windowed(x, (g, v) => maxPool(g, v, o));
  avgPool = (x: Flow, o: PoolOptions) => this.windowed(x, (g, v) => avgPool(g, v, o));
  patches = (x: Flow, o: PoolOptions) => this.windowed(x, (g, v) => patches(g, v, o));
  kMax(x: Flow, k: number, axis: number): Flow {
    const at = axisOf(x, axis);
    const order = x.value.shape.map((_, i) => i).filter((i) => i !== at).concat(at);
    return this.each(x, (g, v) => moves.transpose(g, topInOrder(g, moves.transpose(g, v, order), k), order.map((_, i) => order.indexOf(i))));
  }

  reshape = (x: Flow, shape: readonly Dim[]) => this.each(x, (g, v) => moves.reshape(g, v, withBatch(x, sizes(shape))));
  transpose(x: Flow, axes: readonly number[]): Flow {
    const order = axesOf(x, axes);
    return this.each(x, (g, v) => moves.transpose(g, v, x.perRow ? [0, ...order] : order));
  }
  concat(xs: readonly Flow[], axis: number): Flow {
    const perRow = xs.some((x) => x.perRow);
    const all = perRow ? xs.map((x) => this.repeated(x)) : xs;
    return { value: moves.concat(this.g, all.map((x) => x.value), axisOf(all[0]!, axis)), perRow };
  }
  slice = (x: Flow, axis: number, start: number, length: Dim) => this.each(x, (g, v) => moves.sliceAxis(g, v, axisOf(x, axis), start, length as number));
  pad(x: Flow, padding: readonly (readonly [number, number])[]): Flow {
    const sides = own(x).map((_, i) => padding[i] ?? ([0, 0] as const));
    const all = x.perRow ? [[0, 0] as const, ...sides] : sides;
    const cut = all.map(([a, b]) => [Math.max(-a, 0), Math.max(-b, 0)] as const);
    return this.each(x, (g, v) => {
      const inner = moves.slice(g, v, cut.map(([a]) => a), v.shape.map((n, i) => n - cut[i]![0] - cut[i]![1]));
      return moves.pad(g, inner, all.map(([a, b]) => [Math.max(a, 0), Math.max(b, 0)]));
    });
  }
  broadcastTo(x: Flow, shape: readonly Dim[]): Flow {
    const to = sizes(shape);
    const missing = Array<number>(to.length - own(x).length).fill(1);
    return this.each(x, (g, v) => m.broadcastTo(g, moves.reshape(g, v, withBatch(x, [...missing, ...own(x)])), withBatch(x, to)));
  }
  reverse = (x: Flow, axis: number) => this.each(x, (g, v) => moves.reverse(g, v, axisOf(x, axis)));
  upsample(x: Flow, factors: readonly number[]): Flow {
    const { g } = this;
    let y = x.value;
    for (const [i, factor] of factors.entries()) {
      if (factor === 1) continue;
      const axis = axisOf(x, i);
      const [before, after] = [sizeOf(y.shape.slice(0, axis + 1)), sizeOf(y.shape.slice(axis + 1))];
      y = moves.reshape(g, m.broadcastTo(g, moves.reshape(g, y, [before, 1, after]), [before, factor, after]), y.shape.with(axis, y.shape[axis]! * factor));
    }
    return { value: y, perRow: x.perRow };
  }
  gather = (table: Flow, indices: Flow): Flow => ({ value: moves.gather(this.g, table.value, m.cast(this.g, indices.value, "int32")), perRow: indices.perRow });

  batchMoments(x: Flow, axes: readonly number[]): { mean: Flow; variance: Flow } {
    this.wantsWholeBatch();
    const over = [0, ...axesOf(x, axes)];
    const mean = m.mean(this.g, x.value, over, true);
    const variance = m.mean(this.g, m.square(this.g, m.sub(this.g, x.value, mean)), over);
    return { mean: { value: moves.reshape(this.g, mean, variance.shape), perRow: false }, variance: { value: variance, perRow: false } };
  }
  /** Throws where a pass has a part of its batch. */
  wantsWholeBatch(): void {
    if (this.options.share) throw new Error("moments of a batch of which a pass has a part");
  }
  assign(weight: Flow, value: Flow): void {
    if (this.g instanceof Closure) throw new Error("a weight measured inside a loop");
    this.assigned.set(weight, value.value);
  }
  randomUniform(x: Flow, low: number, high: number, shape?: readonly Dim[]): Flow {
    const { g } = this;
    const unit = this.drawn("StatelessRandomUniform", shape ? sizes(shape) : own(x));
    return { value: m.add(g, m.mul(g, unit, g.scalar(high - low)), g.scalar(low)), perRow: true };
  }
  randomNormal = (x: Flow, deviation: number): Flow => ({ value: m.mul(this.g, this.drawn("StatelessRandomNormal", own(x)), this.g.scalar(deviation)), perRow: true });

  /** Short sequences are written out position by position; of long ones a loop's body is (scan.ts). */
  scan(x: Flow, initial: readonly (readonly Dim[])[], step: (x: Flow, state: readonly Flow[]) => { state: readonly Flow[]; output: Flow }, reverse = false): { outputs: Flow; last: Flow } {
    const start = initial.map((s) => moves.zeros(this.g, [this.options.batch, ...sizes(s)]));
    const { outputs, last } = scan(this.g, this.repeated(x).value, start, (g, xt, states) => {
      const around = this.g;
      this.g = g;
      const { state, output } = step(flowing(xt), states.map(flowing));
      this.g = around;
      return { states: state.map((s) => s.value), output: output.value };
    }, reverse, this.options.rounds);
    return { outputs: flowing(outputs), last: flowing(last) };
  }

  private each(x: Flow, f: Unary): Flow {
    return { value: f(this.g, x.value), perRow: x.perRow };
  }

  private both(a: Flow, b: Flow, f: Binary): Flow {
    const [s, t] = this.aligned([a, b]) as [Value, Value];
    return { value: f(this.g, s, t), perRow: a.perRow || b.perRow };
  }

  private windowed(x: Flow, f: Unary): Flow {
    return { value: f(this.g, this.repeated(x).value), perRow: true };
  }

  /** Own axes aligned at the right: a per-row operand of lower rank gets ones after the batch. */
  private aligned(xs: readonly Flow[]): Value[] {
    const rank = Math.max(...xs.map((x) => own(x).length));
    return xs.map((x) => (x.perRow ? moves.reshape(this.g, x.value, withBatch(x, [...Array<number>(rank - own(x).length).fill(1), ...own(x)])) : x.value));
  }

  /** A shared value as one for each row. */
  private repeated(x: Flow): Flow {
    return x.perRow ? x : { value: m.broadcastTo(this.g, x.value, [this.options.batch, ...x.value.shape]), perRow: true };
  }

  /** Draws follow from the seed, the step, and their place in the pass. */
  private drawn(op: string, shape: readonly number[]): Value {
    const { g, options: { batch, share, seed, step } } = this;
    if (g instanceof Closure) throw new Error("draws inside a loop, which would be the same in every round");
    const at = this.draws++;
    let whole = share?.draws.get(at);
    if (!whole) {
      const size = [share?.of ?? batch, ...shape];
      const seeds = moves.stack(g, [g.constant([drawSeed(seed, at)], [], "int32"), step!], 0);
      whole = g.add(op, [g.ints(size), seeds], [{ shape: size, dtype: "float" }], { attrs: { dtype: type("float"), T: type("int32"), Tseed: type("int32") }, gradient: () => [] })[0]!;
      share?.draws.set(at, whole);
    }
    return share ? moves.sliceAxis(g, whole, 0, share.from, batch) : whole;
  }
}

const flowing = (value: Value): Flow => ({ value, perRow: true });
const own = (x: Flow): readonly number[] => (x.perRow ? x.value.shape.slice(1) : x.value.shape);
const withBatch = (x: Flow, shape: readonly number[]) => (x.perRow ? [x.value.shape[0]!, ...shape] : shape);
const axisOf = (x: Flow, axis: number) => (axis < 0 ? axis + x.value.shape.length : axis + (x.perRow ? 1 : 0));
const axesOf = (x: Flow, axes: readonly number[]) => axes.map((a) => axisOf(x, a));
/** In a graph every size is a number. */
const sizes = (shape: readonly Dim[]): readonly number[] => shape as readonly number[];
