import type { DataSettings, TrainAnalysis } from "./analysis.ts";
import { featureColumns } from "./feeds.ts";
import type { Model } from "./graph/graph.ts";
import type { ColumnProfile, DataProfile } from "./host.ts";
import type { ProbeRows } from "./signal/index.ts";

interface Kept {
  readonly profile: DataProfile;
  readonly model: Model;
  readonly rows: ProbeRows | undefined;
}

const kept = new WeakMap<DataSettings, Kept>();

/**
 * The first rows of a train block's data, scaled and normalized as training would: by what was measured of the whole
 * file in the place of its training part. Undefined where they are not known, are no plain numbers, or have categories.
 */
export function rowsOf({ data, model }: Pick<TrainAnalysis, "data" | "model">): ProbeRows | undefined {
  const { profile, settings } = data ?? {};
  if (!profile || !settings || !model) return undefined;
  const known = kept.get(settings);
  if (known && known.profile === profile && known.model === model) return known.rows;
  const rows = read(profile, settings, model);
  kept.set(settings, { profile, model, rows });
  return rows;
}

function read(profile: DataProfile, settings: DataSettings, { nodes, inputs }: Model): ProbeRows | undefined {
  const type = inputs.length === 1 ? nodes[inputs[0]!]!.type : undefined;
  const entries = entriesOf(profile, settings);
  if (!profile.first || profile.words || !type || !entries) return undefined;
  const last = type.shape[type.shape.length - 1];
  const change = type.dtype === "int" ? undefined : changes(entries.map((e) => e.column), settings, type.shape.length > 1 && typeof last === "number" ? last : entries.length);
  const rows = profile.first.flatMap((row) => {
    const values = entries.map(({ at, column }) => (Number.isNaN(row[at]!) && settings.missing === "mean" ? column.numbers!.mean : row[at]!));
    return values.some((v) => !Number.isFinite(v)) ? [] : [change ? values.map(change) : values];
  });
  return rows.length > 0 ? { of: nameOf(settings), rows } : undefined;
}

/** Where each feature stands in a row as read, and what was measured of its column. */
function entriesOf({ columns, label: own, first }: DataProfile, settings: DataSettings): { readonly at: number; readonly column: ColumnProfile }[] | undefined {
  if (own) return columns.length === 0 ? undefined : Array.from(first?.[0] ?? [], (_, at) => ({ at, column: columns[at % columns.length]! }));
  const { label, categories, split } = settings;
  const features = featureColumns(settings);
  const places = columns.map((column, at) => ({ column, at }));
  const chosen = features ? features.map((name) => places.find((p) => p.column.name === name)) : places.filter((p) => p.column.name !== label && p.column.name !== split);
  const numbers = chosen.filter((p) => p?.column.numeric === true && p.column.numbers !== undefined && !categories?.includes(p.column.name));
  return numbers.length === chosen.length && numbers.length > 0 ? (numbers as { at: number; column: ColumnProfile }[]) : undefined;
}

/** What scale and normalization make of the i-th feature; features that are `groups` apart are normalized together. */
function changes(columns: readonly ColumnProfile[], { scale, normalize, missing }: DataSettings, groups: number): (value: number, i: number) => number {
  if (normalize === "none") return (v) => v * scale;
  const shift = Array.from({ length: groups }, (_, g) => {
    const some = columns.filter((_, i) => i % groups === g);
    const mine = some.map((c) => c.numbers!);
    const mean = mine.reduce((s, n) => s + n.mean, 0) / mine.length;
    // Where a mean was put in, it counts.
    const square = some.reduce((s, { numbers: n, missing: gaps }) => s + n!.std ** 2 * (missing === "mean" ? 1 - gaps : 1) + n!.mean ** 2, 0) / some.length;
    const [min, max] = [mine.reduce((a, n) => Math.min(a, n.min), Infinity), mine.reduce((a, n) => Math.max(a, n.max), -Infinity)];
    return normalize === "standard" ? { from: mean, by: Math.sqrt(Math.max(square - mean * mean, 0)) || 1 } : { from: min, by: max - min || 1 };
  });
  return (v, i) => (v - shift[i % groups]!.from) / shift[i % groups]!.by;
}

/** "digits.csv", "spirals" */
function nameOf({ source }: DataSettings): string {
  const path = source.args["path"] ?? source.args["images"];
  return typeof path === "string" ? path.replace(/^.*[/\\]/, "") : source.name;
}
