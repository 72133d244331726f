import type { Position, Range } from "vscode-languageserver-types";
import { ALLOWABLE, type Document, type Finding, isAllowable, isCheck, rangeOf } from "../../language/index.ts";
import { lex } from "../../language/syntax/lines.ts";
import type { Draft } from "./items.ts";

/** Codes that can stand where the cursor is in `// allow …`; those that are found on the line first. Undefined elsewhere. */
export function allowanceAt(document: Document, { line, character }: Position): { readonly drafts: Draft[]; readonly range: Range } | undefined {
  const text = document.lineText(line);
  const { comment, tokens } = lex(text);
  if (!comment || character <= comment.start) return undefined;
  const typed = /^\/\/\s*allow\s+(?:[\w-]+\s*,\s*)*([\w-]*)$/.exec(text.slice(comment.start, character));
  if (!typed) return undefined;
  const start = character - typed[1]!.length;
  const rest = /^[\w-]*/.exec(text.slice(character))![0].length;
  const about = tokens.length > 0 ? line : line + 1;
  const found = new Map(document.analysis().findings.filter((f) => isAllowable(f) && rangeOf(f.site).start.line === about).map((f) => [f.code, f.message]));
  const drafts = ALLOWABLE.map((code): Draft => ({ label: code, kind: 20, sort: found.has(code) ? 0 : 1, ...(found.has(code) && { detail: "found here", doc: found.get(code)! }), insert: `${code}: ` }));
  return { drafts, range: { start: { line, character: start }, end: { line, character: character + rest } } };
}

/** What to insert, and where, so that a finding is allowed; the reason is left to write. Undefined where it can't be. */
export function allowing(document: Document, finding: Finding): { readonly line: number; readonly character: number; readonly text: string } | undefined {
  if (!isCheck(finding.code) || finding.site.file !== document.path) return undefined;
  const { line } = rangeOf(finding.site).start;
  const text = document.lineText(line);
  const { comment } = lex(text);
  const allowance = `// allow ${finding.code}: `;
  if (!comment) return { line, character: text.length, text: `${text.endsWith(" ") ? "" : "  "}${allowance}` };
  return { line, character: 0, text: `${/^\s*/.exec(text)![0]}${allowance}${document.eol}` };
}
