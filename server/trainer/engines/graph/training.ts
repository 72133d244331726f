import { widthOfHeads } from "../../plan.ts";
import { slotName } from "../state.ts";
import { type GraphNode, type as typed, type Value } from "./builder.ts";
import { gradients } from "./gradient.ts";
import { gather, sliceAxis, stack, unstack, zeros } from "./moves.ts";
import { clip, update } from "./optimizers.ts";
import { type Batch, labelsOf, type Parts, stored, targetsOf } from "./pass.ts";
import { Replicas } from "./replicas.ts";

/** What a step brings along, in place of what the table has. */
export type Given = "x" | "targets" | "weights";

export interface TrainProgram {
  readonly kind: "train";
  readonly rows: number;
  readonly shape: readonly number[];
  readonly steps: number;
  /** A loop made by XLA; else each step is written out. */
  readonly compiled: boolean;
  readonly given: readonly Given[];
}

/** Inputs of a training program: those of its steps, one after another along the first axis. */
export function inputsOf({ g, plan }: Parts, { rows, shape, steps, given }: TrainProgram, name: string) {
  const all = steps * rows;
  const input = (key: Given, size: readonly number[]) => (given.includes(key) ? g.input(`${name}/${key}`, size, "float") : undefined);
  return {
    rows: g.input(`${name}/rows`, [all], "int32"),
    /** Learning rate, and the optimizer's own. */
    rates: g.input(`${name}/rates`, [steps, 2], "float"),
    numbers: g.input(`${name}/numbers`, [steps], "int32"),
    x: input("x", [all, ...shape]),
    targets: input("targets", [all, widthOfHeads(plan)]),
    weights: input("weights", plan.heads.length === 1 ? [all] : [all, plan.heads.length]),
  };
}

/**
 * Steps one after another, each written out. Result: [steps, numbers], as judged.ts has them. From the first step whose loss
 * is not finite on, nothing is changed any more.
 */
export function addUnrolled(parts: Parts, program: TrainProgram, name: string): void {
  const { g } = parts;
  const { rows, steps } = program;
  const all = inputsOf(parts, program, name);
  const rates = unstack(g, all.rates, 0);
  const numbers = unstack(g, all.numbers, 0);
  const results: Value[] = [];
  let before: StepEnd | undefined;
  for (let i = 0; i < steps; i++) {
    const replicas = new Replicas(parts, rows, batchesOf(parts, all, i * rows), { training: true, step: numbers[i]!, weight: stored(g, before ? [before.end] : []) });
    before = addStep(parts, replicas, unstack(g, rates[i]!, 0) as [Value, Value], before);
    results.push(before.result);
  }
  g.identity(stack(g, results, 0), name);
}

/** Rows of a program's inputs, counted from `start` on. */
export function batchesOf(parts: Parts, { rows, x, targets, weights }: ReturnType<typeof inputsOf>, start = 0): (from: number, rows: number) => Batch {
  return (from, count) => {
    const own = <T extends Value | undefined>(v: T) => v && sliceAxis(parts.g, v, 0, start + from, count);
    return batchOf(parts, own(rows), own(x), own(targets), own(weights));
  };
}

/** Rows of the table, with what is given in place of its own. */
export function batchOf(parts: Parts, rows: Value, input: Value | undefined, targets: Value | undefined, weights: Value | undefined): Batch {
  return { input: input ?? gather(parts.g, parts.x, rows), labels: (head) => (targets ? targetsOf(parts, targets, head) : labelsOf(parts, rows, head)), weights };
}

interface StepEnd {
  readonly result: Value;
  /** Every step up to here had a finite loss. */
  readonly fine: Value;
  /** Ran once everything of the step has. */
  readonly end: GraphNode;
}

function addStep(parts: Parts, replicas: Replicas, [learningRate, rate]: readonly [Value, Value], before: StepEnd | undefined): StepEnd {
  const { g, plan } = parts;
  const { loss, told, learning, clipped } = learn(parts, replicas);
  const finite = g.add("IsFinite", [loss], [{ shape: [], dtype: "bool" }], { attrs: { T: typed("float") } })[0]!;
  const fine = before ? g.add("LogicalAnd", [finite, before.fine], [finite])[0]! : finite;

  // What goes through a switch that is off runs nothing after it.
  const gated = (v: Value) => g.add("Switch", [v, fine], [v, v], { attrs: { T: typed(v.dtype) } })[1]!;
  const [lr, own] = [gated(learningRate), gated(rate)];
  const done = clipped.map((d, i) => {
    const { name, spec } = learning[i]!;
    const slot = (key: string) => g.variable(slotName(name, key), spec.shape as number[]);
    return update(g, plan.optimizer, { handle: g.variable(name, spec.shape as number[]), weight: replicas.weight(name).value, gradient: gated(d), decays: spec.decays, slot }, lr, own);
  });
  for (const [weight, value] of replicas.updates()) done.push(g.assign(g.variable(weight, value.shape), gated(value)));

  const result = stack(g, told, 0);
  const [off, on] = g.add("Switch", [result, fine], [result, result], { attrs: { T: typed("float") } });
  const merged = g.add("Merge", [off!, g.identity(on!, undefined, done)], [result, { shape: [], dtype: "int32" }], { attrs: { T: typed("float"), N: { i: 2 } } })[0]!;
  return { result: merged, fine, end: merged.node };
}

/** The loss, what is told of it, and the gradients of the weights that learn, before and after clipping. */
export function learn(parts: Parts, replicas: Replicas) {
  const { g, plan } = parts;
  const { loss, told } = replicas.results();
  const learning = parts.stored.filter((w) => w.spec.trainable);
  const found = gradients(g, loss, learning.map((w) => replicas.weight(w.name).value)).map((d, i) => d ?? zeros(g, learning[i]!.spec.shape as number[]));
  return { loss, told, learning, found, clipped: clip(g, found, plan.clip) };
}
