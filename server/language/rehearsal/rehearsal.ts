import type { Node } from "../graph/graph.ts";
import { initializerOf } from "../layers/initializers.ts";
import { penaltiesOf } from "../layers/penalties.ts";
import { ArrayOps, type Arrays } from "../ops/arrays.ts";
import type { Ops } from "../ops/ops.ts";
import { Tape } from "../ops/tape.ts";
import { learningRate } from "../schedule.ts";
import { BACK, mulberry } from "../signal/index.ts";
import { bestConstant, rowLoss } from "./losses.ts";
import { AN_UPDATE, type Extent, extentOf, MOST, PARTS, type Plan } from "./plan.ts";
import { type Learning, slotsOf, update } from "./updates.ts";

/** Of all rows at one moment: the loss without penalties, and how far the outputs of rows lie from their mean. */
export interface Moment {
  /** Steps before it. */
  readonly step: number;
  readonly loss: number;
  /** The same in prediction: without dropout, by the moving averages of batch norm. */
  readonly tested: number;
  /** Root mean square over rows and outputs, where the loss is computed from: before a softmax or sigmoid. */
  readonly spread: number;
}

/** Of the way from the best constant answer to the least loss, what ends a rehearsal. */
const FAR = 0.5;
/** Past what single precision holds. */
const LARGEST = 3.4e38;

/**
 * Some tens of steps of a training, on the first rows of its data: the model's own passes, from its initial weights, by
 * the file's loss, optimizer, schedule, clipping and penalties. Seeded, so that the same training gives the same numbers;
 * bounded, and none at all where too few steps fit; and done in parts, layer by layer. Augmentation is left out.
 */
export class Rehearsal {
  readonly plan: Plan;
  /** Those that are run over: as many as no layer takes too long for. */
  readonly rows: Plan["rows"];
  /** Steps that are taken at most, and rows in each. */
  readonly steps: number;
  readonly batch: number;
  /** The least loss of an answer that is the same for every row, and of any: smoothed labels leave some. */
  readonly constant: number;
  readonly floor: number;
  /** What was seen; the last is at the end, or where the loss was not finite any more. */
  readonly moments: Moment[] = [];
  /** Loss of each step's rows, before its update. */
  readonly losses: number[] = [];
  /** Multiplications and entries so far. */
  spent = 0;
  private readonly weights = new Map<string, Arrays>();
  private readonly extent: Extent | undefined;
  private readonly random = mulberry(1);
  private readonly learning = new Map<string, Learning & { readonly of: Node }>();
  private work: Generator<number> | undefined;
  private failed = false;

  /** `most`: what it may cost. `initial` gives weights in the place of drawn ones. */
  constructor(plan: Plan, most = MOST, initial?: (name: string) => ArrayLike<number>) {
    this.plan = plan;
    this.extent = extentOf(plan, most);
    const { rows = [], steps = 0, batch = 0 } = this.extent ?? {};
    [this.rows, this.steps, this.batch] = [rows, steps, batch];
    const least = (of: readonly number[]): number => plan.heads.reduce((s, head, i) => s + head.weight * bestConstant(head, of.map((r) => plan.targets[i]![r]!), of.map((r) => plan.factors?.[i]?.[r] ?? 1)), 0);
    const each = [...rows.keys()];
    [this.constant, this.floor] = [least(each), each.reduce((s, r) => s + least([r]) / each.length, 0)];
    if (this.extent) this.work = this.run(initial);
    else this.failed = true;
  }

  /** Nothing is left to do, or may be done. */
  get over(): boolean {
    return this.work === undefined;
  }

  /** It came to its end, or to a loss that is not finite. */
  get whole(): boolean {
    return this.over && !this.failed;
  }

  /** The loss became infinite, or not a number. */
  get broke(): boolean {
    const last = this.losses[this.losses.length - 1];
    return last !== undefined && !isFinite(last);
  }

  /** It has come so far that what is left to do would show nothing more. */
  get learns(): boolean {
    const last = this.moments[this.moments.length - 1];
    return last !== undefined && last.step > 0 && lossOf(last) < this.constant - FAR * (this.constant - this.floor);
  }

  /** Until it is over, or so much is spent; asked again, it goes on. */
  complete(most: number): void {
    const end = this.spent + most;
    try {
      while (this.work && this.spent < end) {
        const { done, value } = this.work.next();
        if (done) this.end();
        else this.spent += value;
      }
    } catch {
      // A length of the data may not fit where a shape is stated.
      this.failed = true;
      this.end();
    }
  }

  /** Only numbers are kept. */
  private end(): void {
    this.work = undefined;
    this.learning.clear();
    this.weights.clear();
  }

  private *run(initial?: (name: string) => ArrayLike<number>): Generator<number> {
    const { plan: { model, settings, stepsPerEpoch }, rows, steps, batch } = this;
    for (const node of model.nodes) if (node.sharesWith === undefined) for (const w of node.weights) yield this.draw(node, w, initial);
    yield* this.measure();
    const every = Array.from(rows, (_, i) => i);
    yield* this.look(0, every);
    let order: number[] = [];
    for (let step = 0; step < steps; step++) {
      if (batch < every.length) while (order.length < batch) order.push(...shuffled(every, this.random));
      const chosen = batch < every.length ? order.slice(0, batch) : every;
      order = order.slice(batch);
      const loss = yield* this.step(chosen, learningRate(settings, step, stepsPerEpoch, settings.epochs), step);
      this.losses.push(loss);
      if (!isFinite(loss)) return;
      if (Math.floor(((step + 1) * PARTS) / steps) > Math.floor((step * PARTS) / steps)) {
        yield* this.look(step + 1, every);
        if (this.learns) return;
      }
    }
  }

  private draw(node: Node, { name, spec }: Node["weights"][number], initial?: (name: string) => ArrayLike<number>): number {
    const shape = spec.shape as readonly number[];
    const values = Float64Array.from(initial?.(name) ?? initializerOf(spec.init.name).fill(spec.init.args, shape, this.random));
    this.weights.set(name, { shape, rows: [values] });
    if (spec.trainable) this.learning.set(name, { of: node, weight: values, gradient: new Float64Array(values.length), decays: spec.decays, slots: slotsOf(this.plan.settings.optimizer, values.length) });
    return values.length;
  }

  /** What `normalization` layers measure of the rows before training: mean and variance of each channel. */
  private *measure(): Generator<number> {
    const { plan: { model }, rows } = this;
    const wanted = model.nodes.filter((n) => n.layer?.name === "normalization" && n.sharesWith === undefined);
    if (wanted.length === 0) return;
    const values = yield* this.forward(new ArrayOps(), Array.from(rows, (_, i) => i), Math.max(...wanted.map((n) => n.inputs[0]!)));
    for (const node of wanted) {
      const x = values[node.inputs[0]!]!;
      const [mean, variance] = node.weights.map((w) => this.weights.get(w.name)!.rows[0]!) as [Float64Array, Float64Array];
      const n = (x.rows.length * x.rows[0]!.length) / mean.length;
      mean.fill(0);
      variance.fill(0);
      for (const row of x.rows) row.forEach((v, i) => (mean[i % mean.length]! += v / n));
      for (const row of x.rows) row.forEach((v, i) => (variance[i % mean.length]! += (v - mean[i % mean.length]!) ** 2 / n));
    }
  }

  /** All rows as in training, without a step. */
  private *look(step: number, all: readonly number[]): Generator<number> {
    const ops = new ArrayOps(true, this.random);
    const values = yield* this.forward(ops, all, this.last);
    const losses = this.lossesOf(ops, values, all);
    const still = new ArrayOps(false, this.random);
    const tested = this.together(this.lossesOf(still, yield* this.forward(still, all, this.last), all), all);
    const ends = this.plan.heads.map((h) => values[h.logits?.node ?? h.node]!);
    this.moments.push({ step, loss: this.together(losses, all), tested, spread: Math.sqrt(ends.reduce((s, e) => s + spreadOf(e), 0) / ends.length) });
  }

  /** Gives the loss before it, penalties included. */
  private *step(chosen: readonly number[], lr: number, number: number): Generator<number, number> {
    const { heads, settings } = this.plan;
    const ops = new ArrayOps(true, this.random);
    const tape = new Tape(ops);
    const starts: number[] = [];
    const values = yield* this.forward(tape, chosen, this.last, starts);
    const end = tape.length;
    const losses = this.lossesOf(tape, values, chosen);
    let loss = this.together(losses, chosen);
    for (const [i, y] of losses.entries()) tape.seed(y, { shape: [], rows: chosen.map((row) => Float64Array.of((heads[i]!.weight * (this.plan.factors?.[i]?.[row] ?? 1)) / chosen.length)) });
    while (tape.length > end) tape.back();
    for (let id = this.last; id >= 0; id--) {
      while (tape.length > starts[id]!) tape.back();
      yield BACK * chosen.length * this.extent!.works[id]!;
    }
    for (const [name, { of, weight, gradient, decays }] of this.learning) {
      const found = tape.gradientOf(this.weights.get(name)!)?.rows[0];
      if (found) gradient.set(found);
      else gradient.fill(0);
      const { l1, l2 } = penaltiesOf(of);
      if (!decays || (l1 === 0 && l2 === 0)) continue;
      for (const [k, w] of weight.entries()) {
        loss += l1 * Math.abs(w) + l2 * w * w;
        gradient[k]! += l1 * Math.sign(w) + 2 * l2 * w;
      }
    }
    if (!isFinite(loss)) return loss;
    for (const entries of update(settings.optimizer, settings.clip, [...this.learning.values()], lr, number)) yield AN_UPDATE * entries;
    for (const w of this.weights.values()) {
      const fresh = ops.assigned.get(w);
      if (fresh) w.rows[0]!.set(fresh.rows[0]!);
    }
    return loss;
  }

  private get last(): number {
    return Math.max(...this.plan.model.outputs);
  }

  /** Results of all nodes up to this one; `starts` hears how long a tape was before each. */
  private *forward(ops: Ops<Arrays>, chosen: readonly number[], to: number, starts?: number[]): Generator<number, Arrays[]> {
    const { nodes, inputs } = this.plan.model;
    const values: Arrays[] = [];
    for (const node of nodes) {
      if (node.id > to) break;
      if (starts) starts[node.id] = (ops as Tape).length;
      if (!node.layer) {
        const { start, shape } = this.extent!.slices[inputs.indexOf(node.id)]!;
        const length = shape.reduce((a, b) => a * b, 1);
        values.push({ shape, rows: chosen.map((r) => Float64Array.from({ length }, (_, i) => this.rows[r]![start + i]!)) });
        continue;
      }
      const owner = node.sharesWith === undefined ? node : nodes[node.sharesWith]!;
      const own = Object.fromEntries(node.weights.map(({ key }, i) => [key, this.weights.get(owner.weights[i]!.name)!]));
      values.push(node.layer.forward<Arrays>(ops, node.args, node.inputs.map((i) => values[i]!), own));
      yield chosen.length * this.extent!.works[node.id]!;
    }
    return values;
  }

  /** By output, of each row. */
  private lossesOf(ops: Ops<Arrays>, values: readonly Arrays[], chosen: readonly number[]): Arrays[] {
    return this.plan.heads.map((head, i) => {
      const flat = (id: number | undefined) => (id === undefined ? undefined : ops.reshape(values[id]!, [head.outputs]));
      return rowLoss(ops, head, flat(head.node)!, flat(head.logits?.node), { shape: [head.outputs], rows: chosen.map((r) => this.plan.targets[i]![r]!) });
    });
  }

  /** The mean over rows, outputs weighed. */
  private together(losses: readonly Arrays[], chosen: readonly number[]): number {
    const { heads, factors } = this.plan;
    return losses.reduce((s, { rows }, i) => s + (heads[i]!.weight * rows.reduce((t, [v], r) => t + v! * (factors?.[i]?.[chosen[r]!] ?? 1), 0)) / chosen.length, 0);
  }
}

/** Dropout and batch statistics make training and prediction differ: the better one counts. */
export const lossOf = ({ loss, tested }: Moment): number => Math.min(loss, tested);

const isFinite = (x: number): boolean => Math.abs(x) < LARGEST;

function spreadOf({ rows }: Arrays): number {
  const width = rows[0]!.length;
  let sum = 0;
  for (let k = 0; k < width; k++) {
    const mean = rows.reduce((s, r) => s + r[k]!, 0) / rows.length;
    sum += rows.reduce((s, r) => s + (r[k]! - mean) ** 2, 0) / rows.length;
  }
  return sum / width;
}

/** Fisher–Yates. */
function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
