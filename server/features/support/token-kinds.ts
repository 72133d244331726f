import type { IToken } from "chevrotain";
import type { Range } from "vscode-languageserver-types";
import { lex } from "../../language/syntax/lines.ts";
import { spanOf } from "../../language/syntax/spans.ts";
import * as t from "../../language/syntax/tokens.ts";
import type { Files, Source } from "./files.ts";
import { namesOf } from "./names.ts";
import { type Symbol, Symbols } from "./symbols.ts";
import type { Meaning, Use } from "./uses.ts";

const TYPES = ["class", "function", "struct", "parameter", "variable", "typeParameter", "property", "enumMember", "type", "keyword", "number", "string", "comment"] as const;
const MODIFIERS = ["declaration", "readonly", "defaultLibrary", "documentation"] as const;
type Type = (typeof TYPES)[number];
type Modifier = (typeof MODIFIERS)[number];

export const legend = { tokenTypes: TYPES, tokenModifiers: MODIFIERS };

export interface Token {
  readonly line: number;
  readonly start: number;
  readonly length: number;
  readonly type: number;
  readonly modifiers: number;
}

/** Names, words of the language, literals and comments in the order of the text. */
export function* tokensOf(source: Source, files: Files, range?: Range): Iterable<Token> {
  const symbols = new Symbols(files);
  const first = range?.start.line ?? 0;
  const end = Math.min((range?.end.line ?? source.lineCount) + 1, source.lineCount);
  const names = namesByLine(source, first, end);
  for (let line = first; line < end; line++) {
    const text = source.lineText(line);
    const { tokens, comment } = lex(text);
    for (const token of tokens) {
      // Of what is read as something else it is not known where its parts stand.
      const length = spanOf(token).end - token.startOffset;
      if (length !== token.image.length) continue;
      const use = names.get(line)?.get(token.startOffset);
      const kind = use ? kindOf(use, source, symbols) : ownKind(token);
      if (kind) yield encode(line, token.startOffset, length, ...kind);
    }
    if (comment && COMMENT.test(text.slice(comment.start, comment.start + 2))) yield encode(line, comment.start, text.length - comment.start, "comment", comment.text.startsWith("///") ? ["documentation"] : []);
  }
}

/** As comments begin here and elsewhere: each goes to the line's end. */
const COMMENT = /^(?:\/[/*]|#)/;

function namesByLine({ syntax, lineText }: Source, first: number, end: number): Map<number, Map<number, Use>> {
  const lines = new Map<number, Map<number, Use>>();
  for (const d of syntax.declarations) {
    if (d.line.number >= end) break;
    for (const use of namesOf(d, lineText)) {
      const line = use.line.number + use.span.line;
      if (line < first || line >= end) continue;
      const there = lines.get(line) ?? new Map<number, Use>();
      lines.set(line, there.set(use.span.start, use));
    }
  }
  return lines;
}

type Kind = readonly [Type, readonly Modifier[]];

const SYMBOLS: Readonly<Record<Exclude<Symbol["what"], "library">, Kind>> = {
  model: ["class", []],
  block: ["function", []],
  data: ["struct", []],
  parameter: ["parameter", ["readonly"]],
  input: ["variable", ["readonly"]],
  let: ["variable", ["readonly"]],
  as: ["variable", ["readonly"]],
  shared: ["variable", ["readonly"]],
  loop: ["variable", ["readonly"]],
  symbol: ["typeParameter", ["readonly"]],
};

const LIBRARY: Readonly<Record<Extract<Meaning, { kind: "library" }>["what"], Type>> = { layer: "function", option: "function", builtin: "function", word: "enumMember", setting: "property", argument: "parameter", type: "type" };

function kindOf(use: Use, source: Source, symbols: Symbols): Kind | undefined {
  const { means, role } = use;
  if (means.kind === "library") return [LIBRARY[means.what], ["defaultLibrary"]];
  if (means.kind === "column") return ["property", ["readonly"]];
  const what = means.kind === "local" ? means.local.what : symbols.of(use, source)?.what;
  if (what === undefined || what === "library") return undefined;
  const [type, modifiers] = SYMBOLS[what];
  return [type, role === "read" ? modifiers : ["declaration", ...modifiers]];
}

/** Words that are no name here; a keyword is one only where it stands as one. */
function ownKind({ tokenType }: IToken): Kind | undefined {
  if (tokenType === t.NumberLiteral) return ["number", []];
  if (tokenType === t.Text || tokenType === t.UnclosedText) return ["string", []];
  return t.keywords.includes(tokenType) ? ["keyword", []] : undefined;
}

function encode(line: number, start: number, length: number, type: Type, modifiers: readonly Modifier[]): Token {
  return { line, start, length, type: TYPES.indexOf(type), modifiers: modifiers.reduce((bits, m) => bits | (1 << MODIFIERS.indexOf(m)), 0) };
}
