import type { CompletionItem, CompletionItemKind, Range } from "vscode-languageserver-types";
import type { Analysis } from "../language/index.ts";
import { layers } from "../language/layers/index.ts";
import type { Params, ParamType } from "../language/params.ts";
import { builtins } from "../language/program/evaluate.ts";
import * as t from "../language/syntax/tokens.ts";
import { type Context, defineFeature } from "./define.ts";
import { blockItem, layerItem, nameItem, optionItem, type Draft } from "./support/items.ts";
import { type Cursor, cursorAt, isWord } from "./support/cursor.ts";
import { type Expected, expectedAt, settingsOf } from "./support/expected.ts";
import { code, defaultOf, parameterText, shortSignature } from "./support/text.ts";

/** What can stand where the cursor is. It works on tokens, since text that is being typed is mostly broken. */
export const completion = defineFeature({
  method: "textDocument/completion",
  capability: { completionProvider: { triggerCharacters: ["(", ",", "=", ">", " "], resolveProvider: true } },
  handler({ document }, { position, context: asked }, context) {
    const cursor = cursorAt(document, position);
    if (cursor.quiet) return [];
    // A space calls for something after `=`, `->`, `(`, `,` and `on` only.
    if (asked?.triggerCharacter === " " && (cursor.first || endsOperand(cursor))) return [];
    const analysis = document.analysis();
    return finished(draftsAt(cursor, analysis), cursor.word.range, document.lineText(position.line)[cursor.word.range.end.character] === "(", context);
  },
  resolve: {
    method: "completionItem/resolve",
    handler(item) {
      const layer = layers.get((item.data as { layer?: string } | undefined)?.layer ?? "");
      return layer ? { ...item, documentation: { kind: "markdown", value: `${code(shortSignature(layer.name, layer.params as Params))}\n${layer.doc}` } } : item;
    },
  },
});

function draftsAt(cursor: Cursor, analysis: Analysis): Draft[] {
  if (cursor.braces.length === 0) return cursor.brackets.length > 0 ? inParentheses(cursor, analysis) : topLevel(cursor, analysis);
  const { keyword } = cursor.braces[cursor.braces.length - 1]!;
  if (keyword === "import") return [];
  if (cursor.brackets.length > 0) return inParentheses(cursor, analysis);
  const settings = settingsOf(keyword);
  if (settings) return inSettings(cursor, settings, analysis);
  return keyword === "budget" ? [] : inBody(cursor, analysis);
}

function topLevel(cursor: Cursor, { models, datas, syntax }: Analysis): Draft[] {
  if (cursor.first) return ["data", "model", "block", "train", "import"].map((w) => keyword(w));
  const [first, second] = cursor.statement;
  if (first?.tokenType !== t.Train) return [];
  if (!second) return models.map(({ declaration: d }) => ({ label: d.name.text, kind: MODULE, detail: "model", sort: 0, ...(d.doc && { doc: d.doc }) }));
  if (cursor.before?.tokenType === t.On) {
    const docs = new Map(syntax.declarations.flatMap((d) => (d.kind === "data" && d.doc ? [[d.name.text, d.doc]] : [])));
    return datas.map(({ name }) => ({ label: name, kind: STRUCT, detail: "data", sort: 0, ...(docs.has(name) && { doc: docs.get(name)! }) }));
  }
  return endsOperand(cursor) ? [keyword("on")] : [];
}

function inSettings(cursor: Cursor, settings: Params, analysis: Analysis): Draft[] {
  if (cursor.setting !== undefined && !endsOperand(cursor)) return values(expectedAt(cursor, analysis).type);
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

function inParentheses(cursor: Cursor, analysis: Analysis): Draft[] {
  const expected = expectedAt(cursor, analysis);
  const keyword = cursor.braces[cursor.braces.length - 1]?.keyword;
  if (endsOperand(cursor) && cursor.before?.tokenType !== t.LParen) return [];
  const introducer = cursor.brackets[cursor.brackets.length - 1]?.introducer?.tokenType;
  const declaring = introducer === t.Model || introducer === t.Block;
  if (declaring && cursor.before?.tokenType !== t.Equals) return [];
  const begins = cursor.before?.tokenType === t.LParen || cursor.before?.tokenType === t.Comma;
  return [...(begins && !expected.inList ? argumentNames(expected) : []), ...values(expected.type), ...(settingsOf(keyword) ? [] : names(cursor)), ...functions()];
}

/** Parameters that are not given yet, by name or by position. */
function argumentNames({ call }: Expected): Draft[] {
  if (!call) return [];
  const { callee, bracket } = call;
  const merge = callee.kind === "layer" && callee.layer.inputs === "many";
  const positional = merge ? 0 : bracket.index;
  const left = (all: readonly string[]) => all.filter((n, i) => i >= positional && !bracket.given.includes(n));
  if (callee.kind === "builtin") return [];
  if (callee.kind === "block") return left(callee.decl.params.map((p) => p.name.text)).map((name) => ({ label: `${name} = `, filter: name, kind: FIELD, detail: callee.decl.name.text, sort: 1, again: true }));
  return left(Object.keys(callee.params)).map((name) => {
    const param = callee.params[name]!;
    return { label: `${name} = `, filter: name, kind: FIELD, detail: param.required ? "required" : (defaultOf(param) ?? "optional"), doc: parameterText(param), sort: param.required ? 0 : 2, again: true };
  });
}

/** Words, options and layers of a declared type. */
function values(type: ParamType<unknown> | undefined): Draft[] {
  if (!type) return [];
  const words = Array.isArray(type.words) ? (type.words as readonly string[]) : [];
  return [
    ...words.map((w): Draft => ({ label: w, kind: ENUM, sort: 0 })),
    ...Object.values(type.options ?? {}).map(optionItem),
    ...(type.expected.includes("true or false") ? ["true", "false"].map((w): Draft => ({ label: w, kind: ENUM, sort: 0 })) : []),
    ...(type.takes === "layer" ? [...layers.values()].map(layerItem) : []),
  ];
}

function inBody(cursor: Cursor, analysis: Analysis): Draft[] {
  const before = cursor.before?.tokenType;
  const flow = () => [...[...layers.values()].map(layerItem), ...blocks(analysis)];
  if (cursor.first) return [...flow(), ...names(cursor), ...["let", "input", "output", "shared", "repeat", "for", "if"].map((w) => keyword(w))];
  if (before === t.Arrow) return [...flow(), ...cursor.names.filter((n) => n.what === "shared").map(nameItem)];
  const [first] = cursor.statement;
  if (before === t.RCurly) return first?.tokenType === t.If ? [keyword("else")] : [keyword("for"), keyword("as")];
  if (cursor.statement.length === 1 && (before === t.Let || before === t.Shared || before === t.Input || before === t.For)) return [];
  if (before === t.As) return [];
  if (first?.tokenType === t.Input) return cursor.statement.length === 2 ? [keyword("int")] : [];
  if (first?.tokenType === t.Output) return cursor.names.filter((n) => n.what !== "parameter" && n.what !== "symbol").map(nameItem);
  if (endsOperand(cursor)) return first?.tokenType === t.For && cursor.statement.length === 2 ? [keyword("in")] : [keyword("as")];
  const value = [...names(cursor), ...functions()];
  // The right side of `let`, and the alternatives of `c ? a : b`, may be layers.
  return before === t.Equals || before === t.Question || before === t.Colon ? [...value, ...flow()] : value;
}

function names({ names }: Cursor): Draft[] {
  const nearest = new Map(names.map((n) => [n.name, n]));
  return [...[...nearest.values()].map(nameItem), { label: "in", kind: KEYWORD, detail: "what flows into the nearest braces", sort: 2 }];
}

function functions(): Draft[] {
  return Object.entries(builtins).map(([name, { usage }]) => ({ label: name, kind: FUNCTION, detail: usage, insert: `${name}($1)$0`, sort: 5 }));
}

function blocks({ syntax }: Analysis): Draft[] {
  return syntax.declarations.flatMap((d) => (d.kind === "block" && d.name.text !== "" ? [blockItem(d)] : []));
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
  return drafts.map(({ label, kind, detail, doc, insert, filter, again, layer, sort }) => {
    const snippet = insert?.includes("$") === true;
    // What is in parentheses already stays as it is; editors without snippets get the name alone.
    const newText = insert === undefined || (snippet && (parenthesized || !snippets)) ? label : insert;
    return {
      label: label.trimEnd(),
      kind,
      sortText: `${sort}${label}`,
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

const FUNCTION: CompletionItemKind = 3;
const FIELD: CompletionItemKind = 5;
const MODULE: CompletionItemKind = 9;
const PROPERTY: CompletionItemKind = 10;
const KEYWORD: CompletionItemKind = 14;
const ENUM: CompletionItemKind = 20;
const STRUCT: CompletionItemKind = 22;
