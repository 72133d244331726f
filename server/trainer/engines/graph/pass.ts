import type { Model, Node } from "../../../language/index.ts";
import { lastNode, type TrainPlan } from "../../plan.ts";
import { inputShapes } from "../../shapes.ts";
import { weightNames } from "../tfjs/forward.ts";
import { penaltiesOf } from "../../../language/layers/penalties.ts";
import type { Stored } from "../tfjs/weights.ts";
import { type Graph, sizeOf, type Value } from "./builder.ts";
import { fused } from "./fused.ts";
import { countCorrect, rowLosses } from "./losses.ts";
import { abs, add, mean, mul, square, sum } from "./math.ts";
import { gather, reshape, sliceAxis } from "./moves.ts";
import { GraphOps, type Flow, type Share } from "./ops.ts";

/** What every program is made of. */
export interface Parts {
  readonly g: Graph;
  readonly model: Model;
  readonly plan: TrainPlan;
  readonly stored: readonly Stored[];
  /** How many replicas share the rows of a step. */
  readonly replicas: (rows: number) => number;
  /** The table's rows: x [rows, ...shape], y [rows], of several outputs [rows, outputs compared]. */
  readonly x: Value;
  readonly y: Value;
}

/** The rows that flow through a model at once. */
export interface Batch {
  /** [rows, ...shape] */
  readonly input: Value;
  /** Of an output: class indices or numbers [rows], or targets [rows, outputs]. */
  readonly labels: (head: number) => Value;
  /** Factors of the rows' losses [rows], of several outputs [rows, outputs compared]. */
  readonly weights?: Value | undefined;
}

/** Rows of the table by their numbers [rows]. */
export function rowsOf(parts: Parts, rows: Value): Batch {
  const { g, x } = parts;
  return { input: gather(g, x, rows), labels: (head) => labelsOf(parts, rows, head) };
}

/** What an output is compared with: class indices or numbers [rows]; the rows themselves [rows, outputs] where they are reconstructed. */
export function labelsOf({ g, x, y, plan }: Parts, rows: Value, head: number): Value {
  return plan.heads[head]!.reconstructs ? flat(g, gather(g, x, rows)) : columnOf(g, gather(g, y, rows), head);
}

/** A column [rows] of [rows, columns]; of [rows] itself. */
const columnOf = (g: Graph, v: Value, at: number): Value => (v.shape.length === 1 ? v : reshape(g, sliceAxis(g, v, 1, at, 1), [v.shape[0]!]));

/** An output's own of the targets of all, [rows, outputs]. */
export function targetsOf({ g, plan: { heads } }: Parts, targets: Value, head: number): Value {
  if (heads.length === 1) return targets;
  const from = heads.slice(0, head).reduce((sum, { outputs }) => sum + outputs, 0);
  return sliceAxis(g, targets, 1, from, heads[head]!.outputs);
}

/** [rows, outputs] */
export const flat = (g: Graph, v: Value): Value => (v.shape.length <= 2 ? v : reshape(g, v, [v.shape[0]!, v.shape.slice(1).reduce((a, b) => a * b, 1)]));

export interface PassOptions {
  readonly training: boolean;
  /** The step's number [], which draws follow from. */
  readonly step: Value | undefined;
  /** A weight's value, by its name. */
  readonly weight: (name: string, shape: readonly number[]) => Value;
  readonly share?: Share | undefined;
}

export interface Judged {
  /** Of each output: the loss of each row, factors included. */
  readonly heads: readonly { readonly losses: Value; readonly output: Value; readonly labels: Value }[];
  /** What each node gives, by its number. */
  readonly values: readonly Flow[];
}

/** Of an output over some rows: loss, and right answers. */
export interface Score {
  readonly loss: Value;
  readonly correct: Value;
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
    this.ops = new GraphOps(parts.g, { training: options.training, batch: batch.input.shape[0]!, seed: parts.plan.seed, step: options.step, share: options.share });
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
    const { weights } = this.batch;
    const values = this.values(lastNode(model));
    const heads = plan.heads.map((head, i) => {
      const labels = this.batch.labels(i);
      const output = flat(g, values[head.node]!.value);
      const losses = rowLosses(g, head, output, head.logits && flat(g, values[head.logits.node]!.value), labels);
      return { losses: weights ? mul(g, losses, columnOf(g, weights, i)) : losses, output, labels };
    });
    return { heads, values };
  }

  /** Of each output, without its weight and without penalties: the mean of the losses, or the sum of those that `mask` [rows] marks. */
  scores({ heads }: Judged, mask?: Value): Score[] {
    const { g, plan } = this.parts;
    return heads.map(({ losses, output, labels }, i) => ({
      loss: mask ? sum(g, mul(g, losses, mask), [0]) : mean(g, losses, [0]),
      correct: countCorrect(g, plan.heads[i]!, output, labels, mask),
    }));
  }

  /** Σ l1·|w| + l2·w² over the kernels of layers that ask for it. */
  penalty(): Value | undefined {
    const { g, stored } = this.parts;
    const terms: Value[] = [];
    for (const { name, node, spec } of stored) {
      const { l1, l2 } = penaltiesOf(node);
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

