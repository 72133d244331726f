import type { Model } from "../../language/index.ts";
import type { Part, Piece } from "../data/part.ts";
import type { LayerMeasures } from "./measures.ts";
import type { TrainPlan } from "../plan.ts";

/**
 * What the loop asks of an engine. It fits one that runs operation by operation as well as one that has compiled the
 * whole step into a graph: data is named by a table that the engine may keep on its own side, and steps are asked for
 * in groups of the engine's own size.
 */
export interface Engine {
  readonly name: "tensorflow" | "portable";
  /** One line for a person: which engine runs, and why not the faster one if it is not. */
  readonly note: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Bytes that it can hold, whatever is free: WebAssembly's 4 GiB. */
  readonly limit?: number;
  open(model: Model, plan: TrainPlan, expected?: Expected): Promise<Session>;
}

/** A run as it is planned: what is worth compiling, and what goes into the graph from the start, follows from it. */
export interface Expected {
  /** Rows of a step. */
  readonly batch: number;
  /** Of the whole run. */
  readonly steps: number;
  /** Layers will be inspected. */
  readonly measured: boolean;
}

/** Rows in memory, row-major. Never changed once made: an engine may keep what it has made of it, by the object. */
export interface Table {
  readonly rows: number;
  /** Shape of a row's features; their product is the width of `x`. Numbers where the model's input has symbols: tables may differ there. */
  readonly shape: readonly number[];
  readonly x: Float32Array;
  /** [rows, outputs compared], row-major: the class's index, or the number. Empty in prediction. */
  readonly y: Float32Array;
}

export interface Step {
  /** From 0 over the whole run: draws and the learning rate follow from it. */
  readonly number: number;
  /** Rows of the table. */
  readonly rows: Int32Array;
  readonly learningRate: number;
  /** Features [rows, ...shape] in place of the table's (augmented, mixed). */
  readonly x?: Float32Array;
  /** Targets [rows, outputs] in place of the table's labels, of several outputs one after another: shares of the classes, a probability, numbers. */
  readonly targets?: Float32Array;
  /** [rows, outputs compared]: factors of the rows' losses, before the mean over the rows (Keras' `sample_weight`). */
  readonly weights?: Float32Array;
}

export interface StepResult extends Judged {
  /** Of each output by itself, without its weight and without penalties, where there are several. */
  readonly heads?: readonly Judged[];
}

/** How good answers were. */
export interface Judged {
  /** Mean over the step's rows, penalties on weights included, before the update. Of several outputs the weighted sum. */
  readonly loss: number;
  /** Right answers among the rows; undefined for numbers, and of several outputs together. */
  readonly correct: number | undefined;
}

export interface WeightData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Where a value that is not finite came from. */
export interface Culprit {
  /** Id of the node. */
  readonly node: number;
  readonly what: "output" | "weights";
}

/** A model with its weights and the optimizer's state. One call at a time. */
export interface Session {
  /** Steps that one call of `train` should take at most, so that it lasts a fraction of a second. */
  readonly stepsAtOnce: number;
  /** Steps and tables that are to come, if the caller knows: an engine that compiles does it once for all of them. */
  expect(pieces: readonly Pick<Piece, "batches" | "shape">[]): void;
  /** Stops before the update of a step whose loss is not finite: its result is then the last. */
  train(table: Table, steps: readonly Step[]): Promise<readonly StepResult[]>;
  /** Sums over these rows. */
  evaluate(table: Table, rows: Int32Array): Promise<StepResult>;
  /** Outputs of these rows, row-major; of several, one after another in each row. */
  predict(table: Table, rows: Int32Array): Promise<Float32Array>;
  /** Weights that are measured on the training rows before training (`normalization`). */
  measure(rows: Part): Promise<void>;
  /** The table does not come again: whatever is kept of it may go. */
  forget(table: Table): void;
  /** By name, in the model's order: a copy. */
  weights(): Promise<ReadonlyMap<string, WeightData>>;
  setWeights(weights: ReadonlyMap<string, WeightData>): Promise<void>;
  /** Everything that a step changes: the weights, and what the optimizer keeps for each, as `weight:slot` (state.ts). A copy. */
  state(): Promise<ReadonlyMap<string, WeightData>>;
  /** Training goes on as from where `state` was taken. */
  setState(state: ReadonlyMap<string, WeightData>): Promise<void>;
  /** The first place in the model's order that is not finite in this step, in training or prediction. */
  diagnose(table: Table, step: Step, training: boolean): Promise<Culprit | undefined>;
  /**
   * Bytes that a row of this shape adds to a step, measured on rows of zeros, where operations run one by one: which of
   * them keep what follows from no sizes. Changes nothing. Absent of a compiled graph.
   */
  rowBytes?(shape: readonly number[]): Promise<number>;
  /** What every layer is like in this step, had it been taken. Changes nothing. */
  inspect(table: Table, step: Step): Promise<readonly LayerMeasures[]>;
  /** The largest |output| of each unit (entry of the last axis), over these rows and all positions, in prediction: of layers whose units can be dead, by node. */
  activity(table: Table, rows: Int32Array): Promise<ReadonlyMap<number, Float32Array>>;
  dispose(): void;
}
