import { availableParallelism } from "node:os";
import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { Model } from "../../../language/index.ts";
import type { Part, Piece } from "../../data/part.ts";
import type { TrainPlan } from "../../plan.ts";
import type { Culprit, Expected, Session, Step, StepResult, Table, WeightData } from "../engine.ts";
import { leastSize, rowShapeAt } from "../../shapes.ts";
import { type LayerMeasures, measuresOf } from "../measures.ts";
import { numbersOf, probable, resultOf } from "../judged.ts";
import { inputMoments } from "../moments.ts";
import { type Kept, stateOf } from "../state.ts";
import { initialWeights, type Stored, storedWeights } from "../tfjs/weights.ts";
import { Graph, sizeOf, type Value } from "./builder.ts";
import { canDeal, compiles, isSoonReady, replicasOf, together } from "./cost.ts";
import { checkTable, type Fed, fedBy, givenBy, padded } from "./feeding.ts";
import { activityOf } from "./inspection.ts";
import { copy } from "./moves.ts";
import { addProgram, nameOf, type Program } from "./programs.ts";
import { type Held, hold, release, Runtime } from "./runtime.ts";
import type { TrainProgram } from "./training.ts";

/** Rows at once where the number is free: measuring, predicting. */
const ROWS = 64;

/** Runs a model as one TensorFlow graph. It is written again, with the state carried over, when a batch of another size comes. */
export class GraphSession implements Session {
  private readonly binding: TFJSBinding;
  private readonly model: Model;
  private readonly plan: TrainPlan;
  private readonly stored: readonly Stored[];
  private readonly programs = new Map<string, Program>();
  private readonly held = new Map<Table, { x: Held; y: Held }>();
  /** The weights, and what the optimizer keeps for each. */
  private readonly kept: readonly Kept[];
  /** Their values where TensorFlow has none yet; it holds them alone once a graph runs. */
  private first: Map<string, WeightData> | undefined;
  private runtime: Runtime | undefined;
  /** By the shape of a row. */
  private readonly nodes = new Map<string, number>();
  private batch: number | undefined;
  /** Follow from the batch: steps of a run, and whether XLA makes their loop. */
  private atOnce = 1;
  private compiled = false;
  /** Sizes that were announced: rows of a step, shape of a row. */
  private coming: readonly { readonly rows: number; readonly shape: readonly number[] }[] = [];
  private readonly expected: Expected | undefined;
  private readonly replicas: (rows: number, row?: readonly number[]) => number;

  constructor(binding: TFJSBinding, model: Model, plan: TrainPlan, expected?: Expected, replicas = (rows: number, row?: readonly number[]) => replicasOf(model, rows, availableParallelism(), row)) {
    this.expected = expected;
    this.replicas = (rows, row) => {
      const wanted = canDeal(model) ? replicas(rows, row) : 1;
      return wanted === 1 || isSoonReady(this.nodesAt(row), wanted) ? wanted : 1;
    };
    this.binding = binding;
    this.model = model;
    this.plan = plan;
    this.stored = storedWeights(model);
    const initial = initialWeights(model, plan.seed);
    this.kept = stateOf(this.stored, plan.optimizer);
    this.first = new Map(this.kept.map(({ name, shape, start }) => [name, initial.get(name) ?? { shape, data: filled(sizeOf(shape), start) }]));
  }

  /** Writes a step's graph, and throws what is in its way. */
  prepare(): void {
    this.nodesAt();
  }

  /** Of a step's graph without replicas; infinite where it has loops, whose rounds last so long that sharing out saves nothing. */
  private nodesAt(row = rowShapeAt(this.model, leastSize(this.model))): number {
    const key = row.join();
    let nodes = this.nodes.get(key);
    if (nodes === undefined) {
      const step = this.write([{ kind: "train", rows: 2, steps: 1, compiled: false, given: [], shape: row }], () => 1);
      this.nodes.set(key, (nodes = step.functions.length > 0 ? Infinity : step.size));
    }
    return nodes;
  }

  /** Short steps share a run: starting one costs as much as a small step. */
  get stepsAtOnce(): number {
    return this.atOnce;
  }

  /** The axis of labels that tells outputs apart. */
  private get perHead(): readonly number[] {
    return this.plan.heads.length > 1 ? [this.plan.heads.length] : [];
  }

  expect(pieces: readonly Pick<Piece, "batches" | "shape">[]): void {
    const sizes = pieces.flatMap(({ batches, shape }) => [...new Set(batches.map((b) => b.length))].map((rows) => ({ rows, shape })));
    this.coming = [...new Map(sizes.map((s) => [`${s.rows}: ${s.shape.join()}`, s])).values()];
  }

  async train(table: Table, steps: readonly Step[]): Promise<readonly StepResult[]> {
    checkTable(this.model, this.plan, table);
    if (this.batch === undefined) this.begin(table, steps[0]!);
    const results: StepResult[] = [];
    for (let at = 0; at < steps.length; ) {
      const size = steps[at]!.rows.length;
      const given = givenBy(steps[at]!).join();
      const alike = steps.slice(at).findIndex((s) => s.rows.length !== size || givenBy(s).join() !== given);
      const left = alike < 0 ? steps.length - at : alike;
      const count = size !== this.batch ? 1 : this.compiled ? Math.min(left, this.stepsAtOnce) : left >= this.stepsAtOnce ? this.stepsAtOnce : 1;
      results.push(...this.run(table, steps.slice(at, at + count), this.compiled && size === this.batch));
      if (!Number.isFinite(results.at(-1)!.loss)) break;
      at += count;
    }
    return results;
  }

  async evaluate(table: Table, rows: Int32Array): Promise<StepResult> {
    const size = Math.max(rows.length, this.batch ?? ROWS, 32);
    const program: Program = { kind: "evaluate", rows: size, shape: table.shape };
    const mask = new Float32Array(size).fill(1, 0, rows.length);
    return resultOf(this.plan, this.call(table, program, { rows: [padded(rows, size), [size]], mask: [mask, [size]] }));
  }

  async predict(table: Table, rows: Int32Array): Promise<Float32Array> {
    const { heads } = this.plan;
    return probable(heads, this.valuesOf(heads.map((h) => h.node), table, rows));
  }

  async measure(part: Part): Promise<void> {
    const fresh = await inputMoments(this.model, part, (node, table, rows) => this.valuesOf([node], table, rows), (table) => this.forget(table));
    if (fresh.size > 0) await this.setWeights(fresh);
  }

  forget(table: Table): void {
    const held = this.held.get(table);
    if (held) for (const h of [held.x, held.y]) release(this.binding, h);
    this.held.delete(table);
  }

  async weights(): Promise<ReadonlyMap<string, WeightData>> {
    const names = new Set(this.stored.map(({ name }) => name));
    return this.fetch(({ name }) => names.has(name));
  }

  async setWeights(weights: ReadonlyMap<string, WeightData>): Promise<void> {
    if (this.runtime) this.send(this.runtime, weights);
    else for (const [name, { shape, data }] of weights) this.first!.set(name, { shape, data: data.slice() });
  }

  async state(): Promise<ReadonlyMap<string, WeightData>> {
    return this.fetch(() => true);
  }

  async setState(state: ReadonlyMap<string, WeightData>): Promise<void> {
    await this.setWeights(state);
  }

  async diagnose(table: Table, step: Step, training: boolean): Promise<Culprit | undefined> {
    const program: Program = { kind: "diagnose", rows: step.rows.length, training, shape: table.shape };
    const flags = this.call(table, program, { rows: [step.rows, [step.rows.length]], step: [Int32Array.of(step.number), []] });
    const at = flags.findIndex((fine) => fine === 0);
    return at < 0 ? undefined : { node: Math.floor(at / 2), what: at % 2 === 0 ? "weights" : "output" };
  }

  async inspect(table: Table, step: Step): Promise<readonly LayerMeasures[]> {
    const program: Program = { kind: "inspect", rows: step.rows.length, shape: table.shape, given: givenBy(step) };
    return measuresOf(this.model, this.call(table, program, fedBy(this.plan, table, [step], program.rows, 1, program.given)));
  }

  async activity(table: Table, rows: Int32Array): Promise<ReadonlyMap<number, Float32Array>> {
    const size = Math.max(rows.length, this.batch ?? ROWS, 32);
    return activityOf(this.model, this.call(table, { kind: "activity", rows: size, shape: table.shape }, { rows: [padded(rows, size), [size]] }));
  }

  dispose(): void {
    for (const table of [...this.held.keys()]) this.forget(table);
    this.runtime?.dispose();
  }

  /** The programs of a whole run, so that the graph is written once. */
  private begin({ shape: own }: Table, first: Step): void {
    const coming = this.coming.length > 0 ? this.coming : [{ rows: first.rows.length, shape: own }];
    const batch = this.expected?.batch ?? Math.max(first.rows.length, ...coming.map((c) => c.rows));
    this.batch = batch;
    const count = this.expected?.steps ?? 0;
    this.atOnce = together(this.model, batch, count, this.nodesAt() * this.replicas(batch));
    this.compiled = compiles(this.model, batch, count);
    const sizes: Program[] = coming.flatMap(({ rows, shape }): Program[] => {
      const step = { kind: "train", rows, steps: 1, compiled: false, shape, given: givenBy(first) } as const;
      if (rows < batch) return [step];
      return [
        { kind: "evaluate", rows: Math.max(rows, 32), shape },
        ...(this.compiled ? [] : [step]),
        ...(this.stepsAtOnce > 1 ? [{ ...step, steps: this.stepsAtOnce, compiled: this.compiled }] : []),
        ...(this.expected?.measured ? [{ kind: "inspect", rows, shape, given: step.given } as const, { kind: "activity", rows: Math.max(rows, 32), shape } as const] : []),
      ];
    });
    this.include(sizes);
  }

  private run(table: Table, steps: readonly Step[], compiled: boolean): StepResult[] {
    const rows = steps[0]!.rows.length;
    const program: TrainProgram = { kind: "train", rows, steps: compiled ? this.stepsAtOnce : steps.length, compiled, shape: table.shape, given: givenBy(steps[0]!) };
    const counted = compiled && { count: [Int32Array.of(steps.length), []] as const };
    const out = this.call(table, program, { ...fedBy(this.plan, table, steps, rows, program.steps, program.given), ...counted });
    const results = steps.map((_, i) => resultOf(this.plan, out, numbersOf(this.plan) * i));
    const bad = results.findIndex((r) => !Number.isFinite(r.loss));
    return bad < 0 ? results : results.slice(0, bad + 1);
  }

  private valuesOf(nodes: readonly number[], table: Table, rows: Int32Array): Float32Array {
    const size = Math.max(rows.length, ROWS);
    const values = this.call(table, { kind: "infer", rows: size, nodes, shape: table.shape }, { rows: [padded(rows, size), [size]] });
    return values.subarray(0, (values.length / size) * rows.length);
  }

  private call(table: Table, program: Program, inputs: Fed): Float32Array {
    checkTable(this.model, this.plan, table);
    // TensorFlow would read past the table, or answer in its own words.
    const rows = inputs["rows"]![0];
    if (rows.some((r) => r < 0 || r >= table.rows)) throw new RangeError(`a batch names a row that is not among the table's ${table.rows}`);
    this.include([program]);
    const name = nameOf(program);
    const own = Object.entries(inputs).map(([key, [data, shape]]) => [`${name}/${key}`, hold(this.binding, data, shape)] as const);
    const { x, y } = this.tableOn(table);
    try {
      const labelled = program.kind === "train" || program.kind === "evaluate" || program.kind === "inspect";
      return this.runtime!.run({ [inputName(table.shape)]: x, ...(labelled && { y }), ...Object.fromEntries(own) }, [name])[0]!;
    } finally {
      for (const [, h] of own) release(this.binding, h);
    }
  }

  /** The table as TensorFlow's own arrays, made once. */
  private tableOn(table: Table): { x: Held; y: Held } {
    let held = this.held.get(table);
    if (!held) {
      held = { x: hold(this.binding, table.x, [table.rows, ...table.shape]), y: hold(this.binding, table.y, [table.y.length / this.plan.heads.length, ...this.perHead]) };
      this.held.set(table, held);
    }
    return held;
  }

  private include(programs: readonly Program[]): void {
    const missing = programs.filter((p) => !this.programs.has(nameOf(p)));
    if (missing.length === 0) return;
    for (const p of missing) this.programs.set(nameOf(p), p);
    const state = this.first ?? this.fetch(() => true);
    this.runtime?.dispose();
    this.runtime = new Runtime(this.binding, this.write([...this.programs.values()]).savedModel());
    this.send(this.runtime, state);
    this.first = undefined;
  }

  private write(programs: readonly Program[], replicas = this.replicas): Graph {
    const g = new Graph();
    const inputs = new Map<string, Value>();
    const inputOf = (shape: readonly number[]): Value => {
      const name = inputName(shape);
      const x = inputs.get(name) ?? g.input(name, [-1, ...shape], "float");
      inputs.set(name, x);
      return x;
    };
    const parts = { g, model: this.model, plan: this.plan, stored: this.stored, y: g.input("y", [-1, ...this.perHead], "float") };
    for (const p of programs) addProgram({ ...parts, x: inputOf(p.shape), replicas: (rows) => replicas(rows, p.shape) }, p);
    for (const [i, { name, shape }] of this.kept.entries()) {
      const handle = g.variable(name, shape);
      g.identity(g.read(handle), `get/${i}`);
      // The binding lends TensorFlow the memory of JavaScript's array. A variable that kept it would give it back on one of
      // TensorFlow's own threads, where V8's heap may not be touched.
      g.identity(g.scalar(1), `set/${i}`, [g.assign(handle, copy(g, g.input(`new/${i}`, shape, "float")))]);
    }
    return g;
  }

  /** A copy of what is kept under some names, in the model's order. */
  private fetch(wanted: (kept: Kept) => boolean): Map<string, WeightData> {
    const found = this.kept.flatMap((k, i) => (wanted(k) ? [{ ...k, node: `get/${i}` }] : []));
    if (!this.runtime) return new Map(found.map(({ name, shape }) => [name, { shape, data: this.first!.get(name)!.data.slice() }]));
    const values = found.length === 0 ? [] : this.runtime.run({}, found.map(({ node }) => node));
    return new Map(found.map(({ name, shape }, i) => [name, { shape, data: values[i]! }]));
  }

  private send(runtime: Runtime, values: ReadonlyMap<string, WeightData>): void {
    const sent = this.kept.flatMap(({ name }, i) => (values.has(name) ? [{ i, held: hold(this.binding, values.get(name)!.data, values.get(name)!.shape) }] : []));
    if (sent.length === 0) return;
    runtime.run(Object.fromEntries(sent.map(({ i, held }) => [`new/${i}`, held])), sent.map(({ i }) => `set/${i}`));
    for (const { held } of sent) release(this.binding, held);
  }
}

/** Zeros are left untouched: the system gives them no memory until they are written to. */
const filled = (size: number, value: number): Float32Array => (value === 0 ? new Float32Array(size) : new Float32Array(size).fill(value));

const inputName = (shape: readonly number[]): string => ["x", ...shape].join("_");
