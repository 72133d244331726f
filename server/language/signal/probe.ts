import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { initializerOf } from "../layers/initializers.ts";
import { ArrayOps, type Arrays } from "../ops/arrays.ts";
import { evaluate } from "../ops/dim.ts";
import { sizesFor, usualSizes } from "../ops/solving.ts";
import { Tape } from "../ops/tape.ts";
import { headOf } from "./gradients.ts";
import { type Measured, measuredOf, momentsOf } from "./measured.ts";
import { type ProbeRows, type Slice, slicesOf } from "./rows.ts";
import { asked, BACK, drawsOf, gaussian, LENGTH, MOST_AT_ONCE, mulberry, workOf } from "./working.ts";

/** Rows that are run: as many as take about one part of the work, within these. */
const [LEAST_ROWS, FEWEST_ROWS, MOST_ROWS] = [2, 8, 64];
const PART = 6_000_000;
/** Multiplications and entries of weights that a whole probe may cost, there and back. */
const MOST = 160_000_000;

/** What came back: mean squares of an entry of the gradient by each result, and by each weight's kernel for one row. */
interface Gradients {
  readonly results: readonly (number | undefined)[];
  /** By the weight's name. */
  readonly weights: ReadonlyMap<string, number>;
}

/**
 * Runs a model's own forward pass, as in training and from its initial weights, over the first rows of its data, or
 * standard normal rows (tokens drawn evenly); and back from the output, where a gradient of the size that the loss has
 * there begins, its signs drawn: for results of which the theory has no closed form. Seeded, so that the same graph gives the same
 * numbers; bounded, so that a large model is measured up to where the bound ends; and done in parts, layer by layer: a
 * probe that nobody asks for any more does nothing.
 */
export class Probe {
  private readonly model: Model;
  private readonly given: ProbeRows | undefined;
  /** By input, what of a given row flows in. */
  private readonly slices: readonly Slice[];
  private readonly rows: number;
  /** By node, of one row. */
  private readonly works: readonly number[];
  private readonly random: () => number;
  private readonly values: (Arrays | undefined)[] = [];
  private readonly weights = new Map<string, Arrays>();
  private readonly found: (Measured | undefined)[] = [];
  private tape: Tape | undefined;
  /** By node: operations on the tape before it. */
  private readonly starts: number[] = [];
  private next = 0;
  private left = MOST;
  /** The node that the way back has come to. */
  private back: number | undefined;
  private gradients: Gradients | undefined;

  constructor(model: Model, given?: ProbeRows) {
    this.model = model;
    const slices = given && slicesOf(model, given.rows[0]?.length ?? 0);
    [this.given, this.slices] = [slices && given, slices ?? []];
    const sizes = (slices && sizesFor(slices.flatMap((s) => s.shape), asked(model))) ?? usualSizes(asked(model), LENGTH);
    this.works = model.nodes.map((node) => workOf(node, sizes));
    const cost = this.works.reduce((a, b) => a + b, 0) * (1 + BACK);
    const most = Math.min(MOST_ROWS, this.given?.rows.length ?? MOST_ROWS);
    // Fewer rows where a layer would take too long at once; statistics over a batch need some.
    const fewest = model.nodes.some((n) => n.layer?.name === "batch_norm") ? FEWEST_ROWS : Math.min(FEWEST_ROWS, Math.max(LEAST_ROWS, Math.floor(MOST_AT_ONCE / Math.max(1, ...this.works))));
    this.rows = Math.min(most, Math.max(fewest, Math.floor(PART / cost)));
    this.random = mulberry(1);
    this.tape = new Tape(new ArrayOps(true, this.random));
  }

  private get arrived(): boolean {
    return this.next >= this.model.nodes.length;
  }

  /** Undefined where the probe has not come, or can't. */
  at(node: Node): Measured | undefined {
    return this.found[node.id];
  }

  /** Mean square of an entry of the gradient by a node's result; undefined before the way back is done, or where it can't be. */
  gradientAt(node: Node): number | undefined {
    return this.gradients?.results[node.id];
  }

  /** Root mean square of an entry of a weight's gradient, for one row; undefined likewise. */
  kernelGradient(node: Node, key: string): number | undefined {
    const owner = node.sharesWith === undefined ? node : this.model.nodes[node.sharesWith]!;
    const square = this.gradients?.weights.get(owner.weights[node.weights.findIndex((w) => w.key === key)]?.name ?? "");
    return square === undefined ? undefined : Math.sqrt(square);
  }

  /** Multiplications and entries so far. */
  get spent(): number {
    return MOST - this.left;
  }

  /** It came all the way there and back. */
  get whole(): boolean {
    return this.gradients !== undefined;
  }

  /** Nothing is left to do, or may be done. */
  get over(): boolean {
    return this.tape === undefined;
  }

  /** Forward up to this node, or until so many multiplications and entries are spent; asked again, it goes on. */
  advance(to: Node, most: number): void {
    const { nodes } = this.model;
    if (!this.tape) return;
    const end = this.left - most;
    while (!this.arrived && this.next <= to.id && this.left > end) {
      const node = nodes[this.next++]!;
      this.starts[node.id] = this.tape.length;
      const value = this.run(node);
      this.values[node.id] = value;
      this.found[node.id] = value && measuredOf(value, node, this.rows, this.given?.of);
    }
  }

  /** All the way there and back, or until so much is spent; asked again, it goes on. */
  complete(most: number): void {
    const end = this.left - most;
    this.advance(this.model.nodes[this.model.nodes.length - 1]!, most);
    if (this.left < 0) return this.end();
    if (!this.arrived || !this.tape || this.left <= end) return;
    if (this.back === undefined) {
      if (!this.seed()) return this.end();
      this.back = this.model.nodes.length - 1;
    }
    for (; this.back >= 0 && this.left > end; this.back--) {
      while (this.tape.length > this.starts[this.back]!) this.tape.back();
      this.left -= BACK * this.rows * this.works[this.back]!;
      if (this.left < 0) return this.end();
    }
    if (this.back < 0) this.finish();
  }

  /** Begins where the loss takes up the gradient; false where the probe did not come so far. */
  private seed(): boolean {
    const { model, tape, values } = this;
    for (const output of model.outputs) {
      const { at, size } = headOf(model, output, this.found[output]?.square);
      const y = values[at];
      if (!y || model.nodes[at]!.type?.dtype === "int") return false;
      tape!.seed(y, { shape: y.shape, rows: y.rows.map((r) => r.map(() => (this.random() < 0.5 ? -1 : 1) * Math.sqrt(size))) });
    }
    return true;
  }

  private finish(): void {
    const { tape, values, rows } = this;
    const square = (x: Arrays | undefined): number | undefined => x && momentsOf(x)?.square;
    // Gradients of rows that are independent add up: n rows have n times the mean square of one.
    const weights = [...this.weights].flatMap(([name, w]): [string, number][] => {
      const s = square(tape!.gradientOf(w));
      return s === undefined ? [] : [[name, s / rows]];
    });
    this.gradients = { results: values.map((v) => v && square(tape!.gradientOf(v))), weights: new Map(weights) };
    this.end();
  }

  /** Only numbers are kept. */
  private end(): void {
    this.tape = undefined;
    this.values.length = 0;
    this.weights.clear();
  }

  private run(node: Node): Arrays | undefined {
    if (!node.type) return undefined;
    if (!node.layer) return node.inputs.length === 0 ? this.input(node) : undefined;
    const inputs = node.inputs.map((i) => this.values[i]);
    if (inputs.includes(undefined)) return undefined;
    const draws = node.weights.reduce((n, w) => n + drawsOf(w), 0);
    const work = this.rows * this.works[node.id]!;
    if (work > MOST_AT_ONCE || draws > MOST_AT_ONCE) return undefined;
    this.left -= draws + work;
    if (this.left < 0) return undefined;
    const owner = node.sharesWith === undefined ? node : this.model.nodes[node.sharesWith]!;
    const own: Record<string, Arrays> = {};
    for (const [i, { key, spec }] of node.weights.entries()) {
      const name = owner.weights[i]!.name;
      let weight = this.weights.get(name);
      if (!weight) {
        const shape = spec.shape as readonly number[];
        weight = { shape, rows: [Float64Array.from(initializerOf(spec.init.name).fill(spec.init.args, shape, this.random))] };
        this.weights.set(name, weight);
      }
      own[key] = weight;
    }
    try {
      return node.layer.forward<Arrays>(this.tape!, node.args, inputs as Arrays[], own);
    } catch {
      // A length of the data may not fit where a shape is stated.
      return undefined;
    }
  }

  private input(node: Node): Arrays {
    const slice = this.slices[this.model.inputs.indexOf(node.id)];
    if (slice) {
      const length = slice.shape.reduce((a, b) => a * b, 1);
      return { shape: slice.shape, rows: this.given!.rows.slice(0, this.rows).map((r) => Float64Array.from({ length }, (_, i) => r[slice.start + i]!)) };
    }
    const sizes = usualSizes(asked(this.model), LENGTH);
    const shape = node.type!.shape.map((d) => evaluate(d, sizes)!);
    const reader = this.model.nodes.find((n) => n.inputs.includes(node.id) && n.layer?.takesIndices);
    const tokens = reader ? (reader.args as { tokens: number }).tokens : undefined;
    const entry = () => (tokens === undefined ? gaussian(this.random) : Math.floor(this.random() * tokens));
    const length = shape.reduce((a, b) => a * b, 1);
    this.left -= this.rows * length;
    return { shape, rows: Array.from({ length: this.left < 0 ? 0 : this.rows }, () => Float64Array.from({ length }, entry)) };
  }
}

/** How many nodes the bounds let a probe come to. */
const reach = perModel((model): number => {
  const { nodes } = model;
  const sizes = usualSizes(asked(model), LENGTH);
  let work = 0;
  const past = nodes.findIndex((node) => !(LEAST_ROWS * (work += workOf(node, sizes)) <= MOST));
  return past < 0 ? nodes.length : past;
});

/** Whether the bounds let a probe come to this node. */
export function canReach(model: Model, node: Node): boolean {
  return node.id < reach(model);
}
