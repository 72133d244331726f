import type { IToken } from "chevrotain";
import type { Position, Range } from "vscode-languageserver-types";
import { lex } from "../../language/syntax/lines.ts";
import * as t from "../../language/syntax/tokens.ts";

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

export interface Brace {
  /** The word that the statement begins with: model, block, data, train, budget, repeat, for, if; "branch" for a layer's. */
  readonly keyword: string;
  readonly names: Bound[];
  readonly settings: string[];
}

export interface Bracket {
  readonly kind: "(" | "[";
  /** The word before; undefined for a list or a group. */
  readonly callee: IToken | undefined;
  /** The word before the callee: `model` where parameters are declared. */
  readonly introducer: IToken | undefined;
  /** Which argument, and its name if it has one. */
  readonly index: number;
  readonly named: string | undefined;
  /** Names of arguments that are given, also behind the cursor. */
  readonly given: readonly string[];
}

export interface Bound {
  readonly name: string;
  readonly what: "parameter" | "input" | "let" | "as" | "shared" | "loop" | "symbol";
  readonly range: Range;
}

interface Text {
  readonly lineCount: number;
  lineText(line: number): string;
}

/** Farther than this from its declaration's beginning a cursor knows its surroundings only partly. */
const FARTHEST = 5000;

export function cursorAt(text: Text, position: Position): Cursor {
  const scan = new Scan();
  const here = lex(text.lineText(position.line));
  const word = wordAt(here.tokens, position);
  const end = word ? word.startOffset : position.character;
  for (let row = firstRow(text, position.line); row < position.line; row++) {
    const line = lex(text.lineText(row));
    scan.line(line.tokens, row);
  }
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

/** `model Name`, `train Name`, `import {` … at the beginning of a line. */
export function beginsDeclaration(tokens: readonly IToken[]): boolean {
  const [first, second, third] = tokens;
  if (!first || !second) return false;
  const type = first.tokenType;
  if (type === t.Import) return second.tokenType === t.LCurly;
  const next = third?.tokenType;
  return (type === t.Model || type === t.Block || type === t.Data || type === t.Train) && second.tokenType === t.Name && (next === undefined || next === t.LCurly || next === t.LParen || next === t.On);
}

export function isWord(token: IToken | undefined): token is IToken {
  return token !== undefined && (token.tokenType === t.Word || token.tokenType.CATEGORIES?.some((c) => c === t.Word || c === t.SoftKeyword) === true);
}

/** Reads tokens in order, keeping what is open. */
class Scan {
  braces: Brace[] = [];
  brackets: Bracket[] = [];
  /** Bound by the next braces: parameters and loop variables. */
  pending: Bound[] = [];
  statement: IToken[] = [];
  setting: string | undefined;
  before: IToken | undefined;
  /** The line in which the statement's second word stands. */
  began = 0;
  /** Brackets around each brace, put back where it closes. */
  private readonly outer: { brackets: Bracket[]; statement: IToken[] }[] = [];

  line(tokens: readonly IToken[], row: number): void {
    const first = tokens[0];
    if (!first) return;
    if (!t.continuesLine(first.tokenType)) this.breakLine();
    for (const [i, token] of tokens.entries()) this.token(token, row, tokens[i + 1]);
  }

  /** A new line that goes on with nothing. */
  breakLine(): void {
    if (this.brackets.length > 0 || (this.before && t.leavesOpen(this.before.tokenType))) return;
    this.endStatement();
  }

  private endStatement(): void {
    this.statement = [];
    this.brackets = [];
    this.setting = undefined;
  }

  private token(token: IToken, row: number, next: IToken | undefined): void {
    const type = token.tokenType;
    const before = this.statement[this.statement.length - 1];
    const bracket = this.brackets[this.brackets.length - 1];
    this.before = token;
    switch (type) {
      case t.LCurly:
        this.outer.push({ brackets: this.brackets, statement: [...this.statement, token] });
        this.braces = [...this.braces, { keyword: this.keyword(), names: this.pending, settings: [] }];
        this.pending = [];
        this.brackets = [];
        return this.endStatement();
      case t.RCurly: {
        const outer = this.outer.pop();
        this.braces = this.braces.slice(0, -1);
        this.setting = undefined;
        this.brackets = outer?.brackets ?? [];
        this.statement = outer ? [...outer.statement, token] : [];
        return;
      }
      case t.Semicolon:
        return this.brackets.length > 0 ? undefined : this.endStatement();
      case t.LParen:
      case t.LSquare: {
        const callee = type === t.LParen && isWord(before) && (before.tokenType === t.Name || before.tokenType.CATEGORIES?.includes(t.SoftKeyword)) ? before : undefined;
        this.brackets = [...this.brackets, { kind: type === t.LParen ? "(" : "[", callee, introducer: callee && this.statement[this.statement.length - 2], index: 0, named: undefined, given: [] }];
        break;
      }
      case t.RParen:
      case t.RSquare:
        this.brackets = this.brackets.slice(0, -1);
        break;
      case t.Comma:
        if (bracket) this.replace({ ...bracket, index: bracket.index + 1, named: undefined });
        break;
      case t.Equals:
      case t.LessEqual:
      case t.GreaterEqual:
        if (!isWord(before)) break;
        if (bracket?.kind === "(" && type === t.Equals) this.replace({ ...bracket, named: before.image, given: [...bracket.given, before.image] });
        else if (this.brackets.length === 0 && this.inSettings()) {
          this.setting = before.image;
          this.braces[this.braces.length - 1]!.settings.push(before.image);
        }
        break;
      default:
        if (isWord(token)) this.name(token, row, before, bracket, next);
    }
    this.statement.push(token);
    if (this.statement.length === 2) this.began = row;
  }

  private name(token: IToken, row: number, before: IToken | undefined, bracket: Bracket | undefined, next: IToken | undefined): void {
    const bound = (what: Bound["what"]): Bound => ({ name: token.image, what, range: { start: { line: row, character: token.startOffset }, end: { line: row, character: token.startOffset + token.image.length } } });
    const names = this.braces[this.braces.length - 1]?.names;
    const type = before?.tokenType;
    const second = this.statement.length === 1;
    if (this.braces.length === 0) {
      const header = bracket?.introducer?.tokenType;
      if (bracket && (header === t.Model || header === t.Block) && (type === t.LParen || type === t.Comma)) this.pending.push(bound("parameter"));
      return;
    }
    if (type === t.For && next?.tokenType === t.In) this.pending.push(bound("loop"));
    else if (type === t.As) names?.push(bound("as"));
    else if (second && type === t.Let) names?.push(bound("let"));
    else if (second && type === t.Shared) names?.push(bound("shared"));
    else if (second && type === t.Input) names?.push(bound("input"));
    else if (this.statement[0]?.tokenType === t.Input && bracket?.kind === "[") {
      if (![...this.braces.flatMap((b) => b.names)].some((n) => n.name === token.image)) names?.push(bound("symbol"));
    }
  }

  private replace(bracket: Bracket): void {
    this.brackets = [...this.brackets.slice(0, -1), bracket];
  }

  private keyword(): string {
    const first = this.statement[0]?.tokenType;
    if (this.braces.length === 0) return first === t.Data || first === t.Train || first === t.Block || first === t.Import ? this.statement[0]!.image : "model";
    if (first === t.Budget && this.statement.length === 1) return "budget";
    return first === t.Repeat || first === t.For || first === t.If ? this.statement[0]!.image : "branch";
  }

  private inSettings(): boolean {
    const keyword = this.braces[this.braces.length - 1]?.keyword;
    return keyword === "data" || keyword === "train" || keyword === "budget";
  }
}

function firstRow(text: Text, line: number): number {
  for (let row = line; row >= 0 && row > line - FARTHEST; row--) if (beginsDeclaration(lex(text.lineText(row)).tokens)) return row;
  return Math.max(0, line - FARTHEST);
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
    const { tokens } = lex(text.lineText(row));
    if (row > position.line && beginsDeclaration(tokens)) return names;
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
