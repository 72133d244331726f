import { type DataPath, dataPathsOf } from "../../language/data-files.ts";
import type { Declaration, LineRef } from "../../language/syntax/tree.ts";
import type { Source } from "./files.ts";

export interface Column {
  readonly name: string;
  /** In the header line, quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Columns of a header line, as RFC 4180 quotes them. */
export function columnsOf(header: string, delimiter = ","): Column[] {
  const columns: Column[] = [];
  for (let at = 0; at <= header.length; ) {
    const start = at;
    let name = "";
    if (header[at] === '"') {
      for (at++; at < header.length && (header[at] !== '"' || header[at + 1] === '"'); at += header[at] === '"' ? 2 : 1) name += header[at];
      at++;
    }
    const end = header.indexOf(delimiter, at);
    at = end < 0 ? header.length : end;
    columns.push({ name: header[start] === '"' ? name : header.slice(start, at), start, end: at });
    at += Math.max(delimiter.length, 1);
  }
  return columns;
}

/** A path that a data block names (`csv("rows.csv", delimiter = ";")`), and the line that it stands in. */
export interface DataFile {
  readonly value: string;
  /** What stands between columns of a file that has some; undefined for others. */
  readonly delimiter: string | undefined;
  /** Its columns are arrays: their names stand in no line of it. */
  readonly arrays: boolean;
  readonly line: LineRef;
  readonly text: DataPath["text"];
}

/** Every path of a data block: of its source, and of its test rows. */
export function dataFilesOf(d: Declaration): DataFile[] {
  return dataPathsOf(d).map(({ text, line, source: { rows, name, arrays }, argument }) => ({
    value: text.value, delimiter: rows === "own" ? undefined : name === "tsv" ? "\t" : (argument("delimiter")?.value ?? ","), arrays: arrays === true, line, text,
  }));
}

/** The file that names the columns of the data block around a line. */
export function sourcePathOf(source: Source, line: number): DataFile | undefined {
  const d = source.syntax.declarations.findLast((k) => k.line.number <= line);
  return d && dataFilesOf(d).find((f) => f.delimiter !== undefined);
}
