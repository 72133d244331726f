import { lastNode } from "../../plan.ts";
import { canDie, learningWeights, NUMBERS, rangeEnds } from "../measures.ts";
import { slotName, slotsOf } from "../state.ts";
import { type Graph, sizeOf, type Value } from "./builder.ts";
import { abs, cast, compare, max, mean, square, sub, sum } from "./math.ts";
import { concat, reshape, stack, unstack } from "./moves.ts";
import { fresh } from "./optimizers.ts";
import { type Parts, stored } from "./pass.ts";
import { Replicas } from "./replicas.ts";
import { batchesOf, type Given, inputsOf, learn } from "./training.ts";

/** A step's measures, `NUMBERS` for each node: measuresOf reads them. Inputs are those of a training program of one step. */
export function addInspection(parts: Parts, { rows, shape, given }: { readonly rows: number; readonly shape: readonly number[]; readonly given: readonly Given[] }, name: string): void {
  const { g, model, plan } = parts;
  const all = inputsOf(parts, { kind: "train", rows, shape, steps: 1, compiled: false, given }, name);
  const replicas = new Replicas(parts, rows, batchesOf(parts, all), { training: true, step: reshape(g, all.numbers, []), weight: stored(g) });
  const { learning, found, clipped } = learn(parts, replicas);
  const values = replicas.values();
  const [learningRate, rate] = unstack(g, reshape(g, all.rates, [2]), 0);
  const slots = Object.keys(slotsOf(plan.optimizer));
  const none = g.scalar(0);

  /** Squared norms of gradient, weight and update. */
  const squares = new Map(
    learning.map(({ name: weight, spec }, i) => {
      const before = replicas.weight(weight).value;
      const kept = Object.fromEntries(slots.map((key) => [key, g.read(g.variable(slotName(weight, key), before.shape))]));
      const after = fresh(g, plan.optimizer, { weight: before, gradient: clipped[i]!, decays: spec.decays, slots: kept }, learningRate!, rate!);
      return [weight, [found[i]!, before, sub(g, after.weight, before)].map((v) => whole(g, square(g, v)))] as const;
    }),
  );
  const numbers = values.flatMap(({ value }, id) => {
    const node = model.nodes[id]!;
    const own = learningWeights(node).map((w) => squares.get(w)!);
    const norms = [0, 1, 2].map((k) => own.map((s) => s[k]!).reduce<Value>((a, b) => (a === none ? b : sum(g, stack(g, [a, b], 0), [0])), none));
    return [...norms, ...ofOutput(g, cast(g, value, "float"), rangeEnds(node))];
  });
  if (numbers.length !== NUMBERS * values.length) throw new Error("a node has other numbers than measuresOf reads");
  g.identity(stack(g, numbers, 0), name);
}

/** Mean, variance, share of zeros, and of what is past either end. */
function ofOutput(g: Graph, y: Value, ends: { readonly low: number; readonly high: number } | undefined): Value[] {
  const average = whole(g, y, mean);
  const share = (op: "Equal" | "LessEqual" | "GreaterEqual", to: number) => whole(g, cast(g, compare(g, op, y, g.scalar(to)), "float"), mean);
  const past = ends ? sum(g, stack(g, [share("LessEqual", ends.low), share("GreaterEqual", ends.high)], 0), [0]) : g.scalar(0);
  return [average, whole(g, square(g, sub(g, y, average)), mean), share("Equal", 0), past];
}

const whole = (g: Graph, v: Value, over = sum): Value => over(g, v, v.shape.map((_, i) => i));

/** Of every layer that can die, in the model's order: the largest |output| of each unit, all in one row. */
export function addActivity({ g, model }: Parts, replicas: Replicas, name: string): void {
  const values = replicas.values(lastNode(model));
  const parts = values.flatMap(({ value }, id) => (canDie(model.nodes[id]!) ? [max(g, abs(g, value), value.shape.slice(0, -1).map((_, i) => i))] : []));
  g.identity(parts.length > 0 ? concat(g, parts, 0) : g.constant([0], [1]), name);
}

/** How addActivity's row is cut. */
export function activityOf(model: Parts["model"], row: Float32Array): ReadonlyMap<number, Float32Array> {
  let at = 0;
  const dying = model.nodes.filter((n) => n.id <= lastNode(model) && canDie(n));
  return new Map(dying.map((n) => [n.id, row.slice(at, (at += n.type!.shape.length > 0 ? sizeOf(n.type!.shape.slice(-1) as number[]) : 1))]));
}
