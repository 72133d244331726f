import { expectedLabel } from "../language/checks/label.ts";
import type { OptionValue } from "../language/values.ts";
import { comparedOf, formatShape, type Model, type TrainSettings } from "../language/index.ts";
import { sameShape } from "../language/ops/dim.ts";
import { eachAlone } from "../language/outputs.ts";
import type { LabelKind } from "./data/labels.ts";
import { placeOf, TrainerError } from "./errors.ts";

/** How a model is trained, as the engine needs it. */
export interface TrainPlan {
  readonly seed: number;
  readonly optimizer: OptionValue;
  readonly clip: OptionValue | undefined;
  /** One for each output, in the model's order. */
  readonly heads: readonly [Head, ...Head[]];
}

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

/** Whether each output's label is a class, as far as model and losses say. */
export function expectedLabels(model: Model, settings: TrainSettings): readonly LabelKind[] {
  const compared = comparedOf(model, undefined, settings);
  return eachAlone(model).map((alone, i) => expectedLabel(alone, { loss: compared[i]!.loss }));
}

/** `labels`: the kind of each output's. */
export function planOf(model: Model, settings: TrainSettings, labels: readonly LabelKind[]): TrainPlan {
  const heads = comparedOf(model, undefined, settings).map(({ name, loss, weight }, i): Head => {
    const head = settings.target === "input" ? reconstruction(model) : headOf(model, i, labels[i]!);
    return { ...head, name, loss: loss ?? defaultLoss(head), weight };
  });
  return { seed: settings.seed, optimizer: settings.optimizer, clip: settings.clip, heads: heads as [Head, ...Head[]] };
}

/** Numbers that all outputs together give for a row. */
export const widthOfHeads = ({ heads }: Pick<TrainPlan, "heads">): number => heads.reduce((sum, { outputs }) => sum + outputs, 0);

/** The last node that a pass needs. */
export const lastNode = (model: Model): number => Math.max(...model.outputs);

type End = Omit<Head, "name" | "loss" | "weight">;

function headOf(model: Model, index: number, label: LabelKind): End {
  const node = model.nodes[model.outputs[index]!]!;
  const shape = node.type?.shape ?? [];
  const name = node.layer?.name;
  const outputs = shape.length === 1 && typeof shape[0] === "number" ? shape[0] : undefined;
  if (outputs === undefined) {
    const what = model.outputs.length === 1 ? `model ${model.name} gives` : `output ${model.outputNames[index]} of model ${model.name} is`;
    throw new TrainerError("output-shape", `${what} ${formatShape(shape)} for each row, and the label is one ${label === "class" ? "class" : "number"}; flatten or pool to one axis, then dense(…)`, placeOf(node));
  }
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
  if (model.inputs.length !== 1) throw new TrainerError("several-inputs", `target = input compares the output with the row that flows in, and model ${model.name} has ${model.inputs.length} inputs; leave target out, or train a model with one input`, placeOf(model.nodes[model.inputs[1] ?? -1]));
  const [shape, own] = [input.type!.shape, node.type!.shape];
  if (model.outputs.length !== 1 || input.type!.dtype === "int" || !sameShape(shape, own) || shape.some((d) => typeof d !== "number")) {
    throw new TrainerError("output-shape", `target = input compares the output with the row that flows in, and model ${model.name} takes ${formatShape(shape)} and gives ${formatShape(own)}; end it in a layer that gives ${formatShape(shape)}`);
  }
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
