import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { parse, type Options } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";
import type { ColumnProfile, DataProfile, ProfileOptions } from "../language/index.ts";
import { isMissing, numberOf } from "./columns.ts";

/** Bytes at a file's beginning that a look at it reads. */
const MOST_BYTES = 8 << 20;
/** No look takes longer. */
const LONGEST_MS = 2_000;
/** More columns than any table for this has. */
const MOST_COLUMNS = 50_000;
/** Different values that are kept of a column, and of all columns together. */
const MOST_VALUES = 1_000;
const MOST_OF_ALL = 500_000;

/** A look at a file of separated values with a header line; undefined where it is none. Reads at once. */
export function profileNow(path: string, options: ProfileOptions): DataProfile | undefined {
  let file: number | undefined;
  try {
    const { size } = statSync(path);
    file = openSync(path, "r");
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const read = readSync(file, bytes, 0, bytes.length, 0);
    return profileOf(bytes.subarray(0, read), size, options);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The same of bytes: all of a file, or those that it of `size` bytes begins with. */
export function profileOf(bytes: Buffer, size: number, { delimiter }: ProfileOptions): DataProfile | undefined {
  const table = new Table();
  try {
    parseNow(bytes, { ...FORM, delimiter, onRecord: (record: readonly string[], { bytes }: { bytes: number }) => (table.row(record, bytes), null) } as Options);
  } catch {
    // What was read before is true; the rest may be cut in the middle of a row.
    if (bytes.length >= size && !table.full) return undefined;
  }
  return table.profile(bytes.length, size);
}

/** The same in the background, in small steps. */
export async function profileLater(path: string, { delimiter }: ProfileOptions): Promise<DataProfile | undefined> {
  const table = new Table();
  try {
    const { size } = await stat(path);
    const input = createReadStream(path, { end: MOST_BYTES - 1 });
    const parser = parse({ ...FORM, delimiter, onRecord: (record: readonly string[], { bytes }: { bytes: number }) => (table.row(record, bytes), null) } as Options);
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
  } catch {
    return undefined;
  }
}

const FORM = { bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 1 << 24 } as const;

/** Enough has been seen. */
class Full extends Error {}

class Table {
  full = false;
  /** Bytes that were looked at where not all were. */
  private seen: number | undefined;
  private columns: Column[] | undefined;
  private rows = 0;
  private readonly since = Date.now();

  /** `bytes`: of the file up to its end. */
  row(record: readonly string[], bytes: number): void {
    if (!this.columns) {
      if (record.length > MOST_COLUMNS) throw new Error("no table has so many columns");
      const most = Math.max(64, Math.min(MOST_VALUES, Math.floor(MOST_OF_ALL / record.length)));
      this.columns = record.map((name) => new Column(name.trim(), most));
      return;
    }
    this.rows++;
    for (const [i, column] of this.columns.entries()) column.add(record[i] ?? "");
    if (this.rows % 256 === 0 && Date.now() - this.since > LONGEST_MS) {
      this.full = true;
      this.seen = bytes;
      throw new Full();
    }
  }

  profile(read: number, size: number): DataProfile | undefined {
    if (!this.columns || this.rows === 0) return undefined;
    const complete = read >= size && !this.full;
    return { rows: this.rows, complete, total: complete ? this.rows : Math.max(this.rows, Math.round((this.rows * size) / Math.max(this.seen ?? read, 1))), columns: this.columns.map((c) => c.profile(this.rows)) };
  }
}

class Column {
  private readonly name: string;
  private readonly most: number;
  private values: Map<string, number> | undefined = new Map();
  private numbers = 0;
  private words = 0;
  private missing = 0;
  private whole = true;
  private min = Infinity;
  private max = -Infinity;
  private mean = 0;
  /** Sum of squared deviations (Welford 1962). */
  private spread = 0;

  constructor(name: string, most: number) {
    this.name = name;
    this.most = most;
  }

  add(text: string): void {
    const value = numberOf(text);
    const word = value === undefined ? text.trim() : String(value);
    if (word === "" || (value === undefined && isMissing(text))) return void this.missing++;
    this.count(word);
    if (value === undefined) return void this.words++;
    this.numbers++;
    this.whole &&= Number.isInteger(value);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const off = value - this.mean;
    this.mean += off / this.numbers;
    this.spread += off * (value - this.mean);
  }

  private count(word: string): void {
    if (!this.values) return;
    const seen = this.values.get(word);
    if (seen === undefined && this.values.size >= this.most) this.values = undefined;
    else this.values.set(word, (seen ?? 0) + 1);
  }

  profile(rows: number): ColumnProfile {
    const { name, values, numbers, min, max, mean, whole } = this;
    return { name, numeric: this.words === 0 && numbers > 0, numbers: numbers === 0 ? undefined : { min, max, mean, std: Math.sqrt(this.spread / numbers), whole }, missing: this.missing / rows, values };
  }
}
