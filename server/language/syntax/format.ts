import type { IToken } from "chevrotain";
import { linesOf, refusal } from "./limits.ts";
import { Line } from "./lines.ts";
import { parseFile } from "./parse.ts";
import * as t from "./tokens.ts";

/**
 * The text in its standard form: two spaces a brace, one between tokens, `=` and comments in columns. Lines stay lines.
 * Undefined where the text has a syntax error, since then something could get lost.
 */
export function format(text: string): string | undefined {
  if (refusal(text)) return undefined;
  const lines = linesOf(text);
  if (parseFile("", lines).problems.length > 0) return undefined;
  const rows = layOut(lines);
  align(rows);
  const out: string[] = [];
  for (const row of rows) {
    const line = row.code + row.comment;
    if (line !== "" || (out.length > 0 && out[out.length - 1] !== "")) out.push(line);
  }
  while (out[out.length - 1] === "") out.pop();
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const formatted = out.length > 0 ? out.join(eol) + eol : "";
  // Spaces are all that may change.
  const words = (source: string) => source.replace(/\s+/g, "");
  return words(formatted) === words(text.replace(/^\ufeff/, "")) ? formatted : undefined;
}

/** Spaces before the last of these lines, whatever the lines are; what will be written on an empty one is a statement. */
export function indentation(texts: readonly string[]): number {
  const last = texts.length - 1;
  const rows = layOut(texts.map((text, i) => new Line(i, i === last && text.trim() === "" ? "x" : text)));
  return /^ */.exec(rows[last]!.code + rows[last]!.comment)![0].length;
}

interface Row {
  code: string;
  comment: string;
  /** Column of the `=` of a setting that has its line to itself. */
  equals: number;
  /** Rows of one body that follow each other are laid out together. */
  readonly body: number;
  readonly blank: boolean;
}

interface Brace {
  readonly settings: boolean;
  readonly id: number;
}

function layOut(lines: readonly Line[]): Row[] {
  const rows: Row[] = [];
  const braces: Brace[] = [];
  let brackets = 0;
  let ids = 0;
  let letEquals = -1;
  let open = false;
  let keyword: unknown;
  for (const [index, { lexed }] of lines.entries()) {
    const { tokens, comment } = lexed;
    const first = tokens[0];
    if (!first) {
      rows.push({ code: "", comment: comment ? " ".repeat(2 * braces.length) + comment.text.trimEnd() : "", equals: -1, body: braces[braces.length - 1]?.id ?? 0, blank: !comment });
      continue;
    }
    const goesOn = brackets > 0 || open || lexed.continues;
    if (!goesOn) keyword = first.tokenType;
    const closing = leadingClosers(tokens);
    // Closing brackets, and braces on a line of their own, stand where their statement does.
    const closesBracket = [t.RParen, t.RSquare, t.LCurly, t.Else].includes(first.tokenType);
    const depth = Math.max(braces.length - closing, 0);
    let indent = 2 * depth + (goesOn && closing === 0 && !closesBracket ? 2 : 0);
    if (goesOn && letEquals >= 0 && (first.tokenType === t.Question || first.tokenType === t.Colon)) indent = letEquals;
    const inSettings = braces[braces.length - 1]?.settings === true;
    const body = braces[braces.length - 1 - Math.min(closing, braces.length)]?.id ?? 0;
    let code = " ".repeat(indent);
    let equals = -1;
    for (const [i, token] of tokens.entries()) {
      const type = token.tokenType;
      if (i > 0) code += gap(tokens, i, braces[braces.length - 1]?.settings === true && brackets === 0);
      if (type === t.Equals && brackets === 0 && i === 1) {
        if (inSettings && !goesOn) equals = code.length;
      }
      if (type === t.Equals && brackets === 0 && keyword === t.Let && letEquals < 0) letEquals = code.length;
      code += token.image;
      if (type === t.LParen || type === t.LSquare) brackets++;
      else if (type === t.RParen || type === t.RSquare) brackets--;
      else if (type === t.LCurly) braces.push({ settings: keyword === t.Data || keyword === t.Train || keyword === t.Budget || tokens[i - 1]?.tokenType === t.Budget, id: ++ids });
      else if (type === t.RCurly) braces.pop();
    }
    open = lexed.leavesOpen;
    if (!open && brackets === 0) letEquals = keyword === t.Let && nextContinues(lines, index) ? letEquals : -1;
    const several = equals >= 0 && tokens.some((k, i) => i > 1 && isEntryStart(tokens, i) && k.tokenType !== t.RCurly);
    rows.push({ code, comment: comment ? `  ${comment.text.trimEnd()}` : "", equals: several ? -1 : equals, body, blank: false });
  }
  return rows;
}

function nextContinues(lines: readonly Line[], index: number): boolean {
  for (let i = index + 1; i < lines.length; i++) {
    const { lexed } = lines[i]!;
    if (lexed.tokens.length > 0) return lexed.continues;
  }
  return false;
}

/** `}` at the line's beginning: its line stands where its opening one does. */
function leadingClosers(tokens: readonly IToken[]): number {
  let n = 0;
  while (tokens[n]?.tokenType === t.RCurly) n++;
  return n;
}

const TIGHT_AFTER = new Set([t.LParen, t.LSquare]);
const TIGHT_BEFORE = new Set([t.RParen, t.RSquare, t.Comma, t.Semicolon]);
const SPACED_WORDS = new Set([t.If, t.Else, t.In, t.Not, t.Repeat, t.On, t.Let, t.As]);

function gap(tokens: readonly IToken[], i: number, settings: boolean): string {
  const [before, token] = [tokens[i - 1]!, tokens[i]!];
  const [a, b] = [before.tokenType, token.tokenType];
  if (TIGHT_AFTER.has(a) || TIGHT_BEFORE.has(b)) return "";
  if (a.name === "DotDot" || b.name === "DotDot") return "";
  if (b === t.LParen && isWord(before) && !SPACED_WORDS.has(a) && a.name !== "And" && a.name !== "Or" && a.name !== "Div") return "";
  if (a === t.Minus && isPrefix(tokens, i - 1)) return "";
  if (a === t.LCurly && b === t.RCurly) return " ";
  if (settings && isEntryStart(tokens, i) && a !== t.LCurly) return "   ";
  return " ";
}

/** A setting that follows another one on its line. */
function isEntryStart(tokens: readonly IToken[], i: number): boolean {
  const [before, token, after] = [tokens[i - 1], tokens[i]!, tokens[i + 1]];
  if (!before || !after || !isWord(token)) return false;
  const ends = isWord(before) || before.tokenType === t.RParen || before.tokenType === t.RSquare || before.tokenType === t.NumberLiteral || before.tokenType === t.Text;
  return ends && (after.tokenType === t.Equals || after.tokenType === t.LessEqual || after.tokenType === t.GreaterEqual || after.tokenType === t.Less || after.tokenType === t.Greater);
}

function isWord(token: IToken): boolean {
  return token.tokenType.CATEGORIES?.includes(t.Word) === true || token.tokenType.CATEGORIES?.includes(t.SoftKeyword) === true;
}

function isPrefix(tokens: readonly IToken[], i: number): boolean {
  const before = tokens[i - 1]?.tokenType;
  if (!before) return true;
  if (before === t.RParen || before === t.RSquare || before === t.NumberLiteral) return false;
  return !isWord(tokens[i - 1]!) || before === t.In || before.CATEGORIES?.includes(t.BinaryOperator) === true;
}

/** Puts the `=` of settings and the comments after code in columns, within rows of one body without a blank between. */
function align(rows: Row[]): void {
  let start = 0;
  while (start < rows.length) {
    let end = start + 1;
    while (end < rows.length && !rows[end]!.blank && !rows[start]!.blank && rows[end]!.body === rows[start]!.body) end++;
    const run = rows.slice(start, end);
    const column = Math.max(...run.map((r) => r.equals));
    for (const r of run) {
      if (r.equals >= 0) r.code = r.code.slice(0, r.equals) + " ".repeat(column - r.equals) + r.code.slice(r.equals);
    }
    const commented = run.filter((r) => r.code !== "" && r.comment !== "");
    const width = Math.max(0, ...commented.map((r) => r.code.length));
    for (const r of commented) r.comment = " ".repeat(width - r.code.length) + r.comment;
    start = end;
  }
}
