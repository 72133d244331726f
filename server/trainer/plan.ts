export { expectedLabel } from "../language/checks/label.ts";
import type { OptionValue } from "../language/values.ts";
import { formatShape, type Model, type TrainSettings } from "../language/index.ts";
import type { LabelKind } from "./data/labels.ts";
import { placeOf, TrainerError } from "./errors.ts";

/** How a model is trained, as the engine needs it. */
export interface TrainPlan {
  readonly seed: number;
  readonly optimizer: OptionValue;
  readonly clip: OptionValue | undefined;
  readonly loss: OptionValue;
  readonly head: Head;
}

/**
 * What the model's output is compared with.
 * - `classes`: one probability a class, the label is one of them
 * - `binary`: one probability, the label is 0 or 1
 * - `number`: one number
 */
export interface Head {
  readonly kind: "classes" | "binary" | "number";
  readonly outputs: number;
  /** The node whose output is the model's. */
  readonly node: number;
  /** Loss and last activation in one, stable: the loss is computed from this node, before softmax or sigmoid. */
  readonly logits: { readonly node: number; readonly activation: "softmax" | "sigmoid" } | undefined;
  /** The output is the logarithm of a probability. */
  readonly logarithmic: boolean;
}

export function planOf(model: Model, settings: TrainSettings, label: LabelKind): TrainPlan {
  const head = headOf(model, label);
  return { seed: settings.seed, optimizer: settings.optimizer, clip: settings.clip, loss: settings.loss ?? defaultLoss(head), head };
}

/** The learning rate of step `step` (from 0): Keras' shapes of schedules, with a linear rise over `warmup` steps first. */
export function learningRate(settings: Pick<TrainSettings, "optimizer" | "schedule">, step: number, stepsPerEpoch: number, epochs: number): number {
  const base = settings.optimizer.args["lr"] as number;
  const { name, args } = settings.schedule;
  const warmup = args["warmup"] as number;
  if (step < warmup) return (base * (step + 1)) / warmup;
  if (name === "step") return base * (args["factor"] as number) ** Math.floor(Math.floor(step / stepsPerEpoch) / (args["every"] as number));
  if (name === "cosine") return (base * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(stepsPerEpoch * epochs - warmup, 1)))) / 2;
  return base;
}

function headOf(model: Model, label: LabelKind): Head {
  if (model.outputs.length !== 1) throw new TrainerError("several-outputs", `model ${model.name} has ${model.outputs.length} outputs, and a row of data has one label to compare with; train a model with one output`, placeOf(model.nodes[model.outputs[1] ?? -1]));
  const node = model.nodes[model.outputs[0]!]!;
  const shape = node.type?.shape ?? [];
  const name = node.layer?.name;
  const outputs = shape.length === 1 && typeof shape[0] === "number" ? shape[0] : undefined;
  if (outputs === undefined) {
    throw new TrainerError("output-shape", `model ${model.name} gives ${formatShape(shape)} for each row, and the label is one ${label === "class" ? "class" : "number"}; flatten or pool to one axis, then dense(…)`, placeOf(node));
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

function defaultLoss(head: Head): OptionValue {
  if (head.kind === "number") return { kind: "option", name: "mse", args: {} };
  if (head.kind === "binary") return { kind: "option", name: "binary_cross_entropy", args: {} };
  return { kind: "option", name: "cross_entropy", args: { label_smoothing: 0 } };
}
