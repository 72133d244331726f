import type { IToken, TokenType } from "chevrotain";
import type { Position, Range } from "vscode-languageserver-types";
import type { Lexed } from "../../language/syntax/lines.ts";
import * as t from "../../language/syntax/tokens.ts";
import { type Bound, type Brace, type Bracket, isLoopVariable, isWord, Scan } from "./scan.ts";

export { type Bound, type Bracket, isLoopVariable, isWord };

/**
 * Where a cursor stands, read from tokens alone: what is being typed is mostly broken text, and a tree of broken text
 * has lost what matters here.
 */
export interface Cursor {
  /** In a comment or a text literal, where nothing is offered. */
  readonly quiet: boolean;
  /** The word that the cursor is in or behind, and where it is; empty at the cursor if there is none. */
  readonly word: { readonly text: string; readonly range: Range };
  /** The token before that word, in its own or an earlier line. */
  readonly before: IToken | undefined;
  /** The word is the first one of a statement or setting. */
  readonly first: boolean;
  /** Tokens of the statement before the word. */
  readonly statement: readonly IToken[];
  /** Braces around, outermost first. */
  readonly braces: readonly Brace[];
  /** Brackets around within the innermost braces, outermost first. */
  readonly brackets: readonly Bracket[];
  /** The setting whose value this is: `optimizer = …`. */
  readonly setting: string | undefined;
  /** Settings of the innermost braces that are written before. */
  readonly settings: readonly string[];
  /** Names that can be seen from here, the nearest last. */
  readonly names: readonly Bound[];
}

interface Text {
  readonly lineCount: number;
  lexedLine(line: number): Lexed;
}

/** Farther than this from its declaration's beginning a cursor knows its surroundings only partly. */
const FARTHEST = 5000;
/** So many words and signs are read for it. */
const MOST_TOKENS = 50_000;

export function cursorAt(text: Text, position: Position): Cursor {
  const scan = new Scan();
  const here = text.lexedLine(position.line);
  const word = wordAt(here.tokens, position);
  const end = word ? word.startOffset : position.character;
  scanTo(scan, text, position.line);
  const quiet = inside(here.tokens, here.comment?.start, position.character);
  scan.line(here.tokens.filter((k) => k.startOffset < end), position.line);
  const startsLine = !here.tokens.some((k) => k.startOffset < end) && position.character >= 0;
  if (startsLine && (!word || !t.continuesLine(word.tokenType))) scan.breakLine();
  const range = { start: { line: position.line, character: end }, end: { line: position.line, character: word ? word.startOffset + word.image.length : end } };
  const following = followingArguments(text, position, scan.brackets.length > 0);
  const brackets = scan.brackets.map((b, i) => (i === scan.brackets.length - 1 ? { ...b, given: [...b.given, ...following] } : b));
  // A name can be used from the statement after the one that gives it.
  const own = scan.statement[0]?.tokenType === t.Let || scan.statement[0]?.tokenType === t.Shared ? scan.statement[1] : undefined;
  const isOwn = (b: Bound) => own !== undefined && b.name === own.image && b.range.start.line === scan.began && b.range.start.character === own.startOffset;
  const names = [...scan.braces.flatMap((b) => b.names), ...scan.pending].filter((b) => !isOwn(b));
  const top = scan.braces[scan.braces.length - 1];
  return { quiet, word: { text: word?.image ?? "", range }, before: scan.before, first: scan.statement.length === 0, statement: scan.statement, braces: scan.braces, brackets, setting: scan.setting, settings: top?.settings ?? [], names };
}

/** Reads what stands before a line. Of lines one after another that leave nothing behind the last one is read only. */
function scanTo(scan: Scan, text: Text, end: number): void {
  let skipped: number | undefined;
  for (let row = firstRow(text, end); row < end; row++) {
    const line = text.lexedLine(row);
    if (leavesNothing(line) && (skipped !== undefined || scan.settled)) {
      // An empty line changes nothing at all.
      if (line.tokens.length > 0) skipped = row;
      continue;
    }
    if (skipped !== undefined) scan.line(text.lexedLine(skipped).tokens, skipped);
    skipped = undefined;
    scan.line(line.tokens, row);
  }
  if (skipped !== undefined) scan.line(text.lexedLine(skipped).tokens, skipped);
}

/** Statements that are whole, in no braces of their own, and give no name and no setting. */
function leavesNothing(line: Lexed): boolean {
  let known = without.get(line);
  if (known === undefined) without.set(line, (known = line.balanced && !line.leavesOpen && !line.continues && !hasEffect(line.tokens)));
  return known;
}

const without = new WeakMap<Lexed, boolean>();
const EFFECTS = new Set<TokenType>([t.LCurly, t.RCurly, t.Let, t.Shared, t.Input, t.As, t.For, t.Model, t.Block, t.Data, t.Train, t.Import]);

function hasEffect(tokens: readonly IToken[]): boolean {
  let depth = 0;
  return tokens.some(({ tokenType: type }) => {
    if (type === t.LParen || type === t.LSquare) depth++;
    if (type === t.RParen || type === t.RSquare) depth--;
    return EFFECTS.has(type) || (depth === 0 && (type === t.Equals || type === t.LessEqual || type === t.GreaterEqual));
  });
}

function firstRow(text: Text, line: number): number {
  const last = Math.max(0, line - FARTHEST + 1);
  for (let row = line, read = 0; row > last; row--) {
    const { tokens } = text.lexedLine(row);
    read += tokens.length;
    if (read > MOST_TOKENS || t.beginsDeclaration(tokens)) return row;
  }
  return last;
}

function wordAt(tokens: readonly IToken[], { character }: Position): IToken | undefined {
  return tokens.find((k) => isWord(k) && k.startOffset <= character && character <= k.startOffset + k.image.length);
}

function inside(tokens: readonly IToken[], comment: number | undefined, character: number): boolean {
  if (comment !== undefined && character > comment + 1) return true;
  return tokens.some((k) => (k.tokenType === t.Text || k.tokenType === t.UnclosedText) && character > k.startOffset && (k.tokenType === t.UnclosedText || character < k.startOffset + k.image.length));
}

/** Names given behind the cursor in the innermost brackets, as far as they close soon. */
function followingArguments(text: Text, position: Position, open: boolean): string[] {
  const names: string[] = [];
  if (!open) return names;
  let depth = 0;
  for (let row = position.line; row < Math.min(text.lineCount, position.line + 20); row++) {
    const { tokens } = text.lexedLine(row);
    if (row > position.line && t.beginsDeclaration(tokens)) return names;
    for (const [i, token] of tokens.entries()) {
      if (row === position.line && token.startOffset < position.character) continue;
      const type = token.tokenType;
      if (type === t.LParen || type === t.LSquare) depth++;
      else if ((type === t.RParen || type === t.RSquare) && --depth < 0) return names;
      else if (type === t.LCurly || type === t.RCurly || type === t.Arrow) return names;
      else if (depth === 0 && isWord(token) && tokens[i + 1]?.tokenType === t.Equals) names.push(token.image);
    }
  }
  return names;
}
