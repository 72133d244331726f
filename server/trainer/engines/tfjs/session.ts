import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Model, Node } from "../../../language/index.ts";
import type { Part } from "../../data/part.ts";
import { lastNode, type TrainPlan, widthOfHeads } from "../../plan.ts";
import type { Culprit, Session, Step, StepResult, Table, WeightData } from "../engine.ts";
import { canDie, type LayerMeasures, learningWeights, measuresOf, NUMBERS, outputNumbers } from "../measures.ts";
import { probable, resultOf } from "../judged.ts";
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

  async evaluate(table: Table, rows: Int32Array): Promise<StepResult> {
    const { tf, plan } = this;
    const numbers = tf.tidy(() => {
      const pass = this.pass(this.rows(table, rows), false, 0);
      const labels = this.labels(table, rows);
      const sums = this.losses(pass, labels, undefined).map((losses) => tf.sum(losses) as Scalar);
      const sum = this.together(sums);
      const extra = penalty(tf, this.stored, this.variables);
      const total = extra ? tf.add<Scalar>(sum, tf.mul(extra, rows.length)) : sum;
      return tf.stack(told(total, sums, this.correct(pass, labels))).dataSync();
    });
    return resultOf(plan, numbers);
  }

  async predict(table: Table, rows: Int32Array): Promise<Float32Array> {
    return this.tf.tidy(() => {
      const { ends } = this.pass(this.rows(table, rows), false, 0);
      const outputs = ends.map(({ output }) => output);
      return probable(this.plan.heads, Float32Array.from((outputs.length === 1 ? outputs[0]! : this.tf.concat(outputs, 1)).dataSync()));
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
      const { updates } = forward(tf, this.model, this.plan.heads, this.variables, this.rows(table, step.rows), {
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
    const numbers = new Float32Array((lastNode(this.model) + 1) * NUMBERS);
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
    for (const node of this.model.nodes.slice(0, lastNode(this.model) + 1)) {
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
      const table = { rows, shape, x: new Float32Array(rows * size(shape)), y: new Float32Array(rows * this.plan.heads.length) };
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
    return this.backward(table, step, ({ result, weights, pass }) => {
      if (Number.isFinite(result.loss)) {
        this.optimizer.apply(weights, step.learningRate, step.number);
        for (const [variable, fresh] of pass.updates) variable.assign(fresh);
      }
      return result;
    });
  }

  /** Loss and gradients of a step, for `use`; gone after it. `visit` sees what each node gives. */
  private backward<T>(table: Table, step: Step, use: (found: { result: StepResult; weights: Learning[]; pass: Pass }) => T, visit?: (node: Node, value: Tensor) => boolean): T {
    const { tf, plan } = this;
    const learning = this.stored.filter((w) => w.spec.trainable);
    let pass: Pass | undefined;
    let seen: readonly Tensor[] = [];
    const result = tf.tidy(() => {
      const count = step.rows.length;
      const x = step.x ? tf.tensor(step.x, [count, ...table.shape], "float32") : this.rows(table, step.rows);
      const labels = step.targets ? this.cut(tf.tensor(step.targets, [count, widthOfHeads(plan)], "float32"), plan.heads.map((h) => h.outputs)) : this.labels(table, step.rows);
      const compute = () => {
        pass = this.pass(x, true, step.number, visit);
        const means = this.losses(pass, labels, step.weights).map((losses) => tf.mean(losses) as Scalar);
        seen = [...means, ...this.correct(pass, labels)].map((t) => tf.keep(t));
        const loss = this.together(means);
        const extra = penalty(tf, this.stored, this.variables);
        return (extra ? tf.add(loss, extra) : loss) as Scalar;
      };
      const { value, grads } = learning.length > 0 ? tf.variableGrads(compute, learning.map((w) => this.variables.get(w.name)!)) : { value: compute(), grads: {} };
      const heads = plan.heads.length;
      const numbers = tf.stack(told(value, seen.slice(0, heads) as Scalar[], seen.slice(heads) as Scalar[])).dataSync();
      const weights = learning.map(({ name, spec }) => {
        const variable = this.variables.get(name)!;
        return { name, variable, decays: spec.decays, gradient: grads[variable.name] ?? tf.zerosLike(variable) };
      });
      return use({ result: resultOf(plan, numbers), weights, pass: pass! }) as never;
    }) as T;
    tf.dispose([...seen, ...pass!.updates.values()]);
    return result;
  }

  private pass(x: Tensor, training: boolean, step: number, visit?: (node: Node, value: Tensor) => boolean): Pass {
    return forward(this.tf, this.model, this.plan.heads, this.variables, x, { training, seed: this.plan.seed, step, ...(visit && { visit }) });
  }

  /** Loss of each row, by output. `weights`: factors [rows, outputs compared]. */
  private losses({ ends }: Pass, labels: readonly Tensor[], weights: Float32Array | undefined): Tensor[] {
    const { tf, plan: { heads } } = this;
    return heads.map((head, i) => {
      const losses = rowLosses(tf, head, ends[i]!.output, ends[i]!.logits, labels[i]!);
      return weights ? tf.mul(losses, tf.tensor(weights.filter((_, k) => k % heads.length === i), [weights.length / heads.length], "float32")) : losses;
    });
  }

  /** Losses of the outputs, weighed. */
  private together(losses: readonly Scalar[]): Scalar {
    const { tf, plan: { heads } } = this;
    return losses.map((loss, i) => (heads[i]!.weight === 1 ? loss : tf.mul<Scalar>(loss, heads[i]!.weight))).reduce((a, b) => tf.add(a, b));
  }

  private correct({ ends }: Pass, labels: readonly Tensor[]): Scalar[] {
    const { tf } = this;
    return this.plan.heads.map((head, i) => (head.kind === "number" ? tf.scalar(0) : (countCorrect(tf, head, ends[i]!.output, labels[i]!) as Scalar)));
  }

  /** Columns of [rows, widths together], so many for each. */
  private cut(t: Tensor, widths: readonly number[]): readonly Tensor[] {
    return widths.length === 1 ? [t] : this.tf.split(t, [...widths], 1);
  }

  /** Values of node `id` for these rows. */
  private valuesOf(id: number, table: Table, rows: Int32Array): Float32Array {
    return this.tf.tidy(() => {
      let found: Float32Array | undefined;
      forward(this.tf, this.model, [], this.variables, this.rows(table, rows), {
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

  /** What each output is compared with: [rows], or [rows, outputs] where it is the rows themselves. */
  private labels(table: Table, rows: Int32Array): readonly Tensor[] {
    const { y } = table;
    const { heads } = this.plan;
    return heads.map(({ reconstructs }, i) =>
      reconstructs ? this.tf.reshape(this.rows(table, rows), [rows.length, -1]) : this.tf.tensor(Float32Array.from(rows, (row) => y[row * heads.length + i]!), [rows.length], "float32"),
    );
  }
}

/** As judged.ts has them. */
const told = (loss: Scalar, losses: readonly Scalar[], correct: readonly Scalar[]): Scalar[] => (losses.length === 1 ? [loss, correct[0]!] : [loss, ...losses.flatMap((own, i) => [own, correct[i]!])]);
