import type { DataSettings, TrainAnalysis } from "./analysis.ts";
import { featureColumns, fedColumns, fedFiles, fedTexts, isFeature } from "./feeds.ts";
import type { Model } from "./graph/graph.ts";
import type { ColumnProfile, DataProfile } from "./host.ts";
import type { ProbeRows } from "./signal/index.ts";

interface Kept {
  readonly profile: DataProfile;
  /** What of the model they depend on. */
  readonly inputs: string;
  readonly rows: ProbeRows | undefined;
}

const kept = new WeakMap<DataSettings, Kept>();

/**
 * The first rows of a train block's data as training would feed them: scaled and normalized, categories and words as
 * numbers, by what was measured of the whole file in the place of its training part; of several inputs one after another.
 * Undefined where they are not known.
 */
export function rowsOf({ data, model }: Pick<TrainAnalysis, "data" | "model">): ProbeRows | undefined {
  const { profile, settings } = data ?? {};
  if (!profile || !settings || !model) return undefined;
  const known = kept.get(settings);
  const inputs = inputsText(model);
  if (known && known.profile === profile && known.inputs === inputs) return known.rows;
  const read = profile.words ? sentences(profile, settings, model) : numbers(profile, settings, model);
  const rows = read && whole(nameOf(settings), read);
  kept.set(settings, { profile, inputs, rows });
  return rows;
}

/** The same of rows from all over the data. */
export function spreadRows({ data, model }: Pick<TrainAnalysis, "data" | "model">): ProbeRows | undefined {
  const { profile, settings } = data ?? {};
  const read = profile?.spread && settings && model && numbers({ ...profile, ...profile.spread }, settings, model);
  return read && whole(nameOf(settings), read);
}

/** Those without a gap; undefined where there is none. */
function whole(of: string, read: readonly ArrayLike<number>[]): ProbeRows | undefined {
  const at = [...read.keys()].filter((i) => Array.prototype.every.call(read[i], Number.isFinite));
  return at.length > 0 ? { of, rows: at.map((i) => read[i]!), at } : undefined;
}

const inputsText = ({ inputs, nodes }: Model): string => `${inputs.map((id) => `${nodes[id]!.name} ${nodes[id]!.type?.dtype} ${nodes[id]!.type?.shape.join()}`).join()} ${tokensOf(nodes)}`;

/** Rows of the smallest embedding. */
const tokensOf = (nodes: Model["nodes"]): number => nodes.reduce((n, { layer, args }) => (layer?.takesIndices ? Math.min(n, args["tokens"] as number) : n), Infinity);

/** A sentence of any length is tried as the longest of the first ones, and no shorter than this. */
const LEAST_WORDS = 16;

/** Numbers of words, padded to one length; those that the embedding has no row for are unknown words. */
function sentences({ words }: DataProfile, { source }: DataSettings, { inputs, nodes }: Model): readonly ArrayLike<number>[] | undefined {
  const type = inputs.length === 1 ? nodes[inputs[0]!]!.type : undefined;
  if (type?.dtype !== "int" || type.shape.length !== 1) return undefined;
  const { vocabulary, length: most } = source.args as { vocabulary: number; length: number };
  const [size] = type.shape;
  const longest = words!.first.reduce((n, row) => Math.max(n, row.length), LEAST_WORDS);
  const length = typeof size === "number" ? size : Math.min(longest, Math.max(most, LEAST_WORDS));
  const tokens = Math.min(vocabulary, tokensOf(nodes));
  return words!.first.map((row) => Float64Array.from({ length }, (_, i) => ((row[i] ?? PADDING) < tokens ? (row[i] ?? PADDING) : UNKNOWN_WORD)));
}

const PADDING = 0;
const UNKNOWN_WORD = 1;

function numbers(profile: DataProfile, settings: DataSettings, model: Model): readonly ArrayLike<number>[] | undefined {
  const type = model.inputs.length === 1 ? model.nodes[model.inputs[0]!]!.type : undefined;
  // What sentences and files are there beside columns is not looked at.
  if (fedTexts(model, settings) ?? fedFiles(model, settings)) return undefined;
  const features = featuresOf(profile, settings, model);
  if (!profile.first || !features) return undefined;
  const last = type?.shape[type.shape.length - 1];
  const channels = type !== undefined && type.shape.length > 1 && typeof last === "number" && settings.normalize !== "none";
  if (channels && features.some((f) => f.categories)) return undefined;
  const plain = features.filter((f) => !f.index && !f.categories);
  const change = changes(plain.map((f) => f.column), settings, channels ? last : plain.length);
  return profile.first.map((row, r) => {
    let number = 0;
    return features.flatMap(({ at, column, index, categories }): number[] => {
      const value = row[at]!;
      if (categories) {
        const place = categories.get(profile.firstWords?.[r]![at] ?? String(value));
        if (place === undefined && settings.missing !== "mean") return [NaN];
        return index ? [(place ?? -1) + 1] : Array.from(categories, (_, k) => (k === place ? 1 : 0));
      }
      const known = Number.isNaN(value) && settings.missing === "mean" ? column.numbers!.mean : value;
      return [index ? known : change(known, number++)];
    });
  });
}

interface Feature {
  /** Where it stands in a row as read. */
  readonly at: number;
  readonly column: ColumnProfile;
  /** It flows into an input of whole numbers. */
  readonly index: boolean;
  /** In order, by their words. */
  readonly categories: ReadonlyMap<string, number> | undefined;
}

/** In the order of the model's inputs; undefined where one is not known well enough. */
function featuresOf({ columns, label: own, first }: DataProfile, settings: DataSettings, model: Model): Feature[] | undefined {
  const isInt = model.inputs.map((id) => model.nodes[id]!.type?.dtype === "int");
  const places = columns.map((column, at) => ({ column, at }));
  const named = (name: string) => places.find((p) => p.column.name === name);
  const { categories } = settings;
  const isChosen = isFeature(settings);
  const fed = fedColumns(model, settings);
  if (own) {
    if (columns.length === 0 || isInt.length > 1) return undefined;
    return Array.from(first?.[0] ?? [], (_, at) => ({ at, column: columns[at % columns.length]!, index: isInt[0]!, categories: undefined }));
  }
  if (!fed && isInt.length > 1) return undefined;
  const all = fed?.map((names) => names.map(named)) ?? [featureColumns(settings)?.map(named) ?? places.filter((p) => isChosen(p.column.name))];
  const features = all.flatMap((list, i) => list.map((place): Feature | undefined => {
    if (!place) return undefined;
    const { column } = place;
    if (column.numeric && column.numbers !== undefined && !categories?.includes(column.name)) return { ...place, index: isInt[i]!, categories: undefined };
    return column.values && { ...place, index: isInt[i]!, categories: new Map(inOrder([...column.values.keys()]).map((word, k) => [word, k])) };
  }));
  return features.length > 0 && features.every((f) => f !== undefined) ? features : undefined;
}

/** By number where all are numbers, else by letter. */
export function inOrder(words: string[]): string[] {
  return words.sort(words.every((w) => w !== "" && Number.isFinite(Number(w))) ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** What scale and normalization make of the i-th number; numbers that are `groups` apart are normalized together. */
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
