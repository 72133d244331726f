import type { TrainAnalysis, TrainSettings } from "./analysis.ts";
import { expectedLabel } from "./checks/label.ts";
import { inOrder, rowsOf, spreadRows } from "./data-rows.ts";
import type { Model } from "./graph/graph.ts";
import { type Head, headsOf } from "./heads.ts";
import type { ColumnProfile, DataProfile } from "./host.ts";
import { comparedOf, eachAlone } from "./outputs.ts";
import type { ProbeRows } from "./signal/index.ts";

/** First rows of a train block's data, and what the model's outputs are compared with there. */
export interface LabelledRows extends ProbeRows {
  readonly heads: readonly Head[];
  /** By output, by row: [outputs]. */
  readonly targets: readonly (readonly Float64Array[])[];
  /** By output, by row: factors of the losses, of `class_weight`. */
  readonly factors: readonly (readonly number[] | undefined)[];
}

type Train = Pick<TrainAnalysis, "data" | "model" | "settings">;

/**
 * As training would have them; rows without a label left out. Where the first rows are not like the others, as of a file
 * that is sorted, rows from all over it. Undefined where they are not known, or a label is none of what the model gives.
 */
export function labelledRows(train: Train): LabelledRows | undefined {
  const profile = train.data?.profile;
  if (!profile) return undefined;
  return labelled(train, profile, rowsOf(train)) ?? (profile.spread && labelled(train, { ...profile, ...profile.spread }, spreadRows(train)));
}

function labelled({ data, model, settings }: Train, profile: DataProfile, rows: ProbeRows | undefined): LabelledRows | undefined {
  if (!rows || !model || !settings || !data?.settings) return undefined;
  if (settings.target === "input") return copied(model, settings, rows);
  const compared = comparedOf(model, data.settings, settings);
  const known = compared.map(({ column, loss }, i) => labelIn(profile, column, expectedLabel(eachAlone(model)[i]!, { loss }), rows.at));
  if (known.some((l) => l === undefined)) return undefined;
  const labels = known as Label[];
  const heads = headsOf(model, settings, labels.map((l) => (l.classes ? "class" : "number")));
  const kept = [...rows.rows.keys()].filter((r) => labels.every((l) => l.values[r] !== undefined));
  if (kept.length < FEWEST || !labels.every((l) => isMixed(l, kept))) return undefined;
  const targets = heads.map((head, i) => head && kept.map((r) => targetOf(head, labels[i]!.values[r]!)));
  if (targets.some((t) => !t || t.includes(undefined))) return undefined;
  const { class_weight: given } = settings;
  const first = heads.findIndex((h) => h!.kind !== "number");
  const factors = labels.map(({ classes, column }, i) => {
    if (!given || !classes || (given !== "balanced" && i !== first)) return undefined;
    const all = classes.reduce((n, c) => n + column.values!.get(c)!, 0);
    return kept.map((r) => (given === "balanced" ? all / (classes.length * column.values!.get(classes[labels[i]!.values[r]!]!)!) : (given[labels[i]!.values[r]!] ?? 1)));
  });
  return { of: rows.of, rows: kept.map((r) => rows.rows[r]!), at: kept.map((r) => rows.at[r]!), heads: heads as Head[], targets: targets as Float64Array[][], factors };
}

/** Fewer rows say little. */
const FEWEST = 16;

function copied(model: Model, settings: TrainSettings, rows: ProbeRows): LabelledRows | undefined {
  const [head] = headsOf(model, settings, []);
  const width = rows.rows[0]!.length;
  if (!head || model.inputs.length !== 1 || model.outputs.length !== 1 || rows.rows.length < FEWEST) return undefined;
  return { ...rows, heads: [{ ...head, outputs: width }], targets: [rows.rows.map((r) => Float64Array.from(r))], factors: [undefined] };
}

interface Label {
  readonly column: ColumnProfile;
  /** In order; undefined for numbers. */
  readonly classes: readonly string[] | undefined;
  /** Of each row the number of its class, or the number; undefined where it has none. */
  readonly values: readonly (number | undefined)[];
}

function labelIn(profile: DataProfile, name: string | undefined, expected: "class" | "number", at: readonly number[]): Label | undefined {
  const { columns, first, firstWords, firstLabels, label: own } = profile;
  const place = own ? -1 : columns.findIndex((c) => c.name === name);
  const column = own ?? columns[place];
  if (!column || (own ? !firstLabels : !first)) return undefined;
  const written = at.map((r) => (own ? firstLabels![r] : (firstWords?.[r]?.[place] ?? first![r]![place])));
  if (column.numeric && expected === "number") return { column, classes: undefined, values: written.map((v) => (typeof v === "number" && Number.isFinite(v) ? v : undefined)) };
  const classes = column.values && inOrder([...column.values.keys()]);
  const order = classes && new Map(classes.map((c, i) => [c, i]));
  return order && { column, classes, values: written.map((v) => (v === undefined ? undefined : order.get(String(v)))) };
}

/** Undefined where the output has no place for it. */
function targetOf({ kind, outputs }: Head, label: number): Float64Array | undefined {
  if (kind !== "classes") return outputs === 1 && (kind === "number" || label <= 1) ? Float64Array.of(label) : undefined;
  return label < outputs ? Float64Array.from({ length: outputs }, (_, k) => Number(k === label)) : undefined;
}

/** Of what there is to tell apart in the whole file, these rows have this share at least. */
const MIXED = 0.6;

function isMixed({ column, classes, values }: Label, kept: readonly number[]): boolean {
  if (classes) {
    const mine = new Map<number, number>();
    for (const r of kept) mine.set(values[r]!, (mine.get(values[r]!) ?? 0) + 1);
    return entropyOf([...mine.values()]) >= MIXED * entropyOf([...column.values!.values()]);
  }
  const mean = kept.reduce((s, r) => s + values[r]!, 0) / kept.length;
  const square = kept.reduce((s, r) => s + (values[r]! - mean) ** 2, 0) / kept.length;
  return Math.sqrt(square) >= MIXED * (column.numbers?.std ?? Infinity);
}

function entropyOf(counts: readonly number[]): number {
  const all = counts.reduce((a, b) => a + b, 0);
  return counts.reduce((s, n) => s - (n / all) * Math.log(n / all), 0);
}
