import type { DataSettings, TrainSettings } from "./analysis.ts";
import { augmentable, imageInputs } from "./augmentable.ts";
import { fedTexts } from "./feeds.ts";
import type { Model, Node } from "./graph/graph.ts";
import { formatShape, sameShape } from "./ops/dim.ts";
import { comparedOf } from "./outputs.ts";
import { type AugmentationKind, augmentations } from "./settings/augmentations.ts";
import { metrics } from "./settings/metrics.ts";
import { sources } from "./settings/sources/index.ts";

/** What training refuses of a train block, as far as the text and the kinds of its labels say: for a check as one types, and for the trainer. */

/** An output with what it is compared with. */
export interface Answer {
  readonly name: string;
  /** Undefined where only the data says it. */
  readonly label: "class" | "number" | undefined;
  /** Numbers a row. */
  readonly outputs: number;
}

export interface Unsuitable {
  readonly setting: "augment" | "metrics" | "class_weight" | "balance" | "target" | "loss_weight";
  readonly message: string;
}

export function unsuitable(model: Model, data: Pick<DataSettings, "source" | "features"> | undefined, settings: TrainSettings, answers: readonly Answer[]): Unsuitable[] {
  const found = [...ofAugment(model, settings), ...ofMetrics(settings, answers)];
  const target = settings.target === "input" ? reconstruction(model) : undefined;
  if (target !== undefined) found.push({ setting: "target", message: target });
  if (settings.loss_weight && model.outputs.length > 0 && comparedOf(model, undefined, settings).every((c) => c.weight === 0)) found.push({ setting: "loss_weight", message: "loss_weight is 0 for every output, so that nothing is learned; give one of them more" });
  const ofRow = settings.target === "input";
  const classes = ofRow ? [] : answers.filter((a) => a.label === "class");
  const numbers = ofRow || answers.every((a) => a.label === "number");
  const none = ofRow ? "target = input compares with the row" : answers.length === 1 ? "the label is a number" : "every label is a number";
  const several = classes.map((a) => a.name).join(" and ");
  const { class_weight: factors, balance } = settings;
  if (factors !== undefined && numbers) found.push({ setting: "class_weight", message: `class_weight is for classes, and ${none}; leave it out` });
  else if (typeof factors === "object") {
    const [only] = classes;
    const count = only && (only.outputs === 1 ? 2 : only.outputs);
    if (classes.length > 1) found.push({ setting: "class_weight", message: `class_weight has one list, and outputs ${several} have classes of their own; write class_weight = balanced` });
    else if (factors.every((f) => f === 0)) found.push({ setting: "class_weight", message: "class_weight is 0 for every class, so that nothing is learned; give one of them more" });
    else if (count !== undefined && factors.length !== count) found.push({ setting: "class_weight", message: `class_weight has ${factors.length} numbers, and there are ${count} classes; give one for each, or balanced` });
  }
  if (balance === undefined) return found;
  const said = (message: string) => found.push({ setting: "balance", message });
  if (numbers) said(`balance is for classes, and ${none}; leave it out`);
  else if (classes.length > 1) said(`balance makes the classes of one label equally frequent, and outputs ${several} have classes each; use class_weight = balanced`);
  else if (data && hasAnyLength(model, data)) said("balance needs all training rows in one table, and sentences of any length lie in one for each length; use class_weight = balanced, or give the input a length, as in int [64]");
  return found;
}

/** Sentences flow into an input whose length the model leaves open. */
function hasAnyLength(model: Model, data: Pick<DataSettings, "source" | "features">): boolean {
  const texts = fedTexts(model, data);
  const all = sources[data.source.name]!.rows === "text";
  return model.inputs.some((id, i) => (all || texts?.[i] !== undefined) && typeof model.nodes[id]!.type?.shape[0] !== "number");
}

const NEEDS: Readonly<Record<AugmentationKind, string>> = { image: "images [height, width, channels]", table: "rows of a table [columns]", numbers: "numbers", tokens: "tokens (input … int)" };

function ofAugment(model: Model, { augment }: TrainSettings): Unsuitable[] {
  const types = model.inputs.flatMap((id) => model.nodes[id]!.type ?? []);
  if (types.length !== model.inputs.length) return [];
  return (augment ?? []).flatMap(({ name }): Unsuitable[] => {
    const kind = augmentations[name]!.of;
    if (augmentable(model, kind)) return [];
    const images = imageInputs(model).length;
    if (kind === "image" && images > 1) return [{ setting: "augment", message: `augment: ${name} changes one image in each row, and model ${model.name} takes ${images}, which may have to be changed alike; leave it out` }];
    return [{ setting: "augment", message: `augment: ${name} is for ${NEEDS[kind]}, and model ${model.name} takes ${types.map((t) => `${t.dtype === "int" ? "tokens " : ""}${formatShape(t.shape)}`).join(" and ")}; leave it out` }];
  });
}

function ofMetrics({ metrics: list, target }: TrainSettings, answers: readonly Answer[]): Unsuitable[] {
  return (list ?? []).flatMap(({ name, args }): Unsuitable[] => {
    if (target === "input") return [{ setting: "metrics", message: `metrics: ${name} compares with the label, and target = input; leave it out` }];
    const { of } = metrics[name]!;
    if (answers.some((a) => a.label === undefined || a.label === of)) return everRight(name, args["k"], answers);
    const labels = answers.length === 1 ? `the label is a ${answers[0]!.label}` : `every label is a ${answers[0]!.label}`;
    return [{ setting: "metrics", message: `metrics: ${name} is for ${of === "number" ? `numbers, and ${labels}` : `classes, and ${labels}; mae, rmse and r2 are for numbers`}` }];
  });
}

/** Among the k most probable of k classes every answer is right. */
function everRight(name: string, k: unknown, answers: readonly Answer[]): Unsuitable[] {
  const counts = answers.filter((a) => a.label !== "number").map((a) => (a.outputs === 1 ? 2 : a.outputs));
  if (name !== "top_k" || counts.length === 0 || counts.some((n) => n === 0 || n > (k as number))) return [];
  const most = Math.max(...counts);
  return [{ setting: "metrics", message: `metrics: top_k(${k as number}) is 1 whatever is answered, since there are ${most} classes; ${most > 2 ? `take a k below ${most}` : "leave it out"}` }];
}

/** Why a model can't give back the row that flows in; undefined where it can. */
function reconstruction(model: Model): string | undefined {
  const [input, output] = [model.nodes[model.inputs[0] ?? -1], model.nodes[model.outputs[0] ?? -1]];
  // Of several outputs several-outputs speaks.
  if (!input?.type || !output?.type || model.outputs.length > 1) return undefined;
  if (model.inputs.length !== 1) return `target = input compares the output with the row that flows in, and model ${model.name} has ${model.inputs.length} inputs; leave target out, or train a model with one input`;
  if (input.type.dtype !== "int" && sameShape(input.type.shape, output.type.shape) && input.type.shape.every((d) => typeof d === "number")) return undefined;
  return `target = input compares the output with the row that flows in, and model ${model.name} takes ${formatShape(input.type.shape)} and gives ${formatShape(output.type.shape)}; end it in a layer that gives ${formatShape(input.type.shape)}`;
}

/** Why no label can be compared with an output; undefined where one can, or its shape is not known. */
export function noAnswer(model: Model, index: number): string | undefined {
  const shape = model.nodes[model.outputs[index]!]!.type?.shape;
  if (!shape || (shape.length === 1 && typeof shape[0] === "number")) return undefined;
  const what = model.outputs.length === 1 ? `model ${model.name} gives` : `output ${model.outputNames[index]} of model ${model.name} is`;
  return `${what} ${formatShape(shape)} for each row, and the label is one class or number; flatten or pool to one axis, then dense(…)`;
}

/** Why training would change nothing; undefined where there is something to learn. */
export function nothingToLearn(model: Model): { readonly node: Node | undefined; readonly message: string } | undefined {
  const { params, trainable, unknown } = model.totals;
  if (trainable > 0 || unknown.length > 0) return undefined;
  const why = params > 0 ? "every weight of it is frozen or measured" : "none of its layers has weights";
  return { node: model.nodes[model.outputs[0]!], message: `model ${model.name} has nothing to learn: ${why}; add a layer that learns, such as dense(…)` };
}
