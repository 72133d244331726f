import type { TextEdit } from "vscode-languageserver-types";
import { format } from "../language/index.ts";
import { defineFeature } from "./define.ts";

/** The whole text in its standard form, by edits as small as lines allow: cursors and marks elsewhere stay. */
export const formatting = defineFeature({
  method: "textDocument/formatting",
  capability: { documentFormattingProvider: true },
  handler({ document }) {
    const { text } = document;
    const formatted = format(text);
    // Undefined: the text has a syntax error, and is left alone.
    return formatted === undefined ? [] : editsBetween(text.split("\n"), formatted.split("\n"));
  },
});

function editsBetween(old: readonly string[], fresh: readonly string[]): TextEdit[] {
  const { start, end } = common(old, fresh);
  const before = old.slice(start, old.length - end);
  const after = fresh.slice(start, fresh.length - end);
  if (before.length === after.length) return before.flatMap((line, i) => (line === after[i] ? [] : [lineEdit(start + i, line, after[i]!)]));
  // Lines came or went: all between the first and the last difference.
  if (start === old.length) {
    const last = { line: start - 1, character: old[start - 1]!.length };
    return [{ range: { start: last, end: last }, newText: `\n${after.join("\n")}` }];
  }
  const from = { line: start, character: 0 };
  if (end > 0) return [{ range: { start: from, end: { line: old.length - end, character: 0 } }, newText: after.map((l) => `${l}\n`).join("") }];
  // Up to the end of the text; without a line left over, the break before goes as well.
  const to = { line: old.length - 1, character: old[old.length - 1]!.length };
  const keep = after.length > 0 || start === 0;
  return [{ range: { start: keep ? from : { line: start - 1, character: old[start - 1]!.length }, end: to }, newText: after.join("\n") }];
}

function lineEdit(line: number, old: string, fresh: string): TextEdit {
  const { start, end } = common(old, fresh);
  return { range: { start: { line, character: start }, end: { line, character: old.length - end } }, newText: fresh.slice(start, fresh.length - end) };
}

/** How much two sequences share at the start and at the end. */
function common(a: ArrayLike<string>, b: ArrayLike<string>): { start: number; end: number } {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { start, end };
}
