import type { Model, TrainSettings } from "../language/index.ts";
import { memberPath } from "./checkpoint.ts";
import { balanced } from "./classes.ts";
import type { Prepared } from "./data/dataset.ts";
import type { Dataset } from "./data/open.ts";
import { dresser } from "./dress.ts";
import { TrainerError } from "./errors.ts";
import type { LoopRun } from "./loop.ts";
import type { TrainPlan } from "./plan.ts";
import type { Which } from "./protocol.ts";

/** One training of a run, which is all of it, a member of an ensemble, or a fold. */
export interface Trial {
  readonly which: Which;
  /** With a seed of its own. */
  readonly settings: TrainSettings;
  readonly plan: TrainPlan;
  /** Where its best weights go. */
  readonly checkpoint: string;
  prepare(): Prepared;
}

/** A trial with its data. */
export interface Ready extends Trial, Prepared {
  readonly dress: LoopRun["dress"];
}

export interface Trials {
  readonly settings: TrainSettings;
  readonly plan: TrainPlan;
  readonly dataset: Dataset;
  readonly checkpoint: string;
}

/** The trainings of a run, in order. Whatever is wrong with the data of one of them is thrown here. */
export function trialsOf({ settings, plan, dataset, checkpoint }: Trials): readonly Trial[] {
  const { ensemble, folds } = settings;
  if (folds === undefined) {
    const prepared = dataset.prepare(plan.heads);
    const trial = { plan, settings, checkpoint, prepare: () => prepared };
    if (ensemble === undefined) return [{ ...trial, which: {} }];
    return Array.from({ length: ensemble }, (_, i) => {
      const seed = settings.seed + i;
      return { ...trial, which: { member: i + 1 }, settings: { ...settings, seed }, plan: { ...plan, seed }, checkpoint: memberPath(checkpoint, i + 1) };
    });
  }
  if (ensemble !== undefined) throw new TrainerError("bad-setting", "ensemble and folds each train several times, and only one of them can: the weights of all folds are an ensemble as they are; leave one out");
  return dataset.folds(folds).map((prepared, i) => {
    const prepare = () => prepared(plan.heads);
    prepare();
    return { plan, settings, which: { fold: i + 1 }, checkpoint: memberPath(checkpoint, i + 1), prepare };
  });
}

export async function readied(trial: Trial, model: Model): Promise<Ready> {
  const { train: rows, ...rest } = trial.prepare();
  const { settings, plan } = trial;
  return { ...trial, ...rest, train: await balanced(rows, settings, plan.heads), dress: await dresser(settings, plan, rows, model) };
}
