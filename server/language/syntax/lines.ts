import type { IToken } from "chevrotain";
import { forgettable } from "../forget.ts";
import { translate } from "./foreign.ts";
import { continuesLine, LCurly, leavesOpen, lexer, LParen, LSquare, RCurly, RParen, RSquare, UnclosedText } from "./tokens.ts";
import { work } from "../work.ts";
import type { Declaration, LineRef, Placed, Span, SyntaxProblem } from "./tree.ts";

/**
 * No token spans lines, so each line is lexed by itself, once for each different text. Lines of the same text share one
 * `Lexed`, and with it whatever the parser has made of it.
 */
export interface Lexed {
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly comment: { readonly start: number; readonly text: string } | undefined;
  readonly problems: readonly { readonly span: Span; readonly code: string; readonly message: string; readonly instead?: string }[];
  /** Something in it has no meaning at all: what else seems wrong with it may follow from that. */
  readonly lost: boolean;
  /** Every bracket that opens here closes here. */
  readonly balanced: boolean;
  /** Goes on with the statement before. */
  readonly continues: boolean;
  /** The next line goes on with this one. */
  readonly leavesOpen: boolean;
  /** Kept by the parser, per kind of body. */
  readonly parsed: Map<string, unknown>;
}

/** What a declaration was read as, and all lines that were looked at for it: undefined past the text's end. */
export interface Declared {
  readonly lines: readonly (Line | undefined)[];
  readonly doc: string | undefined;
  /** It, and those that stand in it by mistake. */
  readonly declarations: readonly Declaration[];
  readonly problems: readonly SyntaxProblem[];
  /** Where reading goes on: so many lines below, at this token. */
  readonly rows: number;
  readonly column: number;
}

/**
 * A line of a document. Its identity survives edits of other lines; its number follows them. It is lexed when someone
 * reads it: of a text that is something else, most lines never are.
 */
export class Line implements LineRef {
  number: number;
  readonly text: string;
  private known: Lexed | undefined;
  /** The statements of a line that stands alone, placed here; kept while the line lives. */
  placed: readonly Placed[] | undefined;
  /** The declaration that begins here; it holds as long as its lines are those. */
  declared: Declared | undefined;

  constructor(number: number, text: string) {
    this.number = number;
    this.text = text;
  }

  get lexed(): Lexed {
    return (this.known ??= lex(this.text));
  }
}

/** Past this a line is not read: nobody writes such a line, and nothing would show it. */
const LONGEST = 20_000;
const KEPT = 50_000;
/** Longer ones are not kept, but for the last one. */
const LONGEST_KEPT = 500;
const cache = new Map<string, Lexed>();
let lastLong: Lexed | undefined;

forgettable(() => {
  cache.clear();
  lastLong = undefined;
});

export function lex(text: string): Lexed {
  if (text.length > LONGEST_KEPT) return lastLong?.text === text ? lastLong : (lastLong = lexNew(text));
  const known = cache.get(text);
  if (known) return known;
  const lexed = lexNew(text);
  if (cache.size >= KEPT) cache.clear();
  cache.set(text, lexed);
  return lexed;
}

function lexNew(text: string): Lexed {
  work.lines++;
  if (text.length > LONGEST) {
    const problem = { span: { line: 0, start: 0, endLine: 0, end: LONGEST }, code: "line-too-long", message: `this line has ${text.length} characters, and at most ${LONGEST} are read; break it into several` };
    return { text, tokens: [], comment: undefined, problems: [problem], lost: true, balanced: true, continues: false, leavesOpen: false, parsed: new Map() };
  }
  const foreign = translate(text);
  const read = lexer.tokenize(foreign?.text ?? text);
  const place = (token: IToken): IToken => foreign?.place(token) ?? token;
  const tokens = foreign ? read.tokens.map(place) : read.tokens;
  const comment = read.groups.comments?.[0] && place(read.groups.comments[0]);
  const problems: Lexed["problems"][number][] = (foreign?.found ?? []).map(({ start, end, instead, message }) => ({ span: { line: 0, start, endLine: 0, end }, code: "unknown-character", message, instead }));
  const unread = [...read.errors, ...(read.groups.meaningless ?? []).map((t) => ({ offset: t.startOffset, length: t.image.length }))].sort((a, b) => a.offset - b.offset);
  const lost = foreign?.lost === true || unread.length > 0 || tokens.some((t) => t.tokenType === UnclosedText);
  for (const e of unread) {
    const [start, end] = [foreign?.start(e.offset) ?? e.offset, foreign?.end(e.offset + e.length) ?? e.offset + e.length];
    problems.push({ span: { line: 0, start, endLine: 0, end }, code: "unknown-character", message: `'${text.slice(start, Math.min(end, start + 20))}' has no meaning here` });
  }
  for (const t of tokens) {
    if (t.tokenType === UnclosedText) {
      problems.push({ span: { line: 0, start: t.startOffset, endLine: 0, end: text.length }, code: "unclosed-text", message: "this text has no closing \"" });
    }
  }
  const first = tokens[0];
  const final = tokens[tokens.length - 1];
  return {
    text,
    tokens,
    comment: comment && { start: comment.startOffset, text: comment.image },
    problems,
    lost,
    balanced: isBalanced(tokens),
    continues: first !== undefined && continuesLine(first.tokenType),
    leavesOpen: final !== undefined && leavesOpen(final.tokenType),
    parsed: new Map(),
  };
}

function isBalanced(tokens: readonly IToken[]): boolean {
  const open: IToken[] = [];
  for (const t of tokens) {
    if (t.tokenType === LParen || t.tokenType === LSquare || t.tokenType === LCurly) open.push(t);
    else if (t.tokenType === RParen || t.tokenType === RSquare || t.tokenType === RCurly) {
      const o = open.pop();
      const pair = t.tokenType === RParen ? LParen : t.tokenType === RSquare ? LSquare : LCurly;
      if (o?.tokenType !== pair) return false;
    }
  }
  return open.length === 0;
}
