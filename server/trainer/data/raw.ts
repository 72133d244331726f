import type { WordOptions } from "../../formats/words.ts";
import type { DataSettings, FileFeed } from "../../language/index.ts";
import type { Encoding } from "./encoding.ts";
import type { NamedFilesRead } from "./file-stamp.ts";
import type { LabelKind, Labels } from "./labels.ts";
import type { Stored } from "./stored.ts";
import type { Sentences } from "./text/sentences.ts";

/** A column as read. Words are stored by number: the place in `words`. A missing value is NaN. Of text the value is 0, and `Raw.texts` has it. An array is all of its numbers, row-major. */
export type RawColumn = { readonly name: string; readonly kind: "text" } | { readonly name: string; readonly kind: "array"; readonly of: FileFeed } | { readonly name: string; readonly kind: "number" } | { readonly name: string; readonly kind: "category"; readonly words: readonly string[] };

/** Values of a row that a column has. */
export const sizeOf = (column: RawColumn): number => (column.kind === "array" ? numbersOf(column.of) : 1);
export const numbersOf = ({ shape }: Pick<FileFeed, "shape">): number => shape.reduce((a, b) => a * b, 1);

/** Where the values of each column begin in a row. */
export function beginnings(columns: readonly RawColumn[]): readonly number[] {
  let at = 0;
  return columns.map((c) => (at += sizeOf(c)) - sizeOf(c));
}

/** What a row of a source is. */
export interface RowKind {
  /** For messages. */
  readonly file: string;
  /** Undefined: all numbers, and without names. */
  readonly columns: readonly RawColumn[] | undefined;
  /** Values of a row as read. */
  readonly width: number;
  /** Shape of a row, where the source knows it. */
  readonly shape: readonly number[] | undefined;
  /** The place of each column among the file's columns, from 1. */
  readonly places?: readonly number[] | undefined;
  /** Those of the labels, in files that have columns. */
  readonly labelPlaces?: readonly number[] | undefined;
}

/** What a source holds, as read: nothing is scaled, chosen or fitted yet. */
export interface Raw extends RowKind {
  readonly rows: number;
  readonly values: Stored;
  /** One for each output that is compared; undefined in prediction. */
  readonly labels: readonly Labels[] | undefined;
  /** Which part each row belongs to, where a column says so: 0 train, 1 validation, 2 test. */
  readonly parts: Uint8Array | undefined;
  /** The line that row i ends on, 1-based, in files that have lines. */
  readonly lines: Int32Array | undefined;
  /** For each column its sentences, where it is text. */
  readonly texts?: readonly (Sentences | undefined)[];
  /** Rows of a text source have no values but these. */
  readonly sentences?: Sentences;
  /** Those that rows name, or that lie in a folder. */
  readonly files?: NamedFilesRead | undefined;
  /** What a person should know of what was read. */
  readonly notes: readonly string[];
}

/** Files that hold what was too much for memory. */
export const spilledOf = (raw: Raw): string[] => [...storedOf(raw).flatMap((s) => (s.kind === "file" ? [s.path] : [])), ...sentencesOf(raw).flatMap((s) => s?.words.path ?? [])];
/** Nothing of it lies in a file. */
export const isInMemory = (raw: Raw): boolean => spilledOf(raw).length === 0;
/** All that a source has read. */
export const storedOf = (raw: Raw): readonly Stored[] => [raw.values, ...sentencesOf(raw).flatMap((s) => (s ? [s.codes] : []))];
/** For each column its sentences, where it is text. */
export const sentencesOf = ({ sentences, texts = [] }: Pick<Raw, "sentences" | "texts">): readonly (Sentences | undefined)[] => (sentences ? [sentences] : texts);

export interface ReadRequest {
  readonly args: Readonly<Record<string, unknown>>;
  /** Of the .nnet file. */
  readonly folder: string;
  readonly settings: DataSettings;
  /** Of each label; undefined in prediction: labels aren't needed there. */
  readonly expected: readonly LabelKind[] | undefined;
  /** The train block's. */
  readonly seed: number;
  /** In prediction: what is read instead of the source's own file, and how columns were taken in training. */
  readonly prediction?: { readonly file: string; readonly features: readonly string[] | undefined; readonly encoding: Encoding };
  /** For each feature column, in order, how it is cut into words where it is text, and what its files are where it names some. */
  readonly texts?: readonly (WordOptions | undefined)[] | undefined;
  readonly files?: readonly (FileFeed | undefined)[] | undefined;
  /** Of test rows: the columns of the training rows, which are read in the same way. */
  readonly like?: readonly RawColumn[] | undefined;
  /** Where values go once they are too many for memory; of further stores the name ends in a number: .1, .2, … */
  readonly spill: string;
}

export type SourceReader = (request: ReadRequest) => Promise<Raw>;
