/**
 * Messages between the trainer process and whoever started it (CLI, editor), and what of a message is shown first. This
 * file is the only one of the trainer, with launch.ts, that other parts may import. The `event` objects are what `nnet train --json` prints,
 * so fields are only ever added.
 */

export type EngineChoice = "auto" | "tensorflow" | "portable";

export interface TrainRequest {
  readonly type: "train";
  /** Absolute path of the `.nnet` file. */
  readonly file: string;
  /** Text to train instead of what is on disk (an editor's unsaved buffer is saved first, so this is rare). */
  readonly text?: string;
  /** The model whose `train` block runs; needed only where the file has several. */
  readonly model?: string;
  /** Overrides the block's `epochs`. */
  readonly epochs?: number;
  readonly engine?: EngineChoice;
  /** Layers are measured every so many epochs, 0 for never; default: as often as costs little. */
  readonly measure?: number;
  /** Folder for checkpoints; default `.nnet/runs` beside the file. */
  readonly out?: string;
  /** Goes on with the run that was killed or stopped, as if it never had been. */
  readonly resume?: boolean;
}

export interface PredictRequest {
  readonly type: "predict";
  readonly file: string;
  readonly model?: string;
  /** A checkpoint (.safetensors); default: the newest of the file's runs folder. */
  readonly weights?: string;
  /** A file of the kind of the data block's source (with its feature columns; a label is not needed), or a folder of images. */
  readonly data: string;
  readonly engine?: EngineChoice;
}

export type TrainerRequest = TrainRequest | PredictRequest | { readonly type: "cancel" };

/** Which training of several an event belongs to, from 1: the member of an ensemble, or the fold. Absent where a run is one training. */
export interface Which {
  readonly member?: number;
  readonly fold?: number;
}

export interface StartEvent {
  readonly event: "start";
  readonly model: string;
  /** The train block's own name, where it has one. */
  readonly run?: string;
  readonly engine: "tensorflow" | "portable";
  /** One line for a person: which engine runs, and why not the faster one if it is not. */
  readonly engineNote: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly params: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Members of the ensemble, or folds, where the run is several trainings: `epochs` is of each, `rows` of the first to come. */
  readonly ensemble?: number;
  readonly folds?: number;
  /** Absolute path that the best weights will be written to, so that a killed run can still name them. */
  readonly checkpoint?: string;
  /** Where a resumed run goes on: epochs count from 1, `step` of them are done in this one. */
  readonly resumed?: Which & { readonly epoch: number; readonly step: number };
  /** What a person should know of the run, a line each. */
  readonly notes?: readonly string[];
}

/** Progress inside an epoch, at most ten a second; not part of `--json`. */
export interface StepEvent extends Which {
  readonly event: "step";
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

export interface EpochEvent extends Which {
  readonly event: "epoch";
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** Share of right answers in [0, 1]; null for regression, and of several outputs together. */
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  /** The block's `metrics` of the validation rows, by name (`top_5`); those without a value are left out. */
  readonly valMetrics?: Readonly<Record<string, number>>;
  /** Of each output by name, where the model has several: `loss` is then their weighted sum, penalties included, and accuracy and metrics are here alone. */
  readonly outputs?: Readonly<Record<string, OutputEpoch>>;
  readonly examplesPerSecond: number;
  /** This epoch's weights are the best so far; they are written at once, or within a second and at the run's end. */
  readonly best: boolean;
}

/** One output after an epoch; its losses are without its weight and without penalties. */
export type OutputEpoch = Pick<EpochEvent, "loss" | "accuracy" | "valLoss" | "valAccuracy" | "valMetrics">;

/** What the layers are like after an epoch, at the interval asked for. A number that isn't finite is null in `--json`. */
export interface MeasureEvent extends Which {
  readonly event: "measure";
  readonly epoch: number;
  /** From 1 over the whole run: the step whose rows were taken once more, without its update. */
  readonly step: number;
  /** In the model's order. */
  readonly layers: readonly LayerEvent[];
}

/** What an engine measures of one layer in one step, before the step's update. Norms are Euclidean. */
export interface LayerNumbers {
  /** ‖∂loss/∂w‖ over all weights of the layer that learn, before clipping; null where it has none, or where another layer owns them. */
  readonly gradientNorm: number | null;
  /** ‖w‖ over the same weights. */
  readonly weightNorm: number | null;
  /** ‖Δw‖ / ‖w‖, with Δw what the optimizer would make of the step, weight decay included; null where ‖w‖ is 0 too. */
  readonly updateRatio: number | null;
  /** Of the layer's output in training, over the rows and all positions and units. */
  readonly mean: number;
  /** Likewise: the mean squared distance from the mean. */
  readonly variance: number;
  /** Share of the output's entries that are exactly 0. */
  readonly zeros: number;
  /** Share of the output's entries in the outer 2.5 % of either end of the activation's range (|tanh| > 0.95); null where the range has no ends. */
  readonly saturated: number | null;
}

/** One layer in one step. */
export interface LayerEvent extends LayerNumbers {
  /** Unique in the model, as in a checkpoint's names. */
  readonly name: string;
  /** The layer's word in the language. */
  readonly kind: string;
  /** Where it is written, 1-based; a line in a block stands for several layers. */
  readonly file: string;
  readonly line: number;
  /** Units, and those that are 0 on every training row, of activations that are 0 on a half-line. `dead` is null where too few rows were looked at to say. */
  readonly units: number | null;
  readonly dead: number | null;
}

/** Scores on some rows. */
export interface Scored {
  readonly loss: number;
  /** null for regression, and of several outputs together. */
  readonly accuracy: number | null;
  /** The block's `metrics` by name; for numbers `mae` and `r2` in any case. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Of each output by name, where the model has several. */
  readonly outputs?: Readonly<Record<string, Scored>>;
}

/** What one score is shown by: right answers, or of numbers the loss. */
export const shownBy = ({ loss, accuracy }: Pick<Scored, "loss" | "accuracy">): { readonly accuracy: number } | { readonly loss: number } => (accuracy === null ? { loss } : { accuracy });

/** Mean and deviation of each output by itself. */
export const eachOutput = ({ mean, deviation }: Spread): readonly (readonly [name: string, of: Spread])[] => Object.entries(mean.outputs ?? {}).map(([name, own]) => [name, { mean: own, deviation: deviation.outputs![name]! }]);

/** The rows that an output is judged by after an epoch: of the validation, where there are any. */
export const judgedBy = ({ loss, accuracy, valLoss, valAccuracy }: OutputEpoch): { readonly title: "" | "val "; readonly score: Pick<Scored, "loss" | "accuracy"> } =>
  valLoss === null ? { title: "", score: { loss, accuracy } } : { title: "val ", score: { loss: valLoss, accuracy: valAccuracy } };

/** How one training of several has ended: its best weights on its validation rows and on the test rows, null where there are none. */
export interface Trained {
  readonly seed: number;
  readonly reason: "completed" | "early_stop";
  /** From 1: the epoch whose weights are kept. */
  readonly epoch: number;
  readonly validation: Scored | null;
  readonly test: Scored | null;
  /** Absolute path of its weights. */
  readonly checkpoint: string;
}

export interface MemberEvent extends Trained {
  readonly event: "member";
  readonly member: number;
}

export interface FoldEvent extends Trained {
  readonly event: "fold";
  readonly fold: number;
}

export interface Gain extends Pick<Scored, "loss" | "accuracy"> {
  readonly outputs?: Readonly<Record<string, Gain>>;
}

/** What averaging has gained. */
export interface Averaged {
  /** The rows that are scored; the validation rows, which chose the epochs, only where there are none for the test. */
  readonly rows: "test" | "validation";
  /** Mean of the members' scores. */
  readonly mean: Scored;
  /** The score of the averaged predictions. */
  readonly own: Scored;
  /** Loss: mean − own; accuracy: own − mean. Above 0 is better. Of each output by name, where the model has several. */
  readonly gain: Gain;
}

/** Scores of the folds: mean and sample standard deviation (n − 1). */
export interface Spread {
  readonly mean: Scored;
  readonly deviation: Scored;
}

export interface EndEvent {
  readonly event: "end";
  readonly reason: "completed" | "cancelled" | "early_stop";
  /** Of an ensemble: its members in order; absent where the run was cancelled. */
  readonly ensemble?: { readonly members: readonly MemberEvent[] } & Partial<Averaged>;
  /** Of folds: each by its held-out rows (of its best epoch, which these rows have chosen) and on the test rows; what averaging gains there. */
  readonly folds?: { readonly folds: readonly FoldEvent[]; readonly validation: Spread; readonly test?: Spread; readonly averaged?: Averaged };
  /** Of the best weights on the test part, of the averaged predictions where there are several; null where there is none, or where the run was cancelled. */
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  /** The block's `metrics` of the test rows; for numbers `mae` and `r2` in any case. */
  readonly testMetrics?: Readonly<Record<string, number>>;
  /** Of each output by name, where the model has several. */
  readonly testOutputs?: Readonly<Record<string, Scored>>;
  /** Absolute path of the safetensors file with the best weights, or that names the files of several trainings; null if none was written. */
  readonly checkpoint: string | null;
}

export interface ErrorEvent {
  readonly event: "error";
  /** Stable and kebab-case, like a diagnostic's. */
  readonly code: string;
  readonly message: string;
  /** Where, if it has a place: the .nnet file or the data file; 1-based. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Something is not as it should be, and the run goes on. */
export interface WarningEvent {
  readonly event: "warning";
  readonly code: string;
  readonly message: string;
  readonly file?: string;
}

export interface PredictionEvent {
  readonly event: "prediction";
  /** 1-based row of the data file, header not counted. */
  readonly row: number;
  /** The class name or number for classification, the value(s) for regression. */
  readonly value: string | number | readonly number[];
  /** Probability per class, in the order of `classes`; absent for regression. */
  readonly probabilities?: readonly number[];
  /** Of each output by name, where the model has several: `value` and `probabilities` above are the first one's. */
  readonly outputs?: Readonly<Record<string, Pick<PredictionEvent, "value" | "probabilities">>>;
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | MeasureEvent | MemberEvent | FoldEvent | EndEvent | WarningEvent | ErrorEvent;
export type TrainerEvent = TrainEvent | PredictionEvent | { readonly event: "predicted"; readonly classes?: readonly string[]; /** Of each output by name, where the model has several: its classes, if it tells some apart. */ readonly outputs?: Readonly<Record<string, { readonly classes?: readonly string[] }>>; /** What was found in the data, for a person. */ readonly notes?: readonly string[] };
