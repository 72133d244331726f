import type { TrainSettings } from "../analysis.ts";
import { isFeature, wordColumns } from "../feeds.ts";
import type { Model } from "../graph/graph.ts";
import type { ColumnProfile } from "../host.ts";
import type { Site } from "../syntax/tree.ts";
import type { Trained } from "./define.ts";
import { settingSite } from "./fixes.ts";
import { DISTRIBUTIONS } from "./graph.ts";

export type LabelKind = "class" | "number";

/** Whether the label is a class, as far as model and loss say; words in the file always are. */
export function expectedLabel(model: Model, settings: Pick<TrainSettings, "loss">): LabelKind {
  const loss = settings.loss?.name;
  if (loss === "cross_entropy" || loss === "binary_cross_entropy") return "class";
  const last = model.nodes[model.outputs[0] ?? -1];
  const name = last?.layer?.name;
  if (DISTRIBUTIONS.some((d) => d === name)) return "class";
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

/** The label of a train block's data, a column or the source's own; undefined where it is not known. */
export function labelOf({ model, data, settings }: Trained): Label | undefined {
  const profile = data?.profile;
  const column = profile?.label ?? profile?.columns.find((c) => c.name === data!.settings!.label);
  // An autoencoder is compared with its input.
  if (!profile || !column || !settings || settings.target === "input" || (!column.numbers && column.numeric)) return undefined;
  const kind = column.numeric ? expectedLabel(model, settings) : "class";
  const classes = kind === "class" && column.values ? [...column.values.keys()] : undefined;
  return { column, kind, classes, fractions: column.numeric && column.numbers?.whole === false, complete: profile.complete };
}

/** Where a data block says what the label is. */
export function labelSite(file: string, { declaration, profile }: NonNullable<Trained["data"]>): Site {
  return settingSite(file, declaration, profile?.label ? "source" : "label");
}

/** Features as the model takes them, scaled and normalized: least and greatest, and mean and variance of an entry. */
export interface Features {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** About each entry's own mean, as an answer that never changes misses it. */
  readonly variance: number;
}

/** Undefined where they are not all numbers. */
export function featureRange(train: Trained): Features | undefined {
  const { data } = train;
  const columns = data?.profile && featuresOf(train, data.profile.columns);
  const { scale, normalize } = data?.settings ?? {};
  if (!columns || scale === undefined) return undefined;
  const scaled = columns.map(({ numbers, places = 1 }) => {
    const { min, max, mean, std } = numbers!;
    const [factor, zero] = normalize === "standard" ? [1 / (std || 1), mean] : normalize === "minmax" ? [1 / (max - min || 1), min] : [scale, 0];
    return { min: factor * (min - zero), max: factor * (max - zero), mean: factor * (mean - zero), variance: (factor * std) ** 2, places };
  });
  const entries = scaled.reduce((n, s) => n + s.places, 0);
  return {
    min: Math.min(...scaled.map((s) => s.min)),
    max: Math.max(...scaled.map((s) => s.max)),
    mean: scaled.reduce((sum, s) => sum + s.places * s.mean, 0) / entries,
    variance: scaled.reduce((sum, s) => sum + s.places * s.variance, 0) / entries,
  };
}

/** The columns that are features and numbers; words and categories become 0 and 1. Undefined where there is none. */
export function featuresOf({ data }: Trained, columns: readonly ColumnProfile[]): readonly ColumnProfile[] | undefined {
  const settings = data!.settings!;
  const isChosen = isFeature(settings);
  const texts = wordColumns(settings);
  const numbers = columns.filter((c) => isChosen(c.name) && !texts.includes(c.name) && c.numeric && c.numbers && !settings.categories?.includes(c.name));
  return numbers.length > 0 ? numbers : undefined;
}

/** Losses that compare numbers by their distance. */
export const SQUARED = new Set(["mse", "mae", "huber"]);
