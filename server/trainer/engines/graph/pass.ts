import type { Model, Node } from "../../../language/index.ts";
import type { TrainPlan } from "../../plan.ts";
import { inputShapes } from "../../shapes.ts";
import { weightNames } from "../tfjs/forward.ts";
import { rates, type Stored } from "../tfjs/weights.ts";
import { type Graph, sizeOf, type Value } from "./builder.ts";
import { fused } from "./fused.ts";
import { rowLosses } from "./losses.ts";
import { abs, add, mean, mul, square, sum } from "./math.ts";
import { gather, reshape, sliceAxis } from "./moves.ts";
import { GraphOps, type Flow } from "./ops.ts";

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

/** The rows that flow through a model at once. */
export interface Batch {
  /** [rows, ...shape] */
  readonly input: Value;
  /** Class indices or numbers [rows], or targets [rows, outputs]. */
  readonly labels: () => Value;
  /** Factors of the rows' losses [rows]. */
  readonly weights?: Value | undefined;
}

/** Rows of the table by their numbers [rows]. */
export function rowsOf(parts: Parts, rows: Value): Batch {
  const { g, x } = parts;
  return { input: gather(g, x, rows), labels: () => labelsOf(parts, rows) };
}

/** Class indices or numbers [rows]; the rows themselves [rows, outputs] where they are reconstructed. */
export function labelsOf({ g, x, y, plan }: Parts, rows: Value): Value {
  return plan.head.reconstructs ? flat(g, gather(g, x, rows)) : gather(g, y, rows);
}

/** [rows, outputs] */
export const flat = (g: Graph, v: Value): Value => (v.shape.length <= 2 ? v : reshape(g, v, [v.shape[0]!, v.shape.slice(1).reduce((a, b) => a * b, 1)]));

interface PassOptions {
  readonly training: boolean;
  /** The step's number [], which draws follow from. */
  readonly step: Value | undefined;
  /** A weight's value, by its name. */
  readonly weight: (name: string, shape: readonly number[]) => Value;
}

export interface Judged {
  /** Of each row, factors included. */
  readonly losses: Value;
  readonly output: Value;
  readonly labels: Value;
  /** What each node gives, by its number. */
  readonly values: readonly Flow[];
}

/** A model's layers over some rows. */
export class Pass {
  private readonly ops: GraphOps;
  private readonly parts: Parts;
  private readonly batch: Batch;
  private readonly options: PassOptions;
  private readonly weights = new Map<string, Flow>();

  constructor(parts: Parts, batch: Batch, options: PassOptions) {
    this.parts = parts;
    this.batch = batch;
    this.options = options;
    this.ops = new GraphOps(parts.g, { training: options.training, batch: batch.input.shape[0]!, seed: parts.plan.seed, step: options.step });
  }

  weight(name: string): Flow {
    let flow = this.weights.get(name);
    if (!flow) {
      const { spec } = this.parts.stored.find((s) => s.name === name)!;
      this.weights.set(name, (flow = { value: this.options.weight(name, spec.shape as number[]), perRow: false }));
    }
    return flow;
  }

  /** Values of the nodes up to `last`. */
  values(last: number): Flow[] {
    const { model } = this.parts;
    const values: Flow[] = [];
    const inputs = this.inputs();
    for (const node of model.nodes.slice(0, last + 1)) values.push(node.layer ? this.apply(node, values) : { value: inputs[model.inputs.indexOf(node.id)]!, perRow: true });
    return values;
  }

  /** What flows into each input, cut out of the rows. */
  private inputs(): Value[] {
    const { g, model } = this.parts;
    const { input } = this.batch;
    const [batch, ...row] = input.shape as readonly [number, ...number[]];
    if (model.inputs.length === 1) return [input];
    let from = 0;
    return inputShapes(model, row).map((shape) => {
      const width = sizeOf(shape);
      const own = sliceAxis(g, input, 1, from, width);
      from += width;
      return reshape(g, own, [batch, ...shape]);
    });
  }

  judged(): Judged {
    const { g, plan, model } = this.parts;
    const values = this.values(model.outputs[0]!);
    const labels = this.batch.labels();
    const output = flat(g, values[model.outputs[0]!]!.value);
    const losses = rowLosses(g, plan, output, plan.head.logits && flat(g, values[plan.head.logits.node]!.value), labels);
    return { losses: this.batch.weights ? mul(g, losses, this.batch.weights) : losses, output, labels, values };
  }

  /** The mean of the rows' losses, and the penalties. */
  loss(losses: Value): Value {
    const extra = this.penalty();
    const own = mean(this.parts.g, losses, [0]);
    return extra ? add(this.parts.g, own, extra) : own;
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
  updates(): ReadonlyMap<string, Value> {
    return new Map(
      [...this.weights].flatMap(([name, flow]) => {
        const fresh = this.ops.assigned.get(flow);
        return fresh ? [[name, fresh] as const] : [];
      }),
    );
  }

  private apply(node: Node, values: readonly Flow[]): Flow {
    const names = weightNames(this.parts.model, node);
    const weights = Object.fromEntries(names.map((name, i) => [node.weights[i]!.key, this.weight(name)]));
    const inputs = node.inputs.map((id) => values[id]!);
    return fused(this.parts.g, this.ops, node, inputs, weights) ?? node.layer!.forward<Flow>(this.ops, node.args, inputs, weights);
  }
}

/** Weights as they stand in their variables. */
export const stored = (g: Graph, after: Parameters<Graph["read"]>[1] = []) => (name: string, shape: readonly number[]): Value => g.read(g.variable(name, shape), after);

