import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Model, Node } from "../../../language/index.ts";
import { type Head, lastNode } from "../../plan.ts";
import { inputShapes } from "../../shapes.ts";
import { TfOps } from "./ops.ts";
import { size, type Tf, type TfValue } from "./value.ts";

export interface Pass {
  /** Of each output [batch, outputs], and what its loss is computed from where activation and loss are one. */
  readonly ends: readonly { readonly output: Tensor; readonly logits: Tensor | undefined }[];
  /** New values of measured weights: to be applied, or disposed. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
}

export interface PassOptions {
  readonly training: boolean;
  readonly seed: number;
  readonly step: number;
  /** Called with each node's value as it is there; a true answer ends the pass. */
  readonly visit?: (node: Node, value: Tensor) => boolean;
}

/** Runs a model's layers over rows x [batch, ...shape]. */
export function forward(tf: Tf, model: Model, heads: readonly Head[], variables: ReadonlyMap<string, Variable>, x: Tensor, options: PassOptions): Pass {
  const ops = new TfOps(tf, { training: options.training, batch: x.shape[0]!, seed: options.seed, step: options.step });
  const stored = new Map<Variable, TfValue>();
  const values: TfValue[] = [];
  const last = lastNode(model);
  const inputs = inputsOf(tf, model, x);
  for (const node of model.nodes) {
    if (node.id > last) break;
    const value = node.layer ? apply(model, node, ops, values, variables, stored) : { tensor: inputs[model.inputs.indexOf(node.id)]!, perRow: true };
    values.push(value);
    if (options.visit?.(node, value.tensor)) break;
  }
  const updates = new Map<Variable, Tensor>();
  for (const [variable, value] of stored) {
    const fresh = ops.assigned.get(value);
    if (fresh) updates.set(variable, fresh);
  }
  const flat = (t: Tensor | undefined) => (t && t.rank > 2 ? tf.reshape(t, [t.shape[0]!, -1]) : t);
  // A pass that was ended has not come so far.
  const ends = heads.map((head) => ({ output: flat(values[head.node]?.tensor) ?? x, logits: head.logits && flat(values[head.logits.node]?.tensor) }));
  return { ends, updates };
}

/** What flows into each input, cut out of rows [batch, ...shape]. */
function inputsOf(tf: Tf, model: Model, x: Tensor): readonly Tensor[] {
  if (model.inputs.length === 1) return [x];
  const [batch, ...row] = x.shape as [number, ...number[]];
  let from = 0;
  return inputShapes(model, row).map((shape) => {
    const width = size(shape);
    const own = tf.slice(x, [0, from], [batch, width]);
    from += width;
    return tf.reshape(own, [batch, ...shape]);
  });
}

/** The names under which a node's weights are stored: those of the node it shares with. */
export function weightNames(model: Model, node: Node): readonly string[] {
  return (node.sharesWith === undefined ? node : model.nodes[node.sharesWith]!).weights.map((w) => w.name);
}

function apply(model: Model, node: Node, ops: TfOps, values: readonly TfValue[], variables: ReadonlyMap<string, Variable>, stored: Map<Variable, TfValue>): TfValue {
  const weights: Record<string, TfValue> = {};
  for (const [i, name] of weightNames(model, node).entries()) {
    const variable = variables.get(name)!;
    let value = stored.get(variable);
    if (!value) stored.set(variable, (value = { tensor: variable, perRow: false }));
    weights[node.weights[i]!.key] = value;
  }
  return node.layer!.forward<TfValue>(ops, node.args, node.inputs.map((id) => values[id]!), weights);
}
