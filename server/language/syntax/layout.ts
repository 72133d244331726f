import { EOF, type IToken, type TokenType } from "chevrotain";
import { work } from "../work.ts";
import { DEEPEST, ENDLESS, LONGEST_BRACKET, MOST_TOKENS, TOO_LONG } from "./limits.ts";
import { Line } from "./lines.ts";
import { wayOut } from "./messages.ts";
import { type GroupToken, parser } from "./parser.ts";
import { parseSingle, placed } from "./single.ts";
import { afterLast, indentOf, least, moved, NOWHERE, spanOf } from "./spans.ts";
import * as t from "./tokens.ts";
import type { Body, Entry, Placed, Settings, Span, WayOut } from "./tree.ts";

/**
 * Cuts lines into statements (a line's end, `;`, nothing within brackets), reads braces into bodies, and hands each
 * statement to the parser by itself. Errors stay inside their statement; a missing brace ends at the next declaration.
 */

export type BodyKind = "body" | "settings" | "budget";
export type Report = (line: Line, span: Span, code: string, message: string, way?: WayOut) => void;

/** Reads tokens across lines. Spans count lines from `base`, the first line of the statement being read. */
export class Reader {
  private readonly lines: readonly Line[];
  readonly report: Report;
  /** A line that is parsed by itself, for every line of its text: what it yields belongs to the line around it. */
  private readonly detached: boolean;
  /** Braces around, and brackets around these. */
  private depth = 0;
  row = 0;
  column = 0;
  /** The last row that was looked at; past the end where that mattered. */
  furthest = 0;
  /** Where statements begin of which a bracket does not close: what is around may be read twice, and they are tried once. */
  private readonly unclosed = new Set<string>();
  /** The row where reading was given up. */
  stoppedAt: number | undefined;
  /** The last statement parsed had a syntax error. */
  failed = false;
  /** A body also ends where a line is no deeper than the one that opens it. */
  byIndent = false;
  /** Reads a declaration that stands deeper than the one around it; undefined where it would end that. */
  nested: { readonly indent: string; readonly read: () => void } | undefined;
  /** The brace of a declaration itself was not closed. */
  outermostOpen = false;
  /** A body has just ended by its indentation: its statement ends there too. */
  private left = false;

  constructor(lines: readonly Line[], report: Report, detached = false) {
    this.lines = lines;
    this.report = report;
    this.detached = detached;
  }

  /** Nothing more is read. */
  stop(): void {
    this.stoppedAt ??= this.row;
    [this.row, this.column] = [this.lines.length, 0];
  }

  /** The next token; undefined at the end of the text. Moves over empty lines. */
  peek(): IToken | undefined {
    for (let line = this.look(this.row); line; line = this.look(++this.row)) {
      const token = line.lexed.tokens[this.column];
      if (token) return token;
      this.column = 0;
    }
    return undefined;
  }

  private look(row: number): Line | undefined {
    if (row > this.furthest) this.furthest = row;
    return this.lines[row];
  }

  get line(): Line {
    return this.look(this.row) ?? this.lines[this.lines.length - 1]!;
  }

  /** Statements (or settings) up to the closing brace, which is left, or to the end or the next declaration; so many at most. */
  items(kind: BodyKind, most = Infinity, within?: string): { statements: Placed[]; entries: Entry[]; broken: boolean } {
    let broken = false;
    const statements: Placed[] = [];
    const entries: Entry[] = [];
    for (let token = this.peek(); token && token.tokenType !== t.RCurly && (!this.atDeclaration() || this.isNested()) && !this.hasLeft(within, false) && statements.length < most; token = this.peek()) {
      if (token.tokenType === t.Semicolon) {
        this.column++;
        continue;
      }
      const { line } = this;
      if (this.atDeclaration()) {
        this.nested!.read();
        continue;
      }
      if (this.column === 0 && this.standsAlone()) {
        const single = parseSingle(line, kind, (copy, report) => new Reader([copy], report, true));
        for (const p of single.problems) this.report(line, p.span, p.code, p.message, p.way);
        if (kind === "body") statements.push(...(line.placed ??= single.statements.map((p) => ({ ...p, line: this.detached ? undefined : line }))));
        else entries.push(...single.entries.map((e) => (this.detached ? e : { ...e, line })));
        broken ||= single.broken;
        this.row++;
        continue;
      }
      const base = this.row;
      const tokens = this.statementTokens(base);
      if (tokens.length === 0) break;
      if (kind === "body") {
        const node = this.parse(tokens, line, () => parser.statement());
        if (node) statements.push(placed(this.detached ? undefined : line, node, this.failed || line.lexed.lost));
      } else {
        const parsed = this.parse(tokens, line, () => parser.entries(kind === "budget" ? "<=" : "=")) ?? [];
        entries.push(...parsed.map((e) => (this.detached ? e : { ...e, line })));
      }
      broken ||= this.failed;
    }
    return { statements, entries, broken };
  }

  /** Tokens of one statement, its braces read into groups; lines counted from row `base`; the first one taken for `meant`. */
  statementTokens(base: number, meant?: TokenType): IToken[] {
    const start = [this.row, this.column] as const;
    const keyword = meant ?? this.peek()!.tokenType;
    const place = start.join(":");
    let tokens = this.unclosed.has(place) ? undefined : this.collect(base, true, keyword);
    if (!tokens && this.stoppedAt === undefined) {
      this.unclosed.add(place);
      [this.row, this.column] = start;
      tokens = this.collect(base, false, keyword);
    }
    if (meant && tokens?.[0]) tokens[0] = { ...tokens[0], tokenType: meant, tokenTypeIdx: meant.tokenTypeIdx! };
    return tokens ?? [];
  }

  /** `undefined` where brackets are honoured and one does not close. */
  private collect(base: number, honourBrackets: boolean, first: TokenType): IToken[] | undefined {
    const out: IToken[] = [];
    let brackets = 0;
    let opened = this.row;
    // A keyword first decides what its braces hold.
    const kind: BodyKind = first === t.Budget ? "budget" : first === t.Data || first === t.Train ? "settings" : "body";
    const raw = first === t.Import;
    while (this.row < this.lines.length) {
      if (out.length > ENDLESS) return brackets > 0 ? undefined : (this.stop(), out);
      const { line } = this;
      const token = line.lexed.tokens[this.column];
      if (!token) {
        // The bracket that a comma would go on in never closes.
        if ((!honourBrackets && !line.lexed.balanced && out[out.length - 1]?.tokenType === t.Comma) || !this.goesOn(brackets > 0)) {
          this.nextLine();
          return out;
        }
        this.nextLine();
        while (this.row < this.lines.length && this.line.lexed.tokens.length === 0) this.nextLine();
        if (brackets > 0 && (this.row - opened > LONGEST_BRACKET || this.row >= this.lines.length || this.atDeclaration())) return undefined;
        continue;
      }
      const type = token.tokenType;
      if (type === t.LCurly && !raw) {
        out.push(this.group(base, kind, brackets));
        // A brace that is never closed ended where the next declaration begins: that is not this one's.
        if (this.atDeclaration() || this.left) return (this.left = false), brackets > 0 ? undefined : out;
        continue;
      }
      if (type === t.RCurly && !raw) return brackets > 0 ? undefined : out;
      if (type === t.Semicolon && brackets === 0) {
        this.column++;
        return out;
      }
      if (honourBrackets && (type === t.LParen || type === t.LSquare)) {
        if (brackets++ === 0) opened = this.row;
        if (this.depth + brackets > DEEPEST) {
          this.report(line, spanOf(token), "nesting-too-deep", `brackets are nested more than ${DEEPEST} deep here, and are not read further`);
          this.nextLine();
          return [];
        }
      } else if (honourBrackets && (type === t.RParen || type === t.RSquare)) {
        brackets = Math.max(0, brackets - 1);
        // A comma may stand behind the last entry.
        const last = out[out.length - 1]?.tokenType;
        if (last === t.Comma && out.length > 1 && !t.opensEntry(out[out.length - 2]!)) out.pop();
      }
      out.push(this.row === base ? token : moved(token, this.row - base));
      this.column++;
    }
    return brackets > 0 ? undefined : out;
  }

  /** From `{` to `}`, read; both may stand lines apart. */
  private group(base: number, kind: BodyKind, brackets: number): GroupToken {
    const open = this.line.lexed.tokens[this.column]!;
    const at = { line: this.line, row: this.row };
    // `model M:` is one finding already, and indentation says where it ends.
    const isColon = this.line.text[open.startOffset] !== "{";
    this.column++;
    let end = { row: this.row, offset: open.startOffset };
    let read: ReturnType<Reader["items"]> = { statements: [], entries: [], broken: true };
    if (this.depth >= DEEPEST) {
      this.report(at.line, spanOf(open), "nesting-too-deep", `braces are nested more than ${DEEPEST} deep here, and are not read further`);
      this.row = this.lines.length;
    } else {
      this.depth += 1 + brackets;
      const within = this.byIndent || isColon ? least(indentOf(this.lines[base]!.text), indentOf(at.line.text)) : undefined;
      read = this.items(kind, Infinity, within);
      this.depth -= 1 + brackets;
      const close = this.peek();
      if (close?.tokenType === t.RCurly && !this.hasLeft(within, true)) {
        end = { row: this.row, offset: close.startOffset };
        this.column++;
      } else {
        const last = this.lastRow(at.row);
        end = { row: last, offset: Math.max(this.lines[last]!.text.length - 1, 0) };
        this.outermostOpen ||= this.depth === 0 && !isColon;
        this.left = within !== undefined && !this.atDeclaration() && close !== undefined;
        if (this.stoppedAt === undefined && !isColon) this.report(at.line, spanOf(open), "unclosed-brace", "this { is never closed; write } where its body ends");
      }
    }
    const span: Span = { line: at.row - base, start: open.startOffset, endLine: end.row - base, end: end.offset + 1 };
    const body: Body | undefined = kind === "body" ? { statements: read.statements, span } : undefined;
    const settings: Settings | undefined = kind !== "body" ? { entries: read.entries, broken: read.broken, span } : undefined;
    return { tokenType: t.Group, tokenTypeIdx: t.Group.tokenTypeIdx!, image: "{…}", startOffset: open.startOffset, endOffset: end.offset, startLine: span.line, endLine: span.endLine, body, settings };
  }

  /** Parses one statement; reports its first error only, since the others mostly follow from it. */
  parse<T>(tokens: IToken[], line: Line, rule: () => T): T | undefined {
    if (tokens.length > MOST_TOKENS) {
      this.failed = true;
      this.report(line, spanOf(tokens[0]!), "statement-too-long", TOO_LONG);
      return undefined;
    }
    try {
      work.statements++;
      parser.begin(tokens);
      const value = rule();
      const error = parser.errors[0];
      this.failed = error !== undefined;
      // A character without meaning, or text without an end, is the cause and is reported already.
      if (error && !line.lexed.lost) {
        const last = tokens[tokens.length - 1]!;
        const place = error.token.tokenType === EOF || !(error.token.startOffset >= 0) ? afterLast(last) : spanOf(error.token);
        this.report(line, place, "syntax-error", error.message, wayOut(error.message));
      }
      return value;
    } catch (e) {
      // Recursion past the stack, by text that nests without brackets.
      if (!(e instanceof RangeError)) throw e;
      this.failed = true;
      this.report(line, NOWHERE, "nesting-too-deep", "this statement nests too deeply to be read; split it with let");
      return undefined;
    }
  }

  /** `model Name {`, `data name {` … wherever it stands: a body that reaches it has lost its closing brace. */
  atDeclaration(): boolean {
    return this.column === 0 && t.beginsDeclaration(this.look(this.row)?.lexed.tokens ?? []);
  }

  private isNested = (): boolean => this.nested !== undefined && indentOf(this.line.text).length > this.nested.indent.length;

  /** Where indentation counts: whether the line is no deeper than what opens the body; a } that closes it stands as deep. */
  private hasLeft(within: string | undefined, closes: boolean): boolean {
    if (within === undefined || this.column !== 0) return false;
    const indent = indentOf(this.line.text);
    return within.startsWith(indent) && (!closes || indent !== within);
  }

  /** Reads from a row on once more. */
  again(row: number, column: number, byIndent: boolean): void {
    [this.row, this.column, this.byIndent, this.outermostOpen, this.left] = [row, column, byIndent, false, false];
    this.unclosed.clear();
  }

  /** Whether the line needs nothing before or after it to be understood. */
  private standsAlone(): boolean {
    const { lexed } = this.line;
    return lexed.balanced && !lexed.leavesOpen && (this.lines.length === 1 || !this.followedByContinuation());
  }

  private goesOn(bracket: boolean): boolean {
    return bracket || this.line.lexed.leavesOpen || this.followedByContinuation();
  }

  private followedByContinuation(): boolean {
    for (let row = this.row + 1; row < this.lines.length; row++) {
      const { lexed } = this.look(row)!;
      if (lexed.tokens.length > 0) return lexed.continues;
    }
    this.look(this.lines.length);
    return false;
  }

  private nextLine(): void {
    this.row++;
    this.column = 0;
  }

  /** The last line with text before the current place. */
  lastRow(from: number): number {
    let row = Math.min(this.row, this.lines.length) - 1;
    while (row > from && this.lines[row]!.lexed.tokens.length === 0) row--;
    return Math.max(row, from);
  }
}
