import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Model, Node } from "../../../language/index.ts";
import type { Part } from "../../data/part.ts";
import type { TrainPlan } from "../../plan.ts";
import type { Culprit, Session, Step, StepResult, Table, WeightData } from "../engine.ts";
import { canDie, type LayerMeasures, learningWeights, measuresOf, NUMBERS, outputNumbers } from "../measures.ts";
import { inputMoments } from "../moments.ts";
import { stateOf } from "../state.ts";
import { forward, type Pass, weightNames } from "./forward.ts";
import { countCorrect, rowLosses } from "./losses.ts";
import { type Learning, makeOptimizer, type Optimizer } from "./optimizers.ts";
import { size, type Tf } from "./value.ts";
import { initialWeights, penalty, type Stored, storedWeights } from "./weights.ts";

/** Runs a model operation by operation with tfjs, on the backend that is set. */
export class TfSession implements Session {
  readonly stepsAtOnce = 1;
  private readonly tf: Tf;
  private readonly model: Model;
  private readonly plan: TrainPlan;
  private readonly stored: readonly Stored[];
  private readonly variables = new Map<string, Variable>();
  private readonly optimizer: Optimizer;

  constructor(tf: Tf, model: Model, plan: TrainPlan) {
    this.tf = tf;
    this.model = model;
    this.plan = plan;
    this.stored = storedWeights(model);
    const initial = initialWeights(model, plan.seed);
    for (const { name, spec } of this.stored) {
      const { shape, data } = initial.get(name)!;
      this.variables.set(name, tf.tidy(() => tf.variable(tf.tensor(data, [...shape], "float32"), spec.trainable)));
    }
    this.optimizer = makeOptimizer(tf, plan.optimizer, plan.clip, this.stored.filter((w) => w.spec.trainable).map(({ name, spec }) => ({ name, shape: spec.shape as readonly number[] })));
  }

  expect(): void {
    // Nothing is compiled.
  }

  async train(table: Table, steps: readonly Step[]): Promise<readonly StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) {
      const result = this.step(table, step);
      results.push(result);
      if (!Number.isFinite(result.loss)) break;
    }
    return results;
  }

  async evaluate(table: Table, rows: Int32Array): Promise<{ loss: number; correct: number | undefined }> {
    const { tf, plan } = this;
    const [loss, correct] = tf.tidy(() => {
      const pass = this.pass(this.rows(table, rows), false, 0);
      const labels = this.labels(table, rows);
      const sum = tf.sum(rowLosses(tf, plan, pass.output, pass.logits, labels));
      const extra = penalty(tf, this.stored, this.variables);
      const total = extra ? tf.add(sum, tf.mul(extra, rows.length)) : sum;
      return tf.stack([total, this.correct(pass, labels)] as Scalar[]).dataSync();
    });
    return { loss: loss!, correct: plan.head.kind === "number" ? undefined : correct! };
  }

  async predict(table: Table, rows: Int32Array): Promise<Float32Array> {
    return this.tf.tidy(() => {
      const { output } = this.pass(this.rows(table, rows), false, 0);
      return Float32Array.from((this.plan.head.logarithmic ? this.tf.exp(output) : output).dataSync());
    });
  }

  async measure(part: Part): Promise<void> {
    await this.setWeights(await inputMoments(this.model, part, (node, table, rows) => this.valuesOf(node, table, rows), () => undefined));
  }

  forget(): void {
    // Nothing of a table is kept.
  }

  async weights(): Promise<ReadonlyMap<string, WeightData>> {
    return new Map([...this.variables].map(([name, v]) => [name, { shape: v.shape.slice(), data: Float32Array.from(v.dataSync()) }]));
  }

  async setWeights(weights: ReadonlyMap<string, WeightData>): Promise<void> {
    this.tf.tidy(() => {
      for (const [name, { shape, data }] of weights) this.variables.get(name)!.assign(this.tf.tensor(data, [...shape], "float32"));
    });
  }

  async state(): Promise<ReadonlyMap<string, WeightData>> {
    const names = stateOf(this.stored, this.plan.optimizer);
    return new Map(names.map(({ name, shape }) => [name, { shape, data: Float32Array.from((this.variables.get(name) ?? this.optimizer.slots.get(name)!).dataSync()) }]));
  }

  async setState(state: ReadonlyMap<string, WeightData>): Promise<void> {
    this.tf.tidy(() => {
      for (const [name, { shape, data }] of state) (this.variables.get(name) ?? this.optimizer.slots.get(name)!).assign(this.tf.tensor(data, [...shape], "float32"));
    });
  }

  async diagnose(table: Table, step: Step, training: boolean): Promise<Culprit | undefined> {
    const { tf } = this;
    let culprit: Culprit | undefined;
    tf.tidy(() => {
      const finite = (x: Tensor) => tf.all(tf.isFinite(x)).dataSync()[0] === 1;
      const { updates } = forward(tf, this.model, this.plan.head, this.variables, this.rows(table, step.rows), {
        training,
        seed: this.plan.seed,
        step: step.number,
        visit: (node, value) => {
          if (!weightNames(this.model, node).every((name) => finite(this.variables.get(name)!))) culprit = { node: node.id, what: "weights" };
          else if (value.dtype === "float32" && !finite(value)) culprit = { node: node.id, what: "output" };
          return culprit !== undefined;
        },
      });
      tf.dispose([...updates.values()]);
    });
    return culprit;
  }

  async inspect(table: Table, step: Step): Promise<readonly LayerMeasures[]> {
    const before = await this.state();
    const numbers = new Float32Array((this.model.outputs[0]! + 1) * NUMBERS);
    const gradients = this.backward(
      table,
      step,
      ({ weights }) => {
        const found = new Map(weights.map((w) => [w.name, w.gradient.dataSync() as Float32Array]));
        this.optimizer.apply(weights, step.learningRate, step.number);
        return found;
      },
      (node, value) => {
        numbers.set(outputNumbers(node, value.dataSync() as Float32Array), node.id * NUMBERS + 3);
        return false;
      },
    );
    const after = await this.state();
    await this.setState(before);
    for (const node of this.model.nodes.slice(0, this.model.outputs[0]! + 1)) {
      for (const name of learningWeights(node)) {
        const [old, fresh] = [before.get(name)!.data, after.get(name)!.data];
        const squares = [gradients.get(name)!, old, fresh.map((v, i) => v - old[i]!)].map((v) => v.reduce((sum, x) => sum + x * x, 0));
        for (const [k, v] of squares.entries()) numbers[node.id * NUMBERS + k]! += v;
      }
    }
    return measuresOf(this.model, numbers);
  }

  async rowBytes(shape: readonly number[]): Promise<number> {
    const peakOf = async (rows: number): Promise<number> => {
      const table = { rows, shape, x: new Float32Array(rows * size(shape)), y: new Float32Array(rows) };
      const step = { number: 0, rows: Int32Array.from({ length: rows }, (_, i) => i), learningRate: 0 };
      return (await this.tf.profile(() => void this.backward(table, step, () => undefined))).peakBytes;
    };
    // Profiling would look for values that are not finite, and print them.
    this.tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
    return (await peakOf(3)) - (await peakOf(2));
  }

  async activity(table: Table, rows: Int32Array): Promise<ReadonlyMap<number, Float32Array>> {
    const { tf } = this;
    const found = new Map<number, Float32Array>();
    tf.tidy(() => {
      this.pass(this.rows(table, rows), false, 0, (node, value) => {
        const axes = value.shape.slice(0, -1).map((_, i) => i);
        if (canDie(node)) found.set(node.id, Float32Array.from(tf.max(tf.abs(value), axes).dataSync()));
        return false;
      });
    });
    return found;
  }

  dispose(): void {
    this.optimizer.dispose();
    for (const variable of this.variables.values()) variable.dispose();
  }

  private step(table: Table, step: Step): StepResult {
    return this.backward(table, step, ({ loss, correct, weights, pass }) => {
      if (Number.isFinite(loss)) {
        this.optimizer.apply(weights, step.learningRate, step.number);
        for (const [variable, fresh] of pass.updates) variable.assign(fresh);
      }
      return { loss, correct: this.plan.head.kind === "number" ? undefined : correct };
    });
  }

  /** Loss and gradients of a step, for `use`; gone after it. `visit` sees what each node gives. */
  private backward<T>(table: Table, step: Step, use: (found: { loss: number; correct: number; weights: Learning[]; pass: Pass }) => T, visit?: (node: Node, value: Tensor) => boolean): T {
    const { tf, plan } = this;
    const learning = this.stored.filter((w) => w.spec.trainable);
    let pass: Pass | undefined;
    let correct: Tensor | undefined;
    const result = tf.tidy(() => {
      const count = step.rows.length;
      const x = step.x ? tf.tensor(step.x, [count, ...table.shape], "float32") : this.rows(table, step.rows);
      const labels = step.targets ? tf.tensor(step.targets, [count, plan.head.outputs], "float32") : this.labels(table, step.rows);
      const compute = () => {
        pass = this.pass(x, true, step.number, visit);
        correct = tf.keep(this.correct(pass, labels));
        const losses = rowLosses(tf, plan, pass.output, pass.logits, labels);
        const loss = tf.mean(step.weights ? tf.mul(losses, tf.tensor(step.weights, [count], "float32")) : losses);
        const extra = penalty(tf, this.stored, this.variables);
        return (extra ? tf.add(loss, extra) : loss) as Scalar;
      };
      const { value, grads } = learning.length > 0 ? tf.variableGrads(compute, learning.map((w) => this.variables.get(w.name)!)) : { value: compute(), grads: {} };
      const [loss, right] = tf.stack([value, correct!]).dataSync() as unknown as [number, number];
      const weights = learning.map(({ name, spec }) => {
        const variable = this.variables.get(name)!;
        return { name, variable, decays: spec.decays, gradient: grads[variable.name] ?? tf.zerosLike(variable) };
      });
      return use({ loss, correct: right, weights, pass: pass! }) as never;
    }) as T;
    tf.dispose([correct!, ...pass!.updates.values()]);
    return result;
  }

  private pass(x: Tensor, training: boolean, step: number, visit?: (node: Node, value: Tensor) => boolean): Pass {
    return forward(this.tf, this.model, this.plan.head, this.variables, x, { training, seed: this.plan.seed, step, ...(visit && { visit }) });
  }

  private correct(pass: Pass, labels: Tensor): Tensor {
    return this.plan.head.kind === "number" ? this.tf.scalar(0) : countCorrect(this.tf, this.plan, pass.output, labels);
  }

  /** Values of node `id` for these rows. */
  private valuesOf(id: number, table: Table, rows: Int32Array): Float32Array {
    return this.tf.tidy(() => {
      let found: Float32Array | undefined;
      forward(this.tf, this.model, undefined, this.variables, this.rows(table, rows), {
        training: false, seed: 0, step: 0,
        visit: (node, value) => node.id === id && (found = value.dataSync() as Float32Array) !== undefined,
      });
      return found!;
    });
  }

  private rows({ x, shape }: Table, rows: Int32Array): Tensor {
    const width = size(shape);
    const values = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) values.set(x.subarray(row * width, (row + 1) * width), i * width);
    return this.tf.tensor(values, [rows.length, ...shape], "float32");
  }

  private labels(table: Table, rows: Int32Array): Tensor {
    if (this.plan.head.reconstructs) return this.tf.reshape(this.rows(table, rows), [rows.length, -1]);
    const { y } = table;
    return this.tf.tensor(Float32Array.from(rows, (row) => y[row]!), [rows.length], "float32");
  }
}
