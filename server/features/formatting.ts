import type { Range, TextEdit } from "vscode-languageserver-types";
import { type Document, format, indentation } from "../language/index.ts";
import { lex } from "../language/syntax/lines.ts";
import * as t from "../language/syntax/tokens.ts";
import { defineFeature } from "./define.ts";
import { editsBetween, lineEdit } from "./support/line-edits.ts";

/** The whole text in its standard form, by edits as small as lines allow: cursors and marks elsewhere stay. */
export const formatting = defineFeature({
  method: "textDocument/formatting",
  capability: { documentFormattingProvider: true },
  handler: ({ document }) => editsOf(document, 0, document.lineCount) ?? [],
});

/** Some lines, as they would be if all were formatted; by their declarations alone where others have errors. */
export const rangeFormatting = defineFeature({
  method: "textDocument/rangeFormatting",
  capability: { documentRangeFormattingProvider: true },
  handler({ document }, { range: { start, end } }) {
    const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    const chunk = declarationsAround(document, start.line, last);
    const edits = editsOf(document, 0, document.lineCount) ?? editsOf(document, chunk.start, chunk.end) ?? [];
    return edits.filter(({ range }) => range.start.line >= start.line && lastLine(range) <= last);
  },
});

/** Words and signs between a declaration's start and a line that is to be laid out as one types: past those of 10,000 layers. */
const MOST_WORDS = 200_000;

/** After a line's end the line before, and where the new one begins; after a `}` what it closes. */
export const onTypeFormatting = defineFeature({
  method: "textDocument/onTypeFormatting",
  capability: { documentOnTypeFormattingProvider: { firstTriggerCharacter: "}", moreTriggerCharacter: ["\n"] } },
  handler({ document }, { position: { line }, ch }) {
    // A text that is not read has no such lines.
    if (line >= document.lineCount) return [];
    const { start, end } = declarationsAround(document, line, line);
    const first = ch === "}" ? openingLine(document, start, line) : line - 1;
    const last = ch === "}" ? line : line - 1;
    // Lines stay where they are under the cursor.
    const within = ({ range, newText }: TextEdit): boolean => range.start.line === range.end.line && !/[\r\n]/.test(newText) && range.start.line >= first && range.start.line <= last;
    const edits = (editsOf(document, start, end) ?? []).filter(within);
    if (edits.some((e) => e.range.start.line === line)) return edits;
    // Also a blank line, which has no other form: what will be written there begins here.
    const text = document.lineText(line);
    const above = Array.from({ length: line - start + 1 }, (_, i) => document.lineText(start + i));
    if (above.reduce((sum, l) => sum + lex(l).tokens.length, 0) > MOST_WORDS) return edits;
    const indent = " ".repeat(indentation(above));
    const fresh = indent + text.trimStart();
    return fresh === text || (ch === "}" && first !== line && text.trimStart()[0] !== "}") ? edits : [...edits, lineEdit(line, text, fresh)];
  },
});

/** From one line up to another; undefined where these have a syntax error: they are left alone. */
function editsOf(document: Document, start: number, end: number): TextEdit[] | undefined {
  const whole = end === document.lineCount;
  const old = Array.from({ length: end - start }, (_, i) => document.lineText(start + i));
  // Blank lines before what follows are not the end of a text.
  while (!whole && old.length > 0 && old[old.length - 1]!.trim() === "") old.pop();
  const formatted = format(old.join("\n"));
  if (formatted === undefined) return undefined;
  const fresh = formatted.split("\n");
  if (!whole) fresh.pop();
  return editsBetween(old, fresh, start, document.eol);
}

/** The lines of the declarations around some lines. */
function declarationsAround(document: Document, first: number, last: number): { start: number; end: number } {
  const begins = (row: number): boolean => t.beginsDeclaration(lex(document.lineText(row)).tokens);
  let start = Math.min(first, document.lineCount - 1);
  while (start > 0 && !begins(start)) start--;
  let end = Math.min(last + 1, document.lineCount);
  while (end < document.lineCount && !begins(end)) end++;
  return { start, end };
}

/** The line of the brace that the first closing one of a line closes; the line itself where it opens none above. */
function openingLine(document: Document, start: number, line: number): number {
  const open: number[] = [];
  for (let row = start; row <= line; row++) {
    for (const { tokenType } of lex(document.lineText(row)).tokens) {
      if (tokenType === t.LCurly) open.push(row);
      else if (tokenType === t.RCurly) {
        const opened = open.pop();
        if (row === line) return opened ?? line;
      }
    }
  }
  return line;
}

function lastLine({ start, end }: Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}
