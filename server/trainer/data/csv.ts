import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type CsvError, parse } from "csv-parse";
import { closest } from "fastest-levenshtein";
import { numberOf } from "../../formats/numbers.ts";
import { TrainerError } from "../errors.ts";
import { Growing } from "./growing.ts";
import { LabelReader } from "./labels.ts";
import type { Columns, LabelKind } from "./table.ts";

export interface CsvRequest {
  /** Absolute path. */
  readonly file: string;
  readonly delimiter: string;
  /** Undefined in prediction: the file need not have it. */
  readonly label: { readonly column: string; readonly expected: LabelKind } | undefined;
  /** Columns that are features, in order; undefined: all but the label. */
  readonly features: readonly string[] | undefined;
  /** Never a feature, even if the file has it: the label, in prediction. */
  readonly ignore?: string;
}

/** A row longer than this is a quote that was never closed. */
const LONGEST_ROW = 1 << 24;
/** Numbers that fit one Float32Array on every platform. */
const MOST_NUMBERS = 2 ** 30;

/** Reads a CSV file with a header as a stream. Throws a TrainerError with file, line and column for whatever is wrong with it. */
export async function readCsv(request: CsvRequest): Promise<Columns> {
  const { file } = request;
  const info = await stat(file).catch((e: NodeJS.ErrnoException) => {
    throw e.code === "ENOENT" || e.code === "ENOTDIR" ? new TrainerError("data-missing", `there is no file ${file}; source = csv("…") is relative to the .nnet file`, { file }) : unreadable(file, e);
  });
  if (!info.isFile()) throw new TrainerError("data-missing", `${file} is not a file; source = csv("…") names one CSV file`, { file });
  const reader = new RowReader(request);
  const parser = parse({
    bom: true,
    delimiter: request.delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    onRecord: (record: readonly string[], context: { lines: number }) => {
      reader.row(record, context.lines);
      return null;
    },
  });
  await new Promise<void>((resolve, reject) => {
    const input = createReadStream(file);
    const fail = (e: Error) => {
      input.destroy();
      reject(e instanceof TrainerError ? e : "lines" in e ? malformed(file, e as CsvError & { lines: number }) : unreadable(file, e));
    };
    input.on("error", fail);
    parser.on("error", fail);
    parser.on("end", resolve);
    // Records were taken as they came; this lets the end come.
    parser.resume();
    input.pipe(parser);
  });
  return reader.take();
}

class RowReader {
  private readonly request: CsvRequest;
  private names: readonly string[] | undefined;
  private features: readonly number[] = [];
  private labelAt = -1;
  private readonly x = new Growing();
  private readonly lines: number[] = [];
  private readonly labels: LabelReader | undefined;

  constructor(request: CsvRequest) {
    this.request = request;
    this.labels = request.label && new LabelReader(request.label.column, request.label.expected);
  }

  row(record: readonly string[], line: number): void {
    if (!this.names) return this.header(record, line);
    const { file } = this.request;
    if (record.length !== this.names.length) {
      throw new TrainerError("data-ragged", `this row has ${record.length} values and the header names ${this.names.length} columns; every row needs one value a column${record.length === 1 ? `, separated by ${JSON.stringify(this.request.delimiter)}` : ""}`, { file, line, column: Math.min(record.length, this.names.length) + 1 });
    }
    for (const at of this.features) {
      const text = record[at]!;
      const value = numberOf(text);
      if (value === undefined) {
        const what = text.trim() === "" ? `column ${this.names[at]} is empty` : `${JSON.stringify(text.slice(0, 40))} in column ${this.names[at]} is not a number`;
        throw new TrainerError("data-not-numeric", `${what}; features are numbers: correct the row, or leave the column out by features = […]`, { file, line, column: at + 1 });
      }
      this.x.push(value);
    }
    if (this.x.length > MOST_NUMBERS) throw new TrainerError("data-too-large", `the file has more than ${MOST_NUMBERS} numbers, which is more than fits in memory; train on a part of it`, { file, line });
    this.labels?.add(record[this.labelAt]!, { file, line, column: this.labelAt + 1 });
    this.lines.push(line);
  }

  take(): Columns {
    const { file } = this.request;
    if (!this.names) throw new TrainerError("data-empty", `${basename(file)} is empty; its first line names the columns, and every other is a row`, { file, line: 1 });
    if (this.lines.length === 0) throw new TrainerError("data-empty", `${basename(file)} has a header and no rows`, { file, line: 1 });
    const x = this.x.take();
    return { file, rows: this.lines.length, features: this.features.map((i) => this.names![i]!), x, label: this.labels?.take(), lines: Int32Array.from(this.lines), places: this.features.map((i) => i + 1) };
  }

  private header(record: readonly string[], line: number): void {
    const names = record.map((n) => n.trim());
    const twice = names.findIndex((n, i) => names.indexOf(n) < i);
    if (twice >= 0) throw new TrainerError("data-column-twice", `the header names column ${JSON.stringify(names[twice])} twice; names tell columns apart`, { file: this.request.file, line, column: twice + 1 });
    this.names = names;
    const { label, features, ignore } = this.request;
    if (label) this.labelAt = this.find(label.column, line);
    const chosen = features ?? names.filter((n) => n !== label?.column && n !== ignore);
    if (chosen.length === 0) throw new TrainerError("data-no-column", `the only column is the label ${label?.column ?? ignore}; a row needs features too${names[0]!.includes(";") ? ", and the file seems to be separated by ;: csv(\"…\", delimiter = \";\")" : ""}`, { file: this.request.file, line, column: 1 });
    this.features = chosen.map((n) => this.find(n, line));
  }

  private find(name: string, line: number): number {
    const names = this.names!;
    const at = names.indexOf(name);
    if (at >= 0) return at;
    const shown = names.length > 12 ? `${names.slice(0, 6).join(", ")}, … ${names.slice(-3).join(", ")} (${names.length} columns)` : names.join(", ");
    const hint = names.every((n) => numberOf(n) !== undefined)
      ? "; its first line holds numbers, and must name the columns"
      : names.length === 1 && /[;\t]/.test(names[0]!)
        ? `; it seems to be separated by ${names[0]!.includes(";") ? ";" : "tabs"}: csv("…", delimiter = ${names[0]!.includes(";") ? '";"' : '"\\t"'})`
        : `; did you mean ${closest(name, names)}?`;
    throw new TrainerError("data-no-column", `there is no column ${name} in ${basename(this.request.file)}, which has ${shown}${hint}`, { file: this.request.file, line });
  }
}

function malformed(file: string, e: CsvError & { lines: number }): TrainerError {
  if (e.code === "CSV_MAX_RECORD_SIZE") return new TrainerError("data-malformed", `a row is longer than ${LONGEST_ROW} characters: often a quote that is not closed`, { file, line: e.lines });
  return new TrainerError("data-malformed", `this is not CSV: ${e.message.split("\n")[0]}`, { file, line: e.lines });
}

function unreadable(file: string, e: Error): TrainerError {
  return new TrainerError("data-missing", `${file} cannot be read: ${e.message}`, { file });
}
