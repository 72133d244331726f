import type { Position, Range, SelectionRange } from "vscode-languageserver-types";
import { lex } from "../language/syntax/lines.ts";
import type { LineRef, Span } from "../language/syntax/tree.ts";
import { defineFeature } from "./define.ts";
import type { Source } from "./support/files.ts";
import { before, rangeAt, touches } from "./support/places.ts";

/** What grows around the cursor: word, argument, call, chain, statement, body, declaration, text. */
export const selection = defineFeature({
  method: "textDocument/selectionRange",
  capability: { selectionRangeProvider: true },
  handler({ uri }, { positions }, { files }) {
    const source = files.byUri(uri);
    return positions.map((p) => (source ? around(source, p) : { range: { start: p, end: p } }));
  },
});

function around(source: Source, position: Position): SelectionRange {
  const last = source.lineCount - 1;
  const ranges: Range[] = [{ start: { line: 0, character: 0 }, end: { line: last, character: source.lineText(last).length } }];
  const add = (range: Range): void => {
    if (touches(range, position) && before(range.start, range.end)) ranges.push(range);
  };
  for (const d of source.syntax.declarations) if (touches(rangeAt(d.line, d.span), position)) collect(d, d.line, add);
  const token = lex(source.lineText(position.line)).tokens.find((k) => k.startOffset <= position.character && position.character <= k.startOffset + k.image.length);
  if (token) add({ start: { line: position.line, character: token.startOffset }, end: { line: position.line, character: token.startOffset + token.image.length } });
  return nested(ranges);
}

/** Each inside the one before: what overlaps without lying inside, by recovery from an error, is left out. */
function nested(ranges: readonly Range[]): SelectionRange {
  const sorted = [...ranges].sort((a, b) => (before(a.start, b.start) || (!before(b.start, a.start) && before(b.end, a.end)) ? -1 : 1));
  let inner: SelectionRange = { range: sorted[0]! };
  for (const range of sorted.slice(1)) {
    const outer = inner.range;
    const equal = !before(outer.start, range.start) && !before(range.end, outer.end);
    const inside = !before(range.start, outer.start) && !before(outer.end, range.end);
    if (inside && !equal) inner = { range, parent: inner };
  }
  return inner;
}

interface Visited {
  readonly line?: LineRef;
  readonly span?: Span;
  readonly argsSpan?: Span;
  readonly statements?: unknown;
  readonly entries?: unknown;
}

/** Every node of the tree, whatever its kind: a span, and in brackets what stands between them. */
function collect(node: unknown, base: LineRef, add: (range: Range) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) collect(item, base, add);
    return;
  }
  const { line = base, span, argsSpan, statements, entries } = node as Visited;
  if (span) add(rangeAt(line, span));
  if (span && (statements || entries)) add(within(rangeAt(line, span)));
  if (argsSpan) {
    add(rangeAt(line, argsSpan));
    add(within(rangeAt(line, argsSpan)));
  }
  for (const [key, value] of Object.entries(node)) if (key !== "line" && !key.endsWith("pan")) collect(value, line, add);
}

function within({ start, end }: Range): Range {
  return { start: { line: start.line, character: start.character + 1 }, end: { line: end.line, character: Math.max(end.character - 1, 0) } };
}
