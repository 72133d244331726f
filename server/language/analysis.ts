import type { AbsentFile } from "./data-files.ts";
import type { Finding } from "./findings.ts";
import type { DataProfile } from "./host.ts";
import type { Model } from "./graph/graph.ts";
import type { OptionValue } from "./values.ts";
import type { DataDecl, File, ModelDecl, TrainDecl } from "./syntax/tree.ts";

/** The one result that every feature, the CLI, the trainer and the exporters read. */
export interface Analysis {
  readonly path: string;
  /** Grows with every change of the document. */
  readonly version: number;
  readonly syntax: File;
  /** Worked out when it is first asked for, and so is the next. */
  readonly findings: readonly Finding[];
  /** Found, and silenced by a reason that stands on its line (`// allow CODE: reason`). */
  readonly allowed: readonly Finding[];
  /**
   * What can be said before the checks of large models have run: what the language found, and of the checks what they
   * found in the text before, where its lines are the same. Undefined where `findings` is no work, or is known.
   */
  readonly early: readonly Finding[] | undefined;
  /** Every `model` with its parameters' defaults, in the order of the file. */
  readonly models: readonly ModelAnalysis[];
  readonly datas: readonly DataAnalysis[];
  readonly trains: readonly TrainAnalysis[];
}

export interface ModelAnalysis {
  readonly declaration: ModelDecl;
  readonly model: Model;
}

export interface DataAnalysis {
  readonly declaration: DataDecl;
  readonly name: string;
  /** The settings of settings/data.ts, bound; undefined where one has an error. */
  readonly settings: DataSettings | undefined;
  /** What a look at its file gave; undefined where there is none, or none yet. */
  readonly profile: DataProfile | undefined;
  /** Paths that it names and where nothing lies. */
  readonly absent: readonly AbsentFile[];
}

export interface TrainAnalysis {
  readonly declaration: TrainDecl;
  /** The model with the arguments of `train LeNet(classes = 3)`; undefined after an error. */
  readonly model: Model | undefined;
  readonly data: DataAnalysis | undefined;
  readonly settings: TrainSettings | undefined;
}

/** See settings/data.ts for what each means. */
export interface DataSettings {
  /** `csv(path)`; paths are relative to the .nnet file. */
  readonly source: OptionValue;
  readonly test: OptionValue | undefined;
  /** A column, or `outputs(…)` with that of each output (outputs.ts); undefined: the source has labels of its own. */
  readonly label: string | OptionValue | undefined;
  /** Columns that are features, in order, or `inputs(…)` with those of each input; undefined: all but the label. See feeds.ts. */
  readonly features: readonly string[] | OptionValue | undefined;
  readonly categories: readonly string[] | undefined;
  readonly missing: "error" | "drop" | "mean";
  readonly shape: readonly number[] | undefined;
  readonly scale: number;
  readonly normalize: "none" | "standard" | "minmax";
  /** Train, validation, test; sums to 1. Or a column. */
  readonly split: readonly number[] | string;
  /** Bytes. */
  readonly memory: number;
}

/** See settings/train.ts for what each means. */
export interface TrainSettings {
  /** undefined: cross_entropy for classes, mse for numbers. `outputs(…)`: by output, see outputs.ts. */
  readonly loss: OptionValue | undefined;
  readonly loss_weight: OptionValue | undefined;
  readonly optimizer: OptionValue;
  readonly schedule: OptionValue;
  readonly clip: OptionValue | undefined;
  readonly early_stop: OptionValue | undefined;
  readonly checkpoint: OptionValue | undefined;
  readonly target: "label" | "input";
  readonly metrics: readonly OptionValue[] | undefined;
  readonly augment: readonly OptionValue[] | undefined;
  readonly class_weight: "balanced" | readonly number[] | undefined;
  readonly balance: "oversample" | "undersample" | undefined;
  /** Trainings, at least 2, with seeds one after another. */
  readonly ensemble: number | undefined;
  /** At least 2. */
  readonly folds: number | undefined;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
}
