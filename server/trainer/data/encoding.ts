import type { DataSettings, FileFeed } from "../../language/index.ts";
import { inOrder } from "./labels.ts";
import { beginnings, numbersOf, type Raw, type RowKind } from "./raw.ts";
import { type Normalization, Spreads } from "./spreads.ts";
import { chunks } from "./stored.ts";
import { indexOfWords, PADDING, type TextEncoding } from "./text/encoding.ts";
import { codesOf, type Sentences } from "./text/sentences.ts";

/** What was learned of the training rows to make numbers of any row: kept with the weights, as JSON. */
export interface Encoding {
  /** Undefined: every value is a number, and is one feature. */
  readonly columns?: readonly ColumnEncoding[];
  /** Columns that flow into each input, in the model's order; undefined: all into one. */
  readonly inputs?: readonly number[];
  /** Feature i becomes (x − shift[i mod n]) · factor[i mod n], after `scale`. */
  readonly normalize?: Normalization;
  readonly text?: TextEncoding;
}

export interface ColumnEncoding {
  readonly name: string;
  /** One feature a category, 1 in its own and 0 elsewhere; absent: a number. */
  readonly categories?: readonly string[];
  /** For an input of whole numbers: the value itself, or of a category its place from 1 and 0 for any other; neither scaled nor normalized. */
  readonly index?: true;
  /** Put in where a value is missing. */
  readonly fill?: number;
  /** A number for each word, padded. Columns with more than one length have the same ones: a row has one of them for all. */
  readonly text?: TextEncoding;
  /** The numbers of a file that each row names, scaled; `normalize` has one entry for each of its channels. */
  readonly array?: FileFeed & { readonly normalize?: Normalization };
}

/** In the place of a length's number: columns that are normalized by themselves or not at all, texts and arrays, give nothing. */
export const PLAIN_ALONE = -1;

/** Features that a row has once encoded. */
export function widthOf(raw: RowKind, { columns }: Encoding, length = Infinity): number {
  return columns ? columns.reduce((sum, c) => sum + widthOfColumn(c, length), 0) : raw.width;
}

/** Words that a text is padded to where its row has length number `length`; past the last: the longest. */
const lengthAt = ({ lengths }: TextEncoding, length: number): number => (length === PLAIN_ALONE ? 0 : lengths[Math.min(length, lengths.length - 1)]!);
const widthOfColumn = ({ categories, index, text, array }: ColumnEncoding, length: number): number => (text ? lengthAt(text, length) : array ? (length === PLAIN_ALONE ? 0 : numbersOf(array)) : categories && !index ? categories.length : 1);

/** Features of each input, where texts are longest. */
export function inputWidths({ columns, inputs }: Encoding): readonly number[] | undefined {
  let at = 0;
  return inputs?.map((count) => (at += count, columns ? columns.slice(at - count, at).reduce((sum, c) => sum + widthOfColumn(c, Infinity), 0) : count));
}

/** Names of the features, as far as there are some. */
export function namesOf({ columns }: Encoding): readonly string[] | undefined {
  return columns?.flatMap((c) => (c.index ? undefined : c.categories)?.map((word) => `${c.name}=${word}`) ?? Array<string>(widthOfColumn(c, Infinity)).fill(c.name));
}

/** Categories and what is put in for missing numbers, from the rows that `isTraining` marks. `indices`: columns that flow into inputs of whole numbers, by place. */
export function fitColumns(raw: Raw, isTraining: Uint8Array, { missing }: Pick<DataSettings, "missing">, indices: readonly boolean[]): Encoding {
  const { columns } = raw;
  const index = (i: number) => indices[i] === true && { index: true as const };
  if (!columns || columns.every((c) => c.kind === "number" && missing !== "mean")) return columns ? { columns: columns.map(({ name }, i) => ({ name, ...index(i) })) } : {};
  const width = columns.length;
  const at = beginnings(columns);
  const seen = columns.map((c) => (c.kind === "category" ? new Uint8Array(c.words.length) : undefined));
  const [sums, counts] = [new Float64Array(width), new Float64Array(width)];
  for (const { from, rows, values } of chunks(raw.values)) {
    for (let row = 0; row < rows; row++) {
      if (isTraining[from + row] !== 1) continue;
      for (let i = 0; i < width; i++) {
        const value = values[row * raw.width + at[i]!]!;
        if (Number.isNaN(value)) continue;
        const words = seen[i];
        if (words) words[value] = 1;
        sums[i]! += value;
        counts[i]!++;
      }
    }
  }
  return {
    columns: columns.map((c, i) => {
      if (c.kind === "category") return { name: c.name, categories: inOrder(c.words.filter((_, code) => seen[i]![code] === 1)), ...index(i) };
      if (c.kind === "text") return { name: c.name };
      if (c.kind === "array") return { name: c.name, array: c.of };
      return { name: c.name, ...(missing === "mean" && { fill: counts[i]! > 0 ? sums[i]! / counts[i]! : 0 }), ...index(i) };
    }),
  };
}

/** Adds `normalize`, measured on the training rows: per feature, or per channel where rows have several axes. */
export function fitNormalization(raw: Raw, isTraining: Uint8Array, encoding: Encoding, shape: readonly number[], { normalize, scale }: Pick<DataSettings, "normalize" | "scale">): Encoding {
  if (normalize === "none") return encoding;
  const encoder = new Encoder(raw, encoding, scale, PLAIN_ALONE);
  const features = encoder.width;
  const count = shape.length > 1 ? shape[shape.length - 1]! : features;
  const isCategory = categoryFeatures(encoding, features);
  const spreads = new Spreads(count);
  const row = new Float32Array(features);
  for (const { from, rows, values } of chunks(raw.values)) {
    for (let r = 0; r < rows; r++) {
      if (isTraining[from + r] !== 1) continue;
      encoder.row(values, r, row, 0);
      for (let i = 0; i < features; i++) spreads.add(i % count, row[i]!);
    }
  }
  return { ...encoding, normalize: spreads.normalization(normalize, (i) => shape.length === 1 && isCategory[i]!) };
}

/** Those that stay as they are. */
function categoryFeatures({ columns }: Encoding, features: number): boolean[] {
  return columns ? columns.flatMap((c) => Array<boolean>(widthOfColumn(c, PLAIN_ALONE)).fill(c.categories !== undefined || c.index === true)) : Array<boolean>(features).fill(false);
}

const NUMBER: Omit<ColumnEncoding, "name"> = {};

/** An array as read, scaled and normalized; what comes back is where it ends. */
function arrayTo({ scale, normalize, ...of }: NonNullable<ColumnEncoding["array"]>, values: Float32Array, from: number, out: Float32Array, to: number): number {
  const size = numbersOf(of);
  for (let i = 0; i < size; i++) {
    const v = values[from + i]! * scale;
    const channel = normalize ? i % normalize.shift.length : 0;
    out[to + i] = normalize ? (v - normalize.shift[channel]!) * normalize.factor[channel]! : v;
  }
  return to + size;
}

/** Where nothing of a text is asked for, it may lie in a file. */
const textAt = (sentences: Sentences, text: TextEncoding, length: number) => ({ starts: sentences.starts, length, ...(length > 0 ? { codes: codesOf(sentences), index: indexOfWords(sentences.words, text) } : { codes: new Float32Array(0), index: new Int32Array(0) }) });

/** Values of categories that training has not seen, by column: they are none. `row`: the first one's. */
export type Unknown = Map<string, { readonly word: string; readonly row: number; count: number }>;

/** For a person: which categories counted as none. */
export const notesOfUnknown = (unknown: Unknown): string[] => [...unknown].map(([name, { word, row, count }]) => `${count === 1 ? "1 value" : `${count} values`} of column ${name} ${count === 1 ? "is" : "are"} no category of the training part, and ${count === 1 ? "counts" : "count"} as none: first ${JSON.stringify(word)}, row ${row + 1}.`);

/** Where rows lie among all that are encoded together. */
export interface Among {
  /** The first one's number. */
  readonly from: number;
  readonly unknown: Unknown;
}

/** Makes features of the rows of one source. */
export class Encoder {
  readonly width: number;
  private readonly among: Among;
  private readonly from: number;
  private readonly scale: number;
  private readonly encoding: Encoding;
  /** For each column of words: its code → feature, or −1. */
  private readonly codes: readonly (Int32Array | undefined)[] | undefined;
  /** For each column of text: its sentences, and the index of each of their words. */
  private readonly texts: readonly ({ readonly codes: Float32Array; readonly starts: ArrayLike<number>; readonly index: Int32Array; readonly length: number } | undefined)[] | undefined;
  private readonly raw: RowKind;
  private readonly plainAlone: boolean;

  /** `length`: number of the length that texts are padded to. */
  constructor(raw: RowKind & Pick<Raw, "texts">, encoding: Encoding, scale: number, length = Infinity, among: Among = { from: 0, unknown: new Map() }) {
    this.among = among;
    this.raw = raw;
    this.encoding = encoding;
    this.scale = scale;
    this.from = raw.width;
    this.width = widthOf(raw, encoding, length);
    this.plainAlone = length === PLAIN_ALONE;
    this.texts = encoding.columns?.some((c) => c.text) ? encoding.columns.map(({ text }, i) => text && textAt(raw.texts![i]!, text, lengthAt(text, length))) : undefined;
    this.codes = encoding.columns?.some((c) => c.categories)
      ? encoding.columns.map((c, i) => {
          const column = raw.columns![i]!;
          const order = c.categories && new Map(c.categories.map((word, at) => [word, at]));
          return order && column.kind === "category" ? Int32Array.from(column.words, (word) => order.get(word) ?? -1) : undefined;
        })
      : undefined;
  }

  get unknown(): Unknown {
    return this.among.unknown;
  }

  /** Row `row` of `values`, written to `out` at `at`. `number` is the row's own, for messages. */
  row(values: Float32Array, row: number, out: Float32Array, at: number, number = row): void {
    const { columns, normalize } = this.encoding;
    const { from, scale, codes, texts } = this;
    let to = at;
    // What is normalized lies before, between and behind texts and arrays.
    let [plain, next] = [at, 0];
    const count = columns?.length ?? from;
    let read = row * from;
    for (let i = 0; i < count; i++) {
      const array = columns?.[i]?.array;
      if (array) {
        next = this.normal(out, plain, to, next);
        if (!this.plainAlone) to = arrayTo(array, values, read, out, to);
        read += numbersOf(array);
        plain = to;
        continue;
      }
      const text = texts?.[i];
      if (text) {
        next = this.normal(out, plain, to, next);
        const { codes: words, starts, index, length } = text;
        const start = starts[number]!;
        const count = Math.min(starts[number + 1]! - start, length);
        for (let k = 0; k < length; k++) out[to++] = k < count ? index[words[start + k]!]! : PADDING;
        plain = to;
        read++;
        continue;
      }
      let value = values[read++]!;
      const { categories, index, fill } = columns?.[i] ?? NUMBER;
      if (categories) {
        const feature = Number.isNaN(value) ? -1 : codes![i]![value]!;
        if (feature < 0 && !Number.isNaN(value)) this.note(i, value, number);
        if (index) {
          out[to++] = feature + 1;
          continue;
        }
        out.fill(0, to, to + categories.length);
        if (feature >= 0) out[to + feature] = 1;
        to += categories.length;
      } else {
        if (Number.isNaN(value)) value = fill ?? value;
        out[to++] = index ? value : value * scale;
      }
    }
    if (normalize) this.normal(out, plain, to, next);
  }

  /** Normalizes features from one place to another; `k` is the first one's number, and the next one's comes back. */
  private normal(out: Float32Array, from: number, to: number, k: number): number {
    const { normalize } = this.encoding;
    if (!normalize) return 0;
    const { shift, factor } = normalize;
    for (let i = from; i < to; i++) {
      out[i] = (out[i]! - shift[k]!) * factor[k]!;
      if (++k === shift.length) k = 0;
    }
    return k;
  }

  private note(column: number, code: number, row: number): void {
    const { name } = this.encoding.columns![column]!;
    const { from, unknown } = this.among;
    const known = unknown.get(name);
    if (known) known.count++;
    else unknown.set(name, { word: (this.raw.columns![column] as { words: readonly string[] }).words[code]!, row: from + row, count: 1 });
  }
}
