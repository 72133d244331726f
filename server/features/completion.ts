import type { CompletionItem, CompletionItemKind, Range } from "vscode-languageserver-types";
import { MEASURES } from "../language/graph/budget.ts";
import type { Analysis } from "../language/index.ts";
import { layers } from "../language/layers/index.ts";
import type { Params, ParamType } from "../language/params.ts";
import { builtins } from "../language/program/evaluate.ts";
import { lex } from "../language/syntax/lines.ts";
import * as t from "../language/syntax/tokens.ts";
import type { ImportDecl, ModelDecl } from "../language/syntax/tree.ts";
import { type Context, defineFeature } from "./define.ts";
import { allowanceAt } from "./support/allowance.ts";
import { columnsOf, sourcePathOf } from "./support/columns.ts";
import type { Files } from "./support/files.ts";
import { blockItem, layerItem, nameItem, optionItem, type Draft } from "./support/items.ts";
import { type Cursor, cursorAt, isWord } from "./support/cursor.ts";
import { type Expected, expectedAt, parameterOf, settingsOf } from "./support/expected.ts";
import { pathsAt } from "./support/paths.ts";
import { fitting, isValue, likeDefault, takesNumbers } from "./support/fitting.ts";
import { code, defaultOf, parameterText, shortSignature } from "./support/text.ts";

/** What can stand where the cursor is. It works on tokens, since text that is being typed is mostly broken. */
export const completion = defineFeature({
  method: "textDocument/completion",
  // No commit characters: what is typed after a layer's name, "(" or "->", is meant as it stands.
  capability: { completionProvider: { triggerCharacters: ["(", "[", ",", "=", ">", " ", "\"", "/"], resolveProvider: true } },
  handler({ document }, { position, context: asked }, context) {
    const paths = pathsAt(document, position, context.files);
    if (paths) return finished(paths.drafts, paths.range, false, context);
    const allowance = allowanceAt(document, position);
    if (allowance) return finished(allowance.drafts, allowance.range, false, context);
    const cursor = cursorAt(document, position);
    if (cursor.quiet || asked?.triggerCharacter === "/" || asked?.triggerCharacter === "\"") return [];
    // A space calls for something after `=`, `->`, `(`, `,` and `on` only.
    if (asked?.triggerCharacter === " " && (cursor.first || endsOperand(cursor))) return [];
    const analysis = document.analysis();
    const place: Place = { cursor, analysis, files: context.files, line: position.line };
    return finished(draftsAt(place), cursor.word.range, document.lineText(position.line)[cursor.word.range.end.character] === "(", context);
  },
  resolve: {
    method: "completionItem/resolve",
    handler(item) {
      const layer = layers.get((item.data as { layer?: string } | undefined)?.layer ?? "");
      return layer ? { ...item, documentation: { kind: "markdown" as const, value: `${code(shortSignature(layer.name, layer.params as Params))}\n${layer.doc}` } } : item;
    },
  },
});

interface Place {
  readonly cursor: Cursor;
  readonly analysis: Analysis;
  readonly files: Files;
  readonly line: number;
}

function draftsAt(place: Place): Draft[] {
  const { cursor, analysis } = place;
  if (cursor.braces.length === 0) return cursor.brackets.length > 0 ? inParentheses(place) : topLevel(cursor, analysis);
  const { keyword } = cursor.braces[cursor.braces.length - 1]!;
  if (keyword === "import") return importable(place);
  if (cursor.brackets.length > 0) return inParentheses(place);
  const settings = settingsOf(keyword);
  if (settings) return inSettings(place, settings);
  return keyword === "budget" ? inBudget(cursor) : inBody(place);
}

/** Blocks of the file that is imported, but for those that are named already. */
function importable({ cursor, analysis, files, line }: Place): Draft[] {
  const declaration = analysis.syntax.declarations.find((d) => d.kind === "import" && d.line.number <= line && line <= d.line.number + d.span.endLine);
  if (declaration?.kind !== "import" || (cursor.before && cursor.before.tokenType !== t.LCurly && cursor.before.tokenType !== t.Comma)) return [];
  const named = new Set(declaration.names.map((n) => n.text).filter((n) => n !== cursor.word.text));
  return blocksOf(declaration, analysis.path, files).filter((d) => !named.has(d.name.text)).map((d) => ({ ...blockItem(d), insert: d.name.text }));
}

function blocksOf({ path }: ImportDecl, from: string, files: Files): ModelDecl[] {
  const target = path && files.resolve(from, path.value);
  const declarations = (target === undefined ? undefined : files.get(target))?.syntax.declarations ?? [];
  return declarations.filter((d): d is ModelDecl => d.kind === "block" && d.name.text !== "");
}

/** Measures that are not bounded yet, with the comparison that they mostly need. */
function inBudget(cursor: Cursor): Draft[] {
  if (cursor.before && !endsOperand(cursor) && !cursor.first) return [];
  return Object.entries(MEASURES).filter(([name]) => !cursor.settings.includes(name)).map(([name, { unit }]) => ({ label: name, kind: PROPERTY, detail: unit, insert: `${name} ${name === "receptive_field" ? ">=" : "<="} `, sort: 0 }));
}

function topLevel(cursor: Cursor, { models, datas, syntax }: Analysis): Draft[] {
  if (cursor.first) return ["data", "model", "block", "train", "import"].map((w) => keyword(w));
  const [first, second] = cursor.statement;
  if (first?.tokenType === t.Import) return cursor.before?.tokenType === t.RCurly ? [{ ...keyword("from"), insert: "from " }] : [];
  if (first?.tokenType !== t.Train) return [];
  if (!second) return models.map(({ declaration: d }) => ({ label: d.name.text, kind: MODULE, detail: "model", sort: 0, ...(d.doc && { doc: d.doc }) }));
  if (cursor.before?.tokenType === t.On) {
    const docs = new Map(syntax.declarations.flatMap((d) => (d.kind === "data" && d.doc ? [[d.name.text, d.doc]] : [])));
    return datas.map(({ name }) => ({ label: name, kind: STRUCT, detail: "data", sort: 0, ...(docs.has(name) && { doc: docs.get(name)! }) }));
  }
  if (!endsOperand(cursor) || cursor.statement.some((k) => k.tokenType === t.As)) return [];
  return [keyword(cursor.statement.some((k) => k.tokenType === t.On) ? "as" : "on")];
}

function inSettings(place: Place, settings: Params): Draft[] {
  const { cursor, analysis } = place;
  if (cursor.setting !== undefined && !endsOperand(cursor)) return values(expectedAt(cursor, analysis).type, place);
  return Object.entries(settings).filter(([name]) => !cursor.settings.includes(name)).map(([name, param]) => ({
    label: name,
    kind: PROPERTY,
    detail: param.required ? "required" : (defaultOf(param) ?? "optional"),
    doc: parameterText(param),
    insert: `${name} = `,
    again: true,
    sort: param.required ? 0 : 1,
  }));
}

function inParentheses(place: Place): Draft[] {
  const { cursor, analysis } = place;
  const expected = expectedAt(cursor, analysis);
  const keyword = cursor.braces[cursor.braces.length - 1]?.keyword;
  if (endsOperand(cursor) && cursor.before?.tokenType !== t.LParen) return [];
  const introducer = cursor.brackets[cursor.brackets.length - 1]?.introducer?.tokenType;
  const declaring = introducer === t.Model || introducer === t.Block;
  if (declaring && cursor.before?.tokenType !== t.Equals) return [];
  const begins = cursor.before?.tokenType === t.LParen || cursor.before?.tokenType === t.Comma;
  const { type } = expected;
  const argument = begins && !expected.inList ? argumentNames(expected, place) : [];
  if (settingsOf(keyword)) return [...argument, ...values(type, place, expected.inList)];
  const known = fitting(expected, cursor);
  const like = likeDefault(expected);
  if (declaring) return [...names(cursor).filter(isValue), ...[...layers.values()].map(layerItem), ...functions()];
  return [...argument, ...values(type, place), ...like.drafts, ...names(cursor).filter((n) => known.has(n.of)), ...(takesNumbers(expected) && !like.only ? functions() : [])];
}

/** Parameters that are not given yet, by name or by position. */
function argumentNames({ call }: Expected, place: Place): Draft[] {
  if (!call) return [];
  const { callee, bracket } = call;
  const merge = callee.kind === "layer" && callee.layer.inputs === "many";
  const positional = merge ? 0 : bracket.index;
  const left = (all: readonly string[]) => all.filter((n, i) => i >= positional && !bracket.given.includes(n));
  if (callee.kind === "builtin") return [];
  if (callee.kind === "block") return left(callee.decl.params.map((p) => p.name.text)).map((name) => ({ label: `${name} = `, filter: name, kind: FIELD, detail: callee.decl.name.text, sort: 1, again: true }));
  const own = callee.kind === "option" && callee.option.rest ? endNames(place, callee.option.rest.of) : [];
  return left([...Object.keys(callee.params), ...own]).map((name) => {
    const param = parameterOf(callee, name)!;
    return { label: `${name} = `, filter: name, kind: FIELD, detail: param.required ? "required" : (defaultOf(param) ?? "optional"), doc: parameterText(param), sort: param.required ? 0 : 2, again: true };
  });
}

/** Inputs or outputs of the models that the block around the cursor trains, or that are trained on it. */
function endNames({ analysis, line }: Place, of: "input" | "output"): string[] {
  const within = (d: { readonly line: { readonly number: number }; readonly span: { readonly endLine: number } } | undefined) => d !== undefined && line >= d.line.number && line <= d.line.number + d.span.endLine;
  const here = analysis.trains.filter(({ data, declaration }) => within(data?.declaration) || within(declaration));
  return [...new Set(here.flatMap(({ model }) => (of === "input" ? model?.inputs.map((id) => model.nodes[id]!.name) : model?.outputNames) ?? []))];
}

/** Words, options and layers of a declared type. */
function values(type: ParamType<unknown> | undefined, place: Place, inList = false): Draft[] {
  if (!type) return [];
  if (type.words === "any") return [...columns(place), ...(inList ? [] : Object.values(type.options ?? {}).map(optionItem))];
  const words = Array.isArray(type.words) ? (type.words as readonly string[]) : [];
  return [
    ...words.map((w): Draft => ({ label: w, kind: ENUM, sort: 0 })),
    ...Object.values(type.options ?? {}).map(optionItem),
    ...(type.expected.includes("true or false") ? ["true", "false"].map((w): Draft => ({ label: w, kind: ENUM, sort: 0 })) : []),
    ...(type.takes === "layer" ? [...layers.values()].filter((l) => type.layers?.includes(l.name) !== false).map(layerItem) : []),
  ];
}

/** Columns of the file of this data block that are not named yet; in quotes where they are no words. */
function columns({ cursor, analysis, files, line }: Place): Draft[] {
  const source = files.get(analysis.path);
  const file = source && sourcePathOf(source, line);
  const header = file && files.header(analysis.path, file.value);
  if (!header || header.text.length > LONGEST_HEADER) return [];
  const written = new Set(lex(source.lineText(line)).tokens.filter((k) => k.startOffset !== cursor.word.range.start.character).map((k) => k.image));
  return columnsOf(header.text, file.delimiter).filter(({ name }) => name !== "" && !written.has(name)).slice(0, MOST_COLUMNS).map(({ name }, i) => ({
    label: name,
    kind: FIELD,
    detail: `column ${i + 1}`,
    insert: /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name),
    // The file's own order.
    order: String(i).padStart(6, "0"),
    sort: 0,
  }));
}

function inBody({ cursor, analysis, files }: Place): Draft[] {
  const before = cursor.before?.tokenType;
  const [first] = cursor.statement;
  const flow = () => [...[...layers.values()].map(layerItem), ...blocks(analysis, files)];
  const applied = cursor.names.filter((n) => n.what === "shared").map(nameItem);
  if (cursor.first) return [...flow(), ...names(cursor).filter((n) => n.of !== "symbol"), ...applied, ...statements(cursor).map((w) => keyword(w))];
  if (before === t.Arrow) return [...flow(), ...applied];
  if (before === t.RCurly) return first?.tokenType === t.If ? [keyword("else")] : [keyword("for"), keyword("as")];
  if (before === t.For || before === t.As || (cursor.statement.length === 1 && (before === t.Let || before === t.Shared || before === t.Input))) return [];
  if (first?.tokenType === t.Input) return cursor.statement.length === 2 ? [keyword("int")] : [];
  if (first?.tokenType === t.Output) return cursor.names.filter((n) => n.what === "input" || n.what === "as" || n.what === "let").map(nameItem);
  if (endsOperand(cursor)) return first?.tokenType === t.For && cursor.statement.length === 2 ? [keyword("in")] : [keyword("as")];
  if (first?.tokenType === t.Shared && before === t.Equals) return flow();
  // A shape follows: `conv2d(8, 3) : [26, 26, 8]`.
  if (before === t.Colon && !cursor.statement.some((k) => k.tokenType === t.Question)) return [];
  // The right side of `let`, and the alternatives of `c ? a : b`, may be layers.
  if (before === t.Equals || before === t.Question || before === t.Colon) return [...names(cursor), ...applied, ...functions(), ...flow()];
  const own = first?.tokenType === t.For ? cursor.statement[1]?.image : undefined;
  return [...names(cursor).filter((n) => isValue(n) && n.label !== own), ...functions()];
}

/** Words that begin a statement where the cursor stands. */
function statements({ braces }: Cursor): string[] {
  const always = ["let", "shared", "repeat", "for", "if"];
  const outer = braces[0]!.keyword;
  if (braces.length > 1) return always;
  return outer === "block" ? [...always, "output"] : [...always, "input", "output", "budget"];
}

function names({ names }: Cursor): Draft[] {
  const nearest = new Map(names.map((n) => [n.name, n]));
  return [...[...nearest.values()].filter((n) => n.what !== "shared").map(nameItem), { label: "in", kind: KEYWORD, detail: "what flows into the nearest braces", sort: 2 }];
}

function functions(): Draft[] {
  return Object.entries(builtins).map(([name, { usage }]) => ({ label: name, kind: FUNCTION, detail: usage, insert: `${name}($1)$0`, sort: 5 }));
}

/** Of this file, and imported. */
function blocks({ syntax, path }: Analysis, files: Files): Draft[] {
  return syntax.declarations.flatMap((d) => {
    if (d.kind === "block" && d.name.text !== "") return [blockItem(d)];
    if (d.kind !== "import") return [];
    const named = new Set(d.names.map((n) => n.text));
    return blocksOf(d, path, files).filter((b) => named.has(b.name.text)).map((b) => ({ ...blockItem(b), detail: `block, from ${d.path!.value}` }));
  });
}

/** The token before is a whole operand: what follows it is an operator or a new setting. */
function endsOperand({ before }: Cursor): boolean {
  if (!before) return false;
  const type = before.tokenType;
  if (type === t.RParen || type === t.RSquare || type === t.NumberLiteral || type === t.Text || type === t.UnclosedText) return true;
  return isWord(before) && !OPENERS.has(type) && !t.leavesOpen(type);
}

/** Words after which something begins. */
const OPENERS = new Set([t.Let, t.Input, t.Output, t.Shared, t.Repeat, t.For, t.If, t.In, t.As, t.On, t.Train, t.Model, t.Block, t.Data, t.Not]);

function keyword(label: string): Draft {
  return { label, kind: KEYWORD, sort: 6 };
}

function finished(drafts: readonly Draft[], range: Range, parenthesized: boolean, { snippets }: Context): CompletionItem[] {
  return drafts.map(({ label, kind, detail, doc, insert, filter, again, layer, sort, order }) => {
    const snippet = insert?.includes("$") === true;
    // What is in parentheses already stays as it is; editors without snippets get the name alone.
    const newText = insert === undefined || (snippet && (parenthesized || !snippets)) ? label : insert;
    return {
      label: label.trimEnd(),
      kind,
      sortText: `${sort}${order ?? label}`,
      textEdit: { range, newText },
      ...(detail !== undefined && { detail }),
      ...(doc !== undefined && { documentation: { kind: "markdown" as const, value: doc } }),
      ...(filter !== undefined && { filterText: filter }),
      ...(newText.includes("$") && { insertTextFormat: 2 as const }),
      ...(layer && { data: { layer } }),
      ...(again && { command: { title: "Suggest", command: "editor.action.triggerSuggest" } }),
    };
  });
}

/** Past this a header line is data without a header. */
const LONGEST_HEADER = 200_000;
const MOST_COLUMNS = 1_000;

const FUNCTION: CompletionItemKind = 3;
const FIELD: CompletionItemKind = 5;
const MODULE: CompletionItemKind = 9;
const PROPERTY: CompletionItemKind = 10;
const KEYWORD: CompletionItemKind = 14;
const ENUM: CompletionItemKind = 20;
const STRUCT: CompletionItemKind = 22;
