import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { parse, type Options } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";
import type { DataProfile, ProfileRequest } from "../../language/index.ts";
import { Column, MOST_VALUES } from "./column.ts";
import { firstRows } from "./features.ts";
import { Words } from "./sentences.ts";
import { Spread } from "./spread.ts";
import type { Look } from "./steps.ts";

/** Bytes at a file's beginning that a look at it reads. */
const MOST_BYTES = 8 << 20;
/** No look takes longer. */
const LONGEST_MS = 2_000;
/** More columns than any table for this has. */
const MOST_COLUMNS = 50_000;
/** Different values that are kept of all columns together. */
const MOST_OF_ALL = 500_000;

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

/** A row as read: numbers, and by its column what is none. */
interface Row {
  readonly numbers: Float32Array;
  readonly words: readonly (string | undefined)[];
}

const rowsOf = (rows: readonly Row[]): Pick<DataProfile, "first" | "firstWords"> => ({ first: rows.map((r) => r.numbers), ...(rows.some((r) => r.words.length > 0) && { firstWords: rows.map((r) => r.words) }) });

/** Enough has been seen. */
class Full extends Error {}

class Table {
  full = false;
  private readonly request: Omit<ProfileRequest, "files">;
  /** Bytes that were looked at where not all were. */
  private seen: number | undefined;
  private columns: Column[] | undefined;
  private words: Words | undefined;
  private readonly first: Row[] = [];
  private spread: Spread<Row> | undefined;
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
    const isFirst = first.length < firstRows(columns.length);
    const isSpread = this.spread?.takes() === true;
    const kept = isFirst || isSpread ? new Float32Array(columns.length) : undefined;
    const text: (string | undefined)[] = [];
    for (const [i, column] of columns.entries()) {
      const value = column.add(record[i] ?? "");
      if (!kept) continue;
      kept[i] = value ?? NaN;
      if (value === undefined && i !== words?.at) text[i] = record[i]?.trim();
    }
    if (kept && isFirst) first.push({ numbers: kept, words: text });
    if (kept && isSpread) this.spread!.add({ numbers: kept, words: text });
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
    else this.spread = new Spread(firstRows(names.length));
  }

  profile(read: number, size: number): DataProfile | undefined {
    const { columns, rows, words, first, spread } = this;
    if (!columns || rows === 0) return undefined;
    const complete = read >= size && !this.full;
    const total = complete ? rows : Math.max(rows, Math.round((rows * size) / Math.max(this.seen ?? read, 1)));
    return { rows, complete, total, columns: columns.map((c) => c.profile(rows)), ...rowsOf(first), ...(spread && rows > first.length && { spread: rowsOf(spread.all) }), ...(words && { words: words.profile() }) };
  }
}
