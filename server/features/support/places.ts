import type { Position, Range } from "vscode-languageserver-types";
import type { LineRef, Span } from "../../language/syntax/tree.ts";

/** The absolute range of a span that counts from this line. */
export function rangeAt(line: LineRef, span: Span): Range {
  return {
    start: { line: line.number + span.line, character: span.start },
    end: { line: line.number + span.endLine, character: span.end },
  };
}

export function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Both ends included: a cursor behind a word is at it. */
export function touches(range: Range, position: Position): boolean {
  return !before(position, range.start) && !before(range.end, position);
}

export function overlaps(a: Range, b: Range): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}
