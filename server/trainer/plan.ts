import { expectedLabel } from "../language/checks/label.ts";
import type { OptionValue } from "../language/values.ts";
import { comparedOf, type DataSettings, type Model, type TrainSettings } from "../language/index.ts";
import { eachAlone } from "../language/outputs.ts";
import { type Answer, noAnswer, unsuitable } from "../language/unsuitable.ts";
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

/** `labels`: the kind of each output's. Throws `output-shape`, and `bad-setting` where a setting is none for them. */
export function planOf(model: Model, settings: TrainSettings, labels: readonly LabelKind[], data?: Pick<DataSettings, "source" | "features">): TrainPlan {
  const heads = comparedOf(model, undefined, settings).map(({ name, loss, weight }, i): Head => {
    const head = settings.target === "input" ? reconstruction(model) : headOf(model, i, labels[i]!);
    return { ...head, name, loss: loss ?? defaultLoss(head), weight };
  });
  const answers = heads.map(({ name, outputs }, i): Answer => ({ name, outputs, label: labels[i]! }));
  for (const { message } of unsuitable(model, data, settings, answers)) throw new TrainerError("bad-setting", message);
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
  if (outputs === undefined) throw new TrainerError("output-shape", noAnswer(model, index) ?? `the shape of model ${model.name}'s output is not known`, placeOf(node));
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
