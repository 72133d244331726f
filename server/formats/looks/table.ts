import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { parse, type Options } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";
import type { DataProfile, ProfileRequest, WordsProfile } from "../../language/index.ts";
import { wordsOf } from "../words.ts";
import { Column, MOST_VALUES } from "./column.ts";
import { firstRows } from "./features.ts";
import type { Look } from "./steps.ts";

/** Bytes at a file's beginning that a look at it reads. */
const MOST_BYTES = 8 << 20;
/** No look takes longer. */
const LONGEST_MS = 2_000;
/** More columns than any table for this has. */
const MOST_COLUMNS = 50_000;
/** Different values that are kept of all columns together. */
const MOST_OF_ALL = 500_000;
/** Different words of a text that are told apart. */
const MOST_WORDS = 500_000;

/** A look at a file of separated values with a header line; undefined where it is none. */
export const table: Look = {
  now(request) {
    const { path } = request.files as { path: string };
    const { size } = statSync(path);
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
      const read = readSync(file, bytes, 0, bytes.length, 0);
      return profileOf(bytes.subarray(0, read), size, request);
    } finally {
      closeSync(file);
    }
  },
  async later(request) {
    const { path } = request.files as { path: string };
    const table = new Table(request);
    const { size } = await stat(path);
    const input = createReadStream(path, { end: MOST_BYTES - 1 });
    const parser = parse(optionsOf(table, request));
    const whole = await new Promise<boolean>((done) => {
      const end = (): void => (input.destroy(), done(false));
      input.on("error", end);
      parser.on("error", end);
      parser.on("end", () => done(true));
      parser.resume();
      input.pipe(parser);
    });
    if (!whole && !table.full && size <= MOST_BYTES) return undefined;
    return table.profile(Math.min(size, MOST_BYTES), size);
  },
};

/** The same of bytes: all of a file, or those that it of `size` bytes begins with. */
export function profileOf(bytes: Buffer, size: number, request: Omit<ProfileRequest, "files">): DataProfile | undefined {
  const table = new Table(request);
  try {
    parseNow(bytes, optionsOf(table, request));
  } catch {
    // What was read before is true; the rest may be cut in the middle of a row.
    if (bytes.length >= size && !table.full) return undefined;
  }
  return table.profile(bytes.length, size);
}

function optionsOf(table: Table, { source, args }: Omit<ProfileRequest, "files">): Options {
  const delimiter = source === "tsv" ? "\t" : (args["delimiter"] as string);
  return { ...FORM, delimiter, onRecord: (record: readonly string[], { bytes }: { bytes: number }) => (table.row(record, bytes), null) } as Options;
}

const FORM = { bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 1 << 24 } as const;

/** Enough has been seen. */
class Full extends Error {}

class Table {
  full = false;
  private readonly request: Omit<ProfileRequest, "files">;
  /** Bytes that were looked at where not all were. */
  private seen: number | undefined;
  private columns: Column[] | undefined;
  private words: Words | undefined;
  private readonly first: Float32Array[] = [];
  private rows = 0;
  private readonly since = Date.now();

  constructor(request: Omit<ProfileRequest, "files">) {
    this.request = request;
  }

  /** `bytes`: of the file up to its end. */
  row(record: readonly string[], bytes: number): void {
    if (!this.columns) return this.begin(record.map((name) => name.trim()));
    this.rows++;
    const { columns, words, first } = this;
    const kept = first.length < firstRows(columns.length) ? new Float32Array(columns.length) : undefined;
    for (const [i, column] of columns.entries()) {
      const value = column.add(record[i] ?? "");
      if (kept) kept[i] = value ?? NaN;
    }
    if (kept) first.push(kept);
    words?.add(record);
    if (this.rows % 256 === 0 && Date.now() - this.since > LONGEST_MS) {
      this.full = true;
      this.seen = bytes;
      throw new Full();
    }
  }

  private begin(names: readonly string[]): void {
    if (names.length > MOST_COLUMNS) throw new Error("no table has so many columns");
    const most = Math.max(64, Math.min(MOST_VALUES, Math.floor(MOST_OF_ALL / names.length)));
    this.columns = names.map((name) => new Column(name, most));
    if (this.request.source === "text") this.words = Words.of(names, this.request);
  }

  profile(read: number, size: number): DataProfile | undefined {
    const { columns, rows, words, first } = this;
    if (!columns || rows === 0) return undefined;
    const complete = read >= size && !this.full;
    const total = complete ? rows : Math.max(rows, Math.round((rows * size) / Math.max(this.seen ?? read, 1)));
    return { rows, complete, total, columns: columns.map((c) => c.profile(rows)), first, ...(words && { words: words.profile() }) };
  }
}

/** The words of one column of text. */
class Words {
  private readonly at: number;
  private readonly options: { readonly lowercase: boolean; readonly punctuation: boolean };
  private readonly lengths = new Map<number, number>();
  /** Rows in which a word stands, and the last of them. */
  private readonly seen = new Map<string, { rows: number; last: number }>();
  private row = 0;

  /** Undefined where it is not clear which column is the text. */
  static of(names: readonly string[], { args, label, split }: Omit<ProfileRequest, "files">): Words | undefined {
    const named = args["column"] as string | undefined;
    const others = names.filter((n) => n !== label && n !== split);
    const text = named ?? (others.length === 1 ? others[0]! : undefined);
    const at = text === undefined ? -1 : names.indexOf(text);
    return at < 0 ? undefined : new Words(at, args as unknown as Words["options"]);
  }

  private constructor(at: number, options: Words["options"]) {
    this.at = at;
    this.options = options;
  }

  add(record: readonly string[]): void {
    const words = wordsOf(record[this.at] ?? "", this.options);
    this.row++;
    this.lengths.set(words.length, (this.lengths.get(words.length) ?? 0) + 1);
    for (const word of words) {
      const known = this.seen.get(word);
      if (!known) {
        if (this.seen.size < MOST_WORDS) this.seen.set(word, { rows: 1, last: this.row });
      } else if (known.last !== this.row) {
        known.rows++;
        known.last = this.row;
      }
    }
  }

  profile(): WordsProfile {
    const occurrences = new Map<number, number>();
    for (const { rows } of this.seen.values()) occurrences.set(rows, (occurrences.get(rows) ?? 0) + 1);
    return { lengths: this.lengths, occurrences };
  }
}
