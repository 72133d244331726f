import type { DocumentSymbol, Range, SymbolKind } from "vscode-languageserver-types";
import { type Document, runName } from "../language/index.ts";
import type { Body, Declaration, Expr, LineRef, Placed, Settings, Span, Statement } from "../language/syntax/tree.ts";
import { defineFeature } from "./define.ts";
import { before, rangeAt } from "./support/places.ts";

const KINDS = { model: 5, block: 11, data: 23, train: 24, import: 2, input: 8, output: 8, name: 13, layer: 12, loop: 19, key: 7 } as const satisfies Record<string, SymbolKind>;

/** The outline: declarations, in them inputs, named results and layers line by line, and settings. */
export const symbols = defineFeature({
  method: "textDocument/documentSymbol",
  capability: { documentSymbolProvider: true },
  handler: ({ document }) => document.analysis().syntax.declarations.map((d) => declaration(document, d)),
});

function declaration(document: Document, d: Declaration): DocumentSymbol {
  const range = rangeAt(d.line, d.span);
  switch (d.kind) {
    case "import":
      return symbol(`import ${d.names.map((n) => n.text).join(", ")}`, KINDS.import, range, range, d.path?.value);
    case "train":
      return symbol(runName(d), KINDS.train, range, rangeAt(d.line, (d.as ?? d.model).span), d.data ? `train on ${d.data.text}` : "train", settings(document, d.settings, d.line));
    case "data":
      return symbol(d.name.text, KINDS.data, range, rangeAt(d.line, d.name.span), "data", settings(document, d.settings, d.line));
    case "model":
    case "block":
      return symbol(d.name.text, KINDS[d.kind], range, rangeAt(d.line, d.name.span), d.kind, statements(document, d.body, d.line));
  }
}

function settings(document: Document, { entries }: Settings, base: LineRef): DocumentSymbol[] {
  return entries.filter((e) => e.key.text !== "").map((e) => {
    const line = e.line ?? base;
    return symbol(e.key.text, KINDS.key, rangeAt(line, e.span), rangeAt(line, e.key.span), written(document, line, e.value.span));
  });
}

function statements(document: Document, body: Body, base: LineRef): DocumentSymbol[] {
  return body.statements.flatMap((placed) => statement(document, placed, placed.line ?? base));
}

function statement(document: Document, { node }: Placed, line: LineRef): DocumentSymbol[] {
  const range = rangeAt(line, node.span);
  const source = (span: Span): string => written(document, line, span);
  const named = ({ text, span }: { text: string; span: Span }, kind: SymbolKind, detail: string, children?: DocumentSymbol[]): DocumentSymbol[] =>
    text === "" ? [] : [symbol(text, kind, range, rangeAt(line, span), detail, children)];
  switch (node.kind) {
    case "input":
      return named(node.name, KINDS.input, `input ${source(node.shape.span)}`);
    case "let":
    case "shared":
      return named(node.name, KINDS.name, `${node.kind} = ${source(node.value.span)}`, branches(document, node.value, line));
    case "output":
      return [symbol(`output ${node.names.map((n) => n.text).join(", ")}`, KINDS.output, range, range)];
    case "repeat":
      return [symbol(`repeat ${source(node.count.span)}`, KINDS.loop, range, range, undefined, statements(document, node.body, line))];
    case "for":
      return [symbol(`for ${node.variables.map((v) => v.text).join(", ")} in ${source(node.over.span)}`, KINDS.loop, range, range, undefined, statements(document, node.body, line))];
    case "if":
      return [symbol(`if ${source(node.test.span)}`, KINDS.loop, range, range, undefined, alternatives(document, node, line))];
    case "budget":
      return [symbol("budget", KINDS.loop, range, range, undefined, settings(document, node.settings, line))];
    case "flow":
      return [symbol(source(node.span), KINDS.layer, range, range, undefined, [...names(node.value, line), ...branches(document, node.value, line)])];
    case "error":
      return [];
  }
}

function alternatives(document: Document, { body, otherwise }: Extract<Statement, { kind: "if" }>, line: LineRef): DocumentSymbol[] {
  return [...statements(document, body, line), ...(otherwise ? statements(document, otherwise, line) : [])];
}

/** `as stem`. */
function names(expr: Expr, line: LineRef): DocumentSymbol[] {
  if (expr.kind === "chain") return expr.links.flatMap((l) => names(l, line));
  if (expr.kind === "ascribe") return names(expr.operand, line);
  if (expr.kind !== "as" || expr.name.text === "") return [];
  return [...names(expr.operand, line), symbol(expr.name.text, KINDS.name, rangeAt(line, expr.span), rangeAt(line, expr.name.span), "as")];
}

/** What stands in the braces of `concat { … } { … }`, where they go over several lines. */
function branches(document: Document, expr: Expr, line: LineRef): DocumentSymbol[] {
  if (expr.kind === "chain") return expr.links.flatMap((l) => branches(document, l, line));
  if (expr.kind === "as" || expr.kind === "ascribe") return branches(document, expr.operand, line);
  if (expr.kind === "control") return statement(document, { line: undefined, node: expr.node }, line);
  if (expr.kind !== "call") return [];
  return [...expr.branches, ...(expr.loop ? [expr.loop.body] : [])].filter((b) => b.span.endLine > b.span.line).flatMap((b) => statements(document, b, line));
}

/** The source of a span; of several lines the first. */
function written(document: Document, line: LineRef, span: Span): string {
  const text = document.lineText(line.number + span.line);
  return span.endLine === span.line ? text.slice(span.start, span.end) : `${text.slice(span.start).replace(/\s*(\/\/.*)?$/, "")} …`;
}

function symbol(name: string, kind: SymbolKind, range: Range, selection: Range, detail?: string, children?: DocumentSymbol[]): DocumentSymbol {
  // Editors refuse an outline whose selection lies outside; recovery can make one.
  const outside = before(selection.start, range.start) || before(range.end, selection.end);
  return { name: name.trim() || "(no name)", kind, range, selectionRange: outside ? range : selection, ...(detail && { detail }), ...(children && children.length > 0 && { children }) };
}
