import type { Model, Node } from "../../../language/index.ts";
import type { TrainPlan } from "../../plan.ts";
import { weightNames } from "../tfjs/forward.ts";
import { rates, type Stored } from "../tfjs/weights.ts";
import { type Graph, type GraphNode, type as typed, type Value } from "./builder.ts";
import { fused } from "./fused.ts";
import { gradients } from "./gradient.ts";
import { countCorrect, rowLosses } from "./losses.ts";
import { abs, add, cast, mean, mul, square, sum } from "./math.ts";
import { gather, sliceAxis, stack, unstack, zeros } from "./moves.ts";
import { GraphOps, type Flow } from "./ops.ts";
import { clip, slotsOf, update } from "./optimizers.ts";

/** What one session run does. `rows` is the batch, a number: the graph's shapes are static. */
export type Program = Sized &
  (
    | { readonly kind: "train"; readonly steps: number }
    | { readonly kind: "evaluate" }
    /** The values of a node. */
    | { readonly kind: "infer"; readonly node: number }
    | { readonly kind: "diagnose"; readonly training: boolean }
  );

interface Sized {
  readonly rows: number;
  /** Of a row: another size of a symbol is another program. */
  readonly shape: readonly number[];
}

export const nameOf = (p: Program): string => [p.kind, p.rows, ...p.shape.map((d) => `d${d}`), "steps" in p ? p.steps : "node" in p ? p.node : "training" in p ? p.training : ""].join("_");

/** What every program is made of. */
export interface Parts {
  readonly g: Graph;
  readonly model: Model;
  readonly plan: TrainPlan;
  readonly stored: readonly Stored[];
  /** The table's rows: x [rows, ...shape], y [rows]. */
  readonly x: Value;
  readonly y: Value;
}

/** Adds a program; its result is the node of its name, its inputs are named after it. */
export function addProgram(parts: Parts, program: Program): void {
  const { g } = parts;
  const name = nameOf(program);
  if (program.kind === "train") return addTraining(parts, program, name);
  const rows = g.input(`${name}/rows`, [program.rows], "int32");
  const step = program.kind === "diagnose" ? g.input(`${name}/step`, [], "int32") : undefined;
  const pass = new Pass(parts, { rows, training: program.kind === "diagnose" && program.training, step });
  if (program.kind === "infer") g.identity(pass.values(program.node)[program.node]!.value, name);
  else if (program.kind === "evaluate") {
    const mask = g.input(`${name}/mask`, [program.rows], "float");
    const { losses, output, labels } = pass.judged();
    const extra = pass.penalty();
    const loss = sum(g, mul(g, losses, mask), [0]);
    const all = extra ? add(g, loss, mul(g, extra, sum(g, mask, [0]))) : loss;
    g.identity(stack(g, [all, countCorrect(g, parts.plan, output, labels, mask)], 0), name);
  } else {
    const values = pass.values(parts.model.outputs[0]!);
    const finite = (v: Value) => cast(g, g.add("All", [g.add("IsFinite", [v], [{ shape: v.shape, dtype: "bool" }], { attrs: { T: typed("float") } })[0]!, g.ints(v.shape.map((_, i) => i))], [{ shape: [], dtype: "bool" }], { attrs: { Tidx: typed("int32"), keep_dims: { b: false } } })[0]!, "float");
    const flags = values.flatMap((v, id) => {
      const weights = weightNames(parts.model, parts.model.nodes[id]!).map((w) => finite(pass.weight(w).value));
      return [weights.length > 0 ? weights.reduce((a, b) => mul(g, a, b)) : g.scalar(1), finite(v.value)];
    });
    g.identity(stack(g, flags, 0), name);
  }
}

/** A model's layers over some rows of the table. */
class Pass {
  readonly ops: GraphOps;
  readonly labels: () => Value;
  private readonly parts: Parts;
  private readonly input: Value;
  private readonly after: readonly GraphNode[];
  private readonly weights = new Map<string, Flow>();

  constructor(parts: Parts, { rows, training, step, after = [] }: { rows: Value; training: boolean; step: Value | undefined; after?: readonly GraphNode[] }) {
    this.parts = parts;
    this.after = after;
    const { g, x, y, plan } = parts;
    this.input = gather(g, x, rows);
    this.labels = () => gather(g, y, rows);
    this.ops = new GraphOps(g, { training, batch: rows.shape[0]!, seed: plan.seed, step });
  }

  weight(name: string): Flow {
    let flow = this.weights.get(name);
    if (!flow) {
      const { spec } = this.parts.stored.find((s) => s.name === name)!;
      this.weights.set(name, (flow = { value: this.parts.g.read(this.parts.g.variable(name, spec.shape as number[]), this.after), perRow: false }));
    }
    return flow;
  }

  /** Values of the nodes up to `last`. */
  values(last: number): Flow[] {
    const values: Flow[] = [];
    for (const node of this.parts.model.nodes.slice(0, last + 1)) values.push(node.layer ? this.apply(node, values) : { value: this.input, perRow: true });
    return values;
  }

  judged(): { losses: Value; output: Value; labels: Value } {
    const { g, plan, model } = this.parts;
    const values = this.values(model.outputs[0]!);
    const labels = this.labels();
    const output = values[model.outputs[0]!]!.value;
    return { losses: rowLosses(g, plan, output, plan.head.logits && values[plan.head.logits.node]!.value, labels), output, labels };
  }

  /** Σ l1·|w| + l2·w² over the kernels of layers that ask for it. */
  penalty(): Value | undefined {
    const { g, stored } = this.parts;
    const terms: Value[] = [];
    for (const { name, node, spec } of stored) {
      const { l1, l2 } = rates(node);
      if (!spec.decays || !spec.trainable || (l1 === 0 && l2 === 0)) continue;
      const w = this.weight(name).value;
      const axes = w.shape.map((_, i) => i);
      if (l1 > 0) terms.push(mul(g, sum(g, abs(g, w), axes), g.scalar(l1)));
      if (l2 > 0) terms.push(mul(g, sum(g, square(g, w), axes), g.scalar(l2)));
    }
    return terms.length === 0 ? undefined : terms.reduce((a, b) => add(g, a, b));
  }

  /** New values of measured weights, by name. */
  updates(): [string, Value][] {
    return [...this.weights].flatMap(([name, flow]): [string, Value][] => {
      const fresh = this.ops.assigned.get(flow);
      return fresh ? [[name, fresh]] : [];
    });
  }

  private apply(node: Node, values: readonly Flow[]): Flow {
    const names = weightNames(this.parts.model, node);
    const weights = Object.fromEntries(names.map((name, i) => [node.weights[i]!.key, this.weight(name)]));
    const inputs = node.inputs.map((id) => values[id]!);
    return fused(this.parts.g, this.ops, node, inputs, weights) ?? node.layer!.forward<Flow>(this.ops, node.args, inputs, weights);
  }
}

/**
 * `steps` steps one after another. Inputs: rows [steps · rows], rates [steps, 2] (learning rate, optimizer's own), step
 * numbers [steps]. Result: [steps, 2], loss and right answers. From the first step whose loss is not finite on,
 * nothing is changed any more.
 */
function addTraining(parts: Parts, { rows, steps }: { rows: number; steps: number }, name: string): void {
  const { g } = parts;
  const all = g.input(`${name}/rows`, [steps * rows], "int32");
  const rates = unstack(g, g.input(`${name}/rates`, [steps, 2], "float"), 0);
  const numbers = unstack(g, g.input(`${name}/numbers`, [steps], "int32"), 0);
  const results: Value[] = [];
  let before: StepEnd | undefined;
  for (let i = 0; i < steps; i++) {
    before = addStep(parts, sliceAxis(g, all, 0, i * rows, rows), numbers[i]!, unstack(g, rates[i]!, 0) as [Value, Value], before);
    results.push(before.result);
  }
  g.identity(stack(g, results, 0), name);
}

interface StepEnd {
  readonly result: Value;
  /** Every step up to here had a finite loss. */
  readonly fine: Value;
  /** Ran once everything of the step has. */
  readonly end: GraphNode;
}

function addStep(parts: Parts, rows: Value, number: Value, [learningRate, rate]: readonly [Value, Value], before: StepEnd | undefined): StepEnd {
  const { g, plan, stored } = parts;
  const pass = new Pass(parts, { rows, training: true, step: number, after: before ? [before.end] : [] });
  const { losses, output, labels } = pass.judged();
  const extra = pass.penalty();
  const loss = extra ? add(g, mean(g, losses, [0]), extra) : mean(g, losses, [0]);
  const finite = g.add("IsFinite", [loss], [{ shape: [], dtype: "bool" }], { attrs: { T: typed("float") } })[0]!;
  const fine = before ? g.add("LogicalAnd", [finite, before.fine], [finite])[0]! : finite;

  // What goes through a switch that is off runs nothing after it.
  const gated = (v: Value) => g.add("Switch", [v, fine], [v, v], { attrs: { T: typed(v.dtype) } })[1]!;
  const learning = stored.filter((w) => w.spec.trainable);
  const found = gradients(g, loss, learning.map((w) => pass.weight(w.name).value)).map((d, i) => d ?? zeros(g, learning[i]!.spec.shape as number[]));
  const [lr, own] = [gated(learningRate), gated(rate)];
  const done = clip(g, found, plan.clip).map((d, i) => {
    const { name, spec } = learning[i]!;
    const slot = (key: string) => g.variable(`${name}:${key}`, spec.shape as number[]);
    return update(g, plan.optimizer, { handle: g.variable(name, spec.shape as number[]), weight: pass.weight(name).value, gradient: gated(d), decays: spec.decays, slot }, lr, own);
  });
  for (const [weight, value] of pass.updates()) done.push(g.assign(g.variable(weight, value.shape), gated(value)));

  const result = stack(g, [loss, countCorrect(g, plan, output, labels)], 0);
  const [off, on] = g.add("Switch", [result, fine], [result, result], { attrs: { T: typed("float") } });
  const merged = g.add("Merge", [off!, g.identity(on!, undefined, done)], [result, { shape: [], dtype: "int32" }], { attrs: { T: typed("float"), N: { i: 2 } } })[0]!;
  return { result: merged, fine, end: merged.node };
}

/** Names of everything that a run changes: weights, and what the optimizer keeps; with shapes and first values of slots. */
export function stateOf(stored: readonly Stored[], plan: TrainPlan): { name: string; shape: readonly number[]; start: number }[] {
  const slots = Object.entries(slotsOf(plan.optimizer));
  return stored.flatMap(({ name, spec }) => {
    const shape = spec.shape as readonly number[];
    const own = { name, shape, start: 0 };
    return spec.trainable ? [own, ...slots.map(([key, start]) => ({ name: `${name}:${key}`, shape, start }))] : [own];
  });
}
