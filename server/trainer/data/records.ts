import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { type CsvError, parse } from "csv-parse";
import { basename } from "node:path";
import { numberOf } from "../../formats/columns.ts";
import { didYouMean } from "../../language/suggest.ts";
import { TrainerError } from "../errors.ts";
import { readableFile, unreadable } from "./files.ts";

/** A row longer than this is a quote that was never closed. */
const LONGEST_ROW = 1 << 24;

/** Streams the records of a delimited file, header included, each with the line that it ends on. Throws TrainerErrors with their place. */
export async function readRecords(file: string, source: string, delimiter: string, onRecord: (record: readonly string[], line: number) => void): Promise<void> {
  await readableFile(file, source);
  if (await isBinary(file)) throw new TrainerError("data-malformed", `${basename(file)} is not text: it holds zero bytes; a table is text, one line a row`, { file, line: 1 });
  let read = 0;
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    onRecord: (record: readonly string[], context: { lines: number }) => {
      read = context.lines;
      onRecord(record, context.lines);
      return null;
    },
  });
  await new Promise<void>((resolve, reject) => {
    const input = createReadStream(file);
    const fail = (e: Error) => {
      input.destroy();
      reject(e instanceof TrainerError ? e : "lines" in e ? malformed(file, e as CsvError & { lines: number }, read) : unreadable(file, e));
    };
    input.on("error", fail);
    parser.on("error", fail);
    parser.on("end", resolve);
    // Records were taken as they came; this lets the end come.
    parser.resume();
    input.pipe(parser);
  });
}

/** The first line of a file, which names its columns. */
export class Header {
  readonly names: readonly string[];
  private readonly file: string;
  private readonly line: number;
  private readonly delimiter: string;

  constructor(record: readonly string[], file: string, line: number, delimiter: string) {
    this.names = record.map((n) => n.trim());
    this.file = file;
    this.line = line;
    this.delimiter = delimiter;
    const twice = this.names.findIndex((n, i) => this.names.indexOf(n) < i);
    if (twice >= 0) throw new TrainerError("data-column-twice", `the header names column ${JSON.stringify(this.names[twice])} twice; names tell columns apart`, { file, line, column: twice + 1 });
  }

  /** The columns of `chosen`, or all but the others. */
  features(chosen: readonly string[] | undefined, others: readonly (string | undefined)[]): number[] {
    const names = chosen ?? this.names.filter((n) => !others.includes(n));
    if (names.length === 0) throw new TrainerError("data-no-column", `the only column is the label ${others[0] ?? ""}; a row needs features too${this.names[0]!.includes(";") ? ", and the file seems to be separated by ;: csv(\"…\", delimiter = \";\")" : ""}`, { file: this.file, line: this.line, column: 1 });
    return names.map((n) => this.find(n));
  }

  find(name: string): number {
    const { names } = this;
    const at = names.indexOf(name);
    if (at >= 0) return at;
    const shown = names.length > 12 ? `${names.slice(0, 6).join(", ")}, … ${names.slice(-3).join(", ")} (${names.length} columns)` : names.join(", ");
    const hint = names.filter((n) => numberOf(n) !== undefined).length > names.length / 2
      ? "; its first line holds numbers, and must name the columns"
      : names.length === 1 && /[;\t]/.test(names[0]!)
        ? `; it seems to be separated by ${names[0]!.includes(";") ? ";: csv(\"…\", delimiter = \";\")" : "tabs: tsv(\"…\")"}`
        : didYouMean(name, names).text;
    throw new TrainerError("data-no-column", `there is no column ${name} in ${basename(this.file)}, which has ${shown}${hint}`, { file: this.file, line: this.line });
  }

  /** Every row has a value a column. */
  checkRow(record: readonly string[], line: number): void {
    if (record.length === this.names.length) return;
    throw new TrainerError("data-ragged", `this row has ${record.length} values and the header names ${this.names.length} columns; every row needs one value a column${record.length === 1 ? `, separated by ${JSON.stringify(this.delimiter)}` : ""}`, { file: this.file, line, column: Math.min(record.length, this.names.length) + 1 });
  }
}

/** Zeros in the first bytes, which no text has but UTF-16: that begins with its byte order mark. */
async function isBinary(file: string): Promise<boolean> {
  const handle = await open(file).catch((e: Error) => {
    throw unreadable(file, e);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    const wide = (buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff);
    return !wide && buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await handle.close();
  }
}

/** `read`: the line that the last whole record ends on. */
function malformed(file: string, e: CsvError & { lines: number }, read: number): TrainerError {
  if (e.code === "CSV_QUOTE_NOT_CLOSED") return new TrainerError("data-malformed", "a quote that opens in this row is never closed; close it, or double a quote that is part of the text", { file, line: read + 1 });
  if (e.code === "CSV_MAX_RECORD_SIZE") return new TrainerError("data-malformed", `a row is longer than ${LONGEST_ROW} characters: often a quote that is not closed`, { file, line: e.lines });
  return new TrainerError("data-malformed", `this is not CSV: ${e.message.split("\n")[0]}`, { file, line: e.lines });
}
