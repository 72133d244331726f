import type { TrainSettings } from "./analysis.ts";
import type { LabelKind } from "./checks/label.ts";
import type { Model } from "./graph/graph.ts";
import { comparedOf } from "./outputs.ts";
import type { OptionValue } from "./values.ts";

/**
 * What an output of the model is compared with, and how.
 * - `classes`: one probability a class, the label is one of them
 * - `binary`: one probability, the label is 0 or 1
 * - `number`: one number
 */
export interface Head {
  readonly name: string;
  readonly kind: "classes" | "binary" | "number";
  readonly outputs: number;
  /** The node whose output is the model's. */
  readonly node: number;
  /** Loss and last activation in one, stable: the loss is computed from this node, before softmax or sigmoid. */
  readonly logits: { readonly node: number; readonly activation: "softmax" | "sigmoid" } | undefined;
  /** The output is the logarithm of a probability. */
  readonly logarithmic: boolean;
  /** The row itself is compared with, not the label: `outputs` is its width, the kind is `number`. */
  readonly reconstructs?: true;
  readonly loss: OptionValue;
  /** Factor of its loss in what training makes small. */
  readonly weight: number;
}

type End = Omit<Head, "name" | "loss" | "weight">;

/** `labels`: the kind of each output's. Undefined, in the place of an output, where its shape is not that of an answer. */
export function headsOf(model: Model, settings: Pick<TrainSettings, "loss" | "loss_weight" | "target">, labels: readonly LabelKind[]): readonly (Head | undefined)[] {
  return comparedOf(model, undefined, settings).map(({ name, loss, weight }, i) => {
    const head = settings.target === "input" ? reconstruction(model) : endOf(model, i, labels[i]!);
    return head && { ...head, name, loss: loss ?? defaultLoss(head), weight };
  });
}

function endOf(model: Model, index: number, label: LabelKind): End | undefined {
  const node = model.nodes[model.outputs[index]!]!;
  const shape = node.type?.shape ?? [];
  const name = node.layer?.name;
  const outputs = shape.length === 1 && typeof shape[0] === "number" ? shape[0] : undefined;
  if (outputs === undefined) return undefined;
  const activation = name === "softmax" || name === "sigmoid" ? name : undefined;
  return {
    kind: label === "number" ? "number" : outputs === 1 ? "binary" : "classes",
    outputs,
    node: node.id,
    logits: activation && { node: node.inputs[0]!, activation },
    logarithmic: name === "log_softmax",
  };
}

/** An output of the input's shape, flattened. */
function reconstruction(model: Model): End {
  const input = model.nodes[model.inputs[0]!]!;
  const node = model.nodes[model.outputs[0]!]!;
  const { shape } = input.type!;
  const activation = node.layer?.name === "sigmoid" ? "sigmoid" : undefined;
  return {
    kind: "number", outputs: shape.reduce<number>((a, d) => a * (d as number), 1), node: node.id,
    logits: activation && { node: node.inputs[0]!, activation }, logarithmic: false, reconstructs: true,
  };
}

function defaultLoss(head: End): OptionValue {
  if (head.kind === "number") return { kind: "option", name: "mse", args: {} };
  if (head.kind === "binary") return { kind: "option", name: "binary_cross_entropy", args: {} };
  return { kind: "option", name: "cross_entropy", args: { label_smoothing: 0 } };
}
