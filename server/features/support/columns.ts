import type { Arg, Declaration, Expr, LineRef } from "../../language/syntax/tree.ts";
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

/** `csv("rows.csv", delimiter = ";")` of a data block, and the line that it stands in. */
export interface DataFile {
  readonly value: string;
  readonly delimiter: string | undefined;
  readonly line: LineRef;
  readonly text: Extract<Expr, { kind: "text" }>;
}

export function dataFileOf(d: Declaration): DataFile | undefined {
  const entry = d.kind === "data" ? d.settings.entries.find((e) => e.key.text === "source") : undefined;
  if (entry?.value.kind !== "call") return undefined;
  const { args } = entry.value;
  const path = argument(args, "path", 0);
  return path && { value: path.value, delimiter: argument(args, "delimiter", 1)?.value, line: entry.line ?? d.line, text: path };
}

/** The file of the data block around a line. */
export function sourcePathOf(source: Source, line: number): DataFile | undefined {
  const d = source.syntax.declarations.findLast((k) => k.line.number <= line);
  return d && dataFileOf(d);
}

function argument(args: readonly Arg[], name: string, position: number): Extract<Expr, { kind: "text" }> | undefined {
  const value = (args.find((a) => a.name?.text === name) ?? args.filter((a) => !a.name)[position])?.value;
  return value?.kind === "text" ? value : undefined;
}
