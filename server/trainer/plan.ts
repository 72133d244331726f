import { expectedLabel } from "../language/checks/label.ts";
import { type Head, headsOf } from "../language/heads.ts";
import type { OptionValue } from "../language/values.ts";
import { comparedOf, type DataSettings, type Model, type TrainSettings } from "../language/index.ts";
import { eachAlone } from "../language/outputs.ts";
import { type Answer, noAnswer, unsuitable } from "../language/unsuitable.ts";
import type { LabelKind } from "./data/labels.ts";
import { placeOf, TrainerError } from "./errors.ts";

export type { Head } from "../language/heads.ts";

/** How a model is trained, as the engine needs it. */
export interface TrainPlan {
  readonly seed: number;
  readonly optimizer: OptionValue;
  readonly clip: OptionValue | undefined;
  /** One for each output, in the model's order. */
  readonly heads: readonly [Head, ...Head[]];
}

/** Whether each output's label is a class, as far as model and losses say. */
export function expectedLabels(model: Model, settings: TrainSettings): readonly LabelKind[] {
  const compared = comparedOf(model, undefined, settings);
  return eachAlone(model).map((alone, i) => expectedLabel(alone, { loss: compared[i]!.loss }));
}

/** `labels`: the kind of each output's. Throws `output-shape`, and `bad-setting` where a setting is none for them. */
export function planOf(model: Model, settings: TrainSettings, labels: readonly LabelKind[], data?: Pick<DataSettings, "source" | "features">): TrainPlan {
  const heads = headsOf(model, settings, labels).map((head, i): Head => {
    if (!head) throw new TrainerError("output-shape", noAnswer(model, i) ?? `the shape of model ${model.name}'s output is not known`, placeOf(model.nodes[model.outputs[i]!]!));
    return head;
  });
  const answers = heads.map(({ name, outputs }, i): Answer => ({ name, outputs, label: labels[i]! }));
  for (const { message } of unsuitable(model, data, settings, answers)) throw new TrainerError("bad-setting", message);
  return { seed: settings.seed, optimizer: settings.optimizer, clip: settings.clip, heads: heads as [Head, ...Head[]] };
}

/** Numbers that all outputs together give for a row. */
export const widthOfHeads = ({ heads }: Pick<TrainPlan, "heads">): number => heads.reduce((sum, { outputs }) => sum + outputs, 0);

/** The last node that a pass needs. */
export const lastNode = (model: Model): number => Math.max(...model.outputs);
