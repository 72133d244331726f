import type { TrainSettings } from "../analysis.ts";
import type { Model } from "../graph/graph.ts";
import type { ColumnProfile } from "../host.ts";
import type { Trained } from "./define.ts";

export type LabelKind = "class" | "number";

/** Whether the label is a class, as far as model and loss say; words in the file always are. */
export function expectedLabel(model: Model, settings: Pick<TrainSettings, "loss">): LabelKind {
  const loss = settings.loss?.name;
  if (loss === "cross_entropy" || loss === "binary_cross_entropy") return "class";
  const last = model.nodes[model.outputs[0] ?? -1];
  const name = last?.layer?.name;
  if (name === "softmax" || name === "log_softmax") return "class";
  if (name === "sigmoid" && loss === undefined) return "class";
  return "number";
}

export interface Label {
  readonly column: ColumnProfile;
  /** How training takes it. */
  readonly kind: LabelKind;
  /** Different classes among the rows that were read; undefined for numbers, and where they are too many. */
  readonly classes: readonly string[] | undefined;
  /** Numbers that are no classes: some have a fraction. */
  readonly fractions: boolean;
  /** All rows were read. */
  readonly complete: boolean;
}

/** The label column of a train block's data file; undefined where it is not known. */
export function labelOf({ model, data, settings }: Trained): Label | undefined {
  const profile = data?.profile;
  const column = profile?.columns.find((c) => c.name === data!.settings!.label);
  if (!profile || !column || !settings || (!column.numbers && column.numeric)) return undefined;
  const kind = column.numeric ? expectedLabel(model, settings) : "class";
  const classes = kind === "class" && column.values ? [...column.values.keys()] : undefined;
  return { column, kind, classes, fractions: column.numeric && column.numbers?.whole === false, complete: profile.complete };
}

/** Losses that compare numbers by their distance. */
export const SQUARED = new Set(["mse", "mae", "huber"]);
