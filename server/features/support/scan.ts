import type { IToken } from "chevrotain";
import type { Range } from "vscode-languageserver-types";
import * as t from "../../language/syntax/tokens.ts";

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
  index: number;
  named: string | undefined;
  /** Names of arguments that are given, also behind the cursor. */
  readonly given: string[];
}

export interface Bound {
  readonly name: string;
  readonly what: "parameter" | "input" | "let" | "as" | "shared" | "loop" | "symbol";
  readonly range: Range;
}

/** Reads tokens in order, keeping what is open. What grows is never copied: a text may open a million of them. */
export class Scan {
  readonly braces: Brace[] = [];
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
  /** How often each name is bound in the braces around. */
  private readonly bound = new Map<string, number>();

  line(tokens: readonly IToken[], row: number): void {
    const first = tokens[0];
    if (!first) return;
    if (!t.continuesLine(first.tokenType)) this.breakLine();
    for (const [i, token] of tokens.entries()) this.token(token, row, tokens[i + 1]);
  }

  /** A line that does not go on with the statement begins another one. */
  get settled(): boolean {
    return this.brackets.length === 0 && !(this.before && t.leavesOpen(this.before.tokenType));
  }

  /** A new line that goes on with nothing. */
  breakLine(): void {
    if (this.settled) this.endStatement();
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
        this.braces.push({ keyword: this.keyword(), names: [], settings: [] });
        for (const b of this.pending) this.bind(b);
        this.pending = [];
        this.statement.push(token);
        this.outer.push({ brackets: this.brackets, statement: this.statement });
        return this.endStatement();
      case t.RCurly: {
        const outer = this.outer.pop();
        for (const { name } of this.braces.pop()?.names ?? []) this.bound.set(name, this.bound.get(name)! - 1);
        this.setting = undefined;
        this.brackets = outer?.brackets ?? [];
        this.statement = outer?.statement ?? [];
        if (outer) this.statement.push(token);
        return;
      }
      case t.Semicolon:
        return this.brackets.length > 0 ? undefined : this.endStatement();
      case t.LParen:
      case t.LSquare: {
        const callee = type === t.LParen && isWord(before) && (before.tokenType === t.Name || before.tokenType.CATEGORIES?.includes(t.SoftKeyword)) ? before : undefined;
        this.brackets.push({ kind: type === t.LParen ? "(" : "[", callee, introducer: callee && this.statement[this.statement.length - 2], index: 0, named: undefined, given: [] });
        break;
      }
      case t.RParen:
      case t.RSquare:
        this.brackets.pop();
        break;
      case t.Comma:
        if (bracket) {
          bracket.index++;
          bracket.named = undefined;
        }
        break;
      case t.Equals:
      case t.LessEqual:
      case t.GreaterEqual:
        if (!isWord(before)) break;
        if (bracket?.kind === "(" && type === t.Equals) {
          bracket.named = before.image;
          bracket.given.push(before.image);
        } else if (this.brackets.length === 0 && this.inSettings()) {
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
    const type = before?.tokenType;
    const second = this.statement.length === 1;
    if (this.braces.length === 0) {
      const header = bracket?.introducer?.tokenType;
      if (bracket && (header === t.Model || header === t.Block) && (type === t.LParen || type === t.Comma)) this.pending.push(bound("parameter"));
      return;
    }
    if ((next?.tokenType === t.In || next?.tokenType === t.Comma) && isLoopVariable(this.statement)) this.pending.push(bound("loop"));
    else if (type === t.As) this.bind(bound("as"));
    else if (second && type === t.Let) this.bind(bound("let"));
    else if (second && type === t.Shared) this.bind(bound("shared"));
    else if (second && type === t.Input) this.bind(bound("input"));
    else if (this.statement[0]?.tokenType === t.Input && bracket?.kind === "[" && !this.bound.get(token.image)) this.bind(bound("symbol"));
  }

  private bind(bound: Bound): void {
    this.braces[this.braces.length - 1]!.names.push(bound);
    this.bound.set(bound.name, (this.bound.get(bound.name) ?? 0) + 1);
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

/** Of one loop; any list of names would else be walked back for each of them. */
const MOST_VARIABLES = 20;

/** Whether what comes next is a variable of a loop: after `for`, or after `for f,`. */
export function isLoopVariable(statement: readonly IToken[]): boolean {
  let i = statement.length - 1;
  const farthest = i - 2 * MOST_VARIABLES;
  while (i > farthest && statement[i]?.tokenType === t.Comma && isWord(statement[i - 1])) i -= 2;
  return statement[i]?.tokenType === t.For;
}

export function isWord(token: IToken | undefined): token is IToken {
  return token !== undefined && (token.tokenType === t.Word || token.tokenType.CATEGORIES?.some((c) => c === t.Word || c === t.SoftKeyword) === true);
}
