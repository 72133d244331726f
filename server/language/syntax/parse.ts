import type { IToken, TokenType } from "chevrotain";
import { grouped } from "../digits.ts";
import { didYouMean } from "../suggest.ts";
import { Reader } from "./layout.ts";
import { MOST_DECLARATIONS, MOST_PROBLEMS } from "./limits.ts";
import type { Line } from "./lines.ts";
import { lostBody } from "./lost.ts";
import { type Header, parser } from "./parser.ts";
import { python } from "./python.ts";
import { afterLast, indentOf, NOWHERE, spanOf } from "./spans.ts";
import * as t from "./tokens.ts";
import type { Body, Declaration, File, Placed, Settings, Span, SyntaxProblem, WayOut } from "./tree.ts";

/** Reads a whole file. Never throws; whatever could not be understood is in `problems`. */
export function parseFile(path: string, lines: readonly Line[]): File {
  const other = python(lines);
  if (other) return { path, declarations: [], problems: [other] };
  const problems: SyntaxProblem[] = [];
  const report = (line: Line, span: Span, code: string, message: string, way: WayOut = {}): void => {
    if (problems.length > MOST_PROBLEMS) return;
    problems.push({ line, span, code, message, ...way });
    if (problems.length < MOST_PROBLEMS) return;
    problems.push({ line, span, code: "too-many-errors", message: `this file has more than ${MOST_PROBLEMS} syntax errors; what follows is not read` });
    reader.stop();
  };
  const reader = new Reader(lines, report);
  const declarations: Declaration[] = [];
  let afterDeclaration = 0;
  for (let token = reader.peek(); token; token = reader.peek()) {
    const { line, row } = reader;
    if (declarations.length >= MOST_DECLARATIONS) {
      report(line, spanOf(token), "file-too-large", `this file has more than ${grouped(MOST_DECLARATIONS)} declarations, and these are not read; split it and import the parts`);
      break;
    }
    if (token.tokenType === t.RCurly) {
      report(line, spanOf(token), "unmatched-brace", "there is no { that this } closes");
      reader.column++;
    } else if (token.tokenType === t.Semicolon) {
      reader.column++;
    } else if (t.isDeclarationWord(token.tokenType)) {
      declarations.push(...declared(reader, lines, problems));
    } else if (begunWith(reader.line)) {
      // Read as what is meant, so that nothing of it is lost.
      const keyword = begunWith(reader.line)!;
      problems.push({ line, span: spanOf(token), code: "statement-outside-model", message: `'${token.image}' begins no declaration; did you mean ${keyword.name}?`, instead: keyword.name });
      const declaration = declare(reader, reader.statementTokens(row, keyword.type), line, docAbove(lines, row));
      if (declaration) declarations.push(declaration);
    } else {
      strayStatements(reader, declarations, problems);
    }
    // Whatever happens, go on.
    if (reader.row === row && reader.column === afterDeclaration && reader.peek() === token) reader.column++;
    afterDeclaration = reader.column;
  }
  // Of what was read at all.
  for (const line of lines.slice(0, reader.stoppedAt === undefined ? reader.row : reader.stoppedAt + 1)) {
    if (problems.length > MOST_PROBLEMS) break;
    for (const p of line.lexed.problems) report(line, p.span, p.code, p.message, p.instead === undefined ? {} : { instead: p.instead });
  }
  return { path, declarations, problems };
}

/** The declaration that begins here, with what stands in it by mistake: what it was where all that was read for it is as it was. */
function declared(reader: Reader, lines: readonly Line[], problems: SyntaxProblem[]): readonly Declaration[] {
  const { line, row, column } = reader;
  const doc = docAbove(lines, row);
  const known = line.declared;
  if (known && column === 0 && known.doc === doc && problems.length + known.problems.length < MOST_PROBLEMS && known.lines.every((l, i) => l === lines[row + i])) {
    problems.push(...known.problems);
    reader.row = row + known.rows;
    reader.column = known.column;
    return known.declarations;
  }
  const before = problems.length;
  reader.furthest = row;
  const declarations = readAgain(reader, problems, lines, () => declare(reader, reader.statementTokens(row), line, doc));
  const read = Array.from({ length: reader.furthest - row + 1 }, (_, i) => lines[row + i]);
  if (column === 0 && reader.stoppedAt === undefined) line.declared = { lines: read, doc, declarations, problems: problems.slice(before), rows: reader.row - row, column: reader.column };
  return declarations;
}

/**
 * A brace that is missing inside makes the declaration's own one seem open, and so does a declaration that stands inside.
 * Where indentation says which it is, and everything then closes, the declaration is read so.
 */
function readAgain(reader: Reader, problems: SyntaxProblem[], lines: readonly Line[], read: () => Declaration | undefined): readonly Declaration[] {
  const { row, column, line: { text } } = reader;
  const before = problems.length;
  reader.outermostOpen = false;
  const plain = read();
  if (!reader.outermostOpen || reader.stoppedAt !== undefined) return plain ? [plain] : [];
  const [found, end] = [problems.slice(before), [reader.row, reader.column] as const];
  const inside = reader.atDeclaration() && indentOf(reader.line.text).length > indentOf(text).length;
  const closes = () => !reader.outermostOpen && reader.stoppedAt === undefined && (!reader.peek() || reader.atDeclaration());
  problems.length = before;
  reader.again(row, column, true);
  const indented = read();
  if (closes() && problems.length - before <= found.length) {
    reader.byIndent = false;
    return indented ? [indented] : [];
  }
  if (inside) {
    problems.length = before;
    reader.again(row, column, false);
    const nested: Declaration[] = [];
    reader.nested = { indent: indentOf(text), read: () => nested.push(...nestedIn(reader, lines, problems)) };
    const around = read();
    reader.nested = undefined;
    if (around && nested.length > 0 && closes()) return [around, ...nested];
  }
  problems.splice(before, Infinity, ...found);
  reader.again(...end, false);
  reader.stoppedAt = undefined;
  return plain ? [plain] : [];
}

/** A declaration in the body of another: reported, and read as if it stood beside that. What has no input is a part: a block. */
function nestedIn(reader: Reader, lines: readonly Line[], problems: SyntaxProblem[]): Declaration[] {
  const { line, row } = reader;
  const tokens = reader.statementTokens(row);
  const [keyword, name] = tokens as [IToken, IToken | undefined];
  const declaration = declare(reader, tokens, line, docAbove(lines, row));
  const isPart = declaration?.kind === "model" && !declaration.body.statements.some(({ node }) => node.kind === "input");
  const whole = name ? { ...spanOf(keyword), end: spanOf(name).end } : spanOf(keyword);
  const what = name && name.tokenType !== t.Group ? `${keyword.image} ${name.image}` : `this ${keyword.image}`;
  problems.push({ line, span: whole, code: "nested-declaration", message: `${what} stands inside another declaration, and they stand one beside another${isPart ? "; a part of a model is a block, and is used by its name" : ""}` });
  if (reader.row === row && reader.column === 0) reader.row++;
  return declaration ? [{ ...declaration, ...(isPart && { kind: "block" as const }), nested: true } as Declaration] : [];
}

const begins = new Map([["model", t.Model], ["block", t.Block], ["data", t.Data], ["train", t.Train]]);
/** What other languages write. */
const elsewhere = new Map([["network", "model"], ["class", "model"], ["def", "block"], ["function", "block"], ["dataset", "data"], ["fit", "train"]]);

/** The keyword that a line such as `modle LeNet {` means to begin with. */
function begunWith({ lexed: { tokens } }: Line): { readonly name: string; readonly type: TokenType } | undefined {
  const [first, name, next] = tokens;
  const declares = first?.tokenType === t.Name && name?.tokenType === t.Name && (next?.tokenType === t.LCurly || next?.tokenType === t.LParen || next?.tokenType === t.On);
  if (!declares) return undefined;
  const meant = elsewhere.get(first.image.toLowerCase()) ?? didYouMean(first.image, begins.keys()).name;
  return meant === undefined ? undefined : { name: meant, type: begins.get(meant)! };
}

/** Statements outside of any body: they belong to the model above if a brace closed it too early. Many of them are another kind of text. */
function strayStatements(reader: Reader, declarations: Declaration[], problems: SyntaxProblem[]): void {
  const { line, row } = reader;
  const before = problems.length;
  const first = reader.peek()!;
  const above = declarations[declarations.length - 1];
  const mayBelong = (above?.kind === "model" || above?.kind === "block") && above.body.statements.length > 0;
  const { statements } = reader.items("body", mayBelong ? undefined : MOST_PROBLEMS);
  if (reader.row === row && statements.length === 0) {
    reader.row++;
    reader.column = 0;
  }
  const close = reader.peek();
  if (close?.tokenType === t.RCurly && mayBelong) {
    reader.column++;
    const { body } = above;
    const end = { line: body.span.endLine, start: body.span.end - 1, endLine: body.span.endLine, end: body.span.end };
    problems.push({ line: above.line, span: end, code: "unmatched-brace", message: `this } ends ${above.kind} ${above.name.text} early: statements of its body follow` });
    // It reaches to the stray brace now: it is another declaration when any of these lines change.
    const span = { ...above.span, endLine: reader.row - above.line.number, end: reader.column };
    declarations[declarations.length - 1] = { ...above, span, body: { ...body, statements: [...body.statements, ...statements] } };
    return;
  }
  // Where they stand is what is wrong with them, whatever else may be.
  const end = reader.stoppedAt !== undefined ? problems.slice(-1) : [];
  problems.length = before;
  const message = `'${first.image}' stands outside of any model; a file is made of data, model, block, train and import declarations`;
  // A line with a sign of another language says so itself.
  problems.push(...(line.lexed.lost ? [] : [{ line, span: spanOf(first), code: "statement-outside-model", message }]), ...end);
  if (statements.length < MOST_PROBLEMS || mayBelong || reader.stoppedAt !== undefined) return;
  problems.push({ line: reader.line, span: { line: 0, start: 0, endLine: 0, end: 1 }, code: "too-many-errors", message: `more than ${MOST_PROBLEMS} statements stand outside of any model; what follows is not read` });
  reader.stop();
}

function declare(reader: Reader, tokens: IToken[], line: Line, doc: string | undefined): Declaration | undefined {
  if (tokens.length === 0) return undefined;
  withBody(reader, tokens, line);
  const header = reader.parse<Header>(tokens, line, () => parser.header());
  const span = { ...spanOf(tokens[0]!), endLine: spanOf(tokens[tokens.length - 1]!).endLine, end: spanOf(tokens[tokens.length - 1]!).end };
  // A header with an error may still have its body: keep what is in it.
  const group = tokens.find((k) => k.tokenType === t.Group) as (IToken & { body?: Body; settings?: Settings }) | undefined;
  const base = { line, span, doc };
  if (!header) {
    const [keyword, name] = tokens;
    if (!group || !name || !keyword) return undefined;
    const called = { text: name.tokenType === t.Group ? "" : name.image, span: spanOf(name) };
    if (group.body) return { ...base, kind: keyword.tokenType === t.Block ? "block" : "model", name: called, params: [], body: group.body };
    const settings = group.settings ?? { entries: [], broken: true, span: NOWHERE };
    if (keyword.tokenType === t.Train) return { ...base, kind: "train", model: called, args: [], data: undefined, as: undefined, settings };
    return { ...base, kind: "data", name: called, settings };
  }
  switch (header.kind) {
    case "model":
    case "block":
      return { ...base, ...header, body: header.body ?? emptyBody(group) };
    case "data":
    case "train":
      return { ...base, ...header, settings: header.settings ?? group?.settings ?? { entries: [], broken: true, span } };
    case "import":
      return { ...base, ...header };
  }
}

/** `model B` whose { is missing: what follows is its body all the same. */
function withBody(reader: Reader, tokens: IToken[], line: Line): void {
  const [keyword, name] = tokens as [IToken, IToken | undefined];
  const named = name?.tokenType.CATEGORIES?.includes(t.Word) === true;
  if (!named || keyword.tokenType === t.Import || tokens.some((k) => k.tokenType === t.Group)) return;
  const last = tokens[tokens.length - 1]!;
  const body = lostBody(reader, line.number, keyword.tokenType === t.Data || keyword.tokenType === t.Train ? "settings" : "body");
  if (!body) return;
  reader.report(line, afterLast(last), "syntax-error", `expected { after '${last.image}', found the end of the line: the body of ${keyword.image} ${name.image} stands in { }`);
  tokens.push(body);
}

function emptyBody(group: { body?: Body } | undefined): Body {
  return group?.body ?? { statements: [] as Placed[], span: NOWHERE };
}

/** The `///` lines right above, as markdown. */
function docAbove(lines: readonly Line[], row: number): string | undefined {
  const doc: string[] = [];
  for (let i = row - 1; i >= 0; i--) {
    const { lexed } = lines[i]!;
    if (lexed.tokens.length > 0 || !lexed.comment?.text.startsWith("///")) break;
    doc.push(lexed.comment.text.slice(3).replace(/^ /, "").trimEnd());
  }
  return doc.length > 0 ? doc.reverse().join("\n") : undefined;
}
