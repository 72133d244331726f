import type { Hover } from "vscode-languageserver-types";
import type { Analysis } from "../language/index.ts";
import { lex } from "../language/syntax/lines.ts";
import * as t from "../language/syntax/tokens.ts";
import { defineFeature, type Opened } from "./define.ts";
import { type Bound, type Cursor, cursorAt, isLoopVariable } from "./support/cursor.ts";
import { batchOf, blockCard, dataCard, modelCard, nameCard, trainCard } from "./support/cards.ts";
import { own } from "../language/values.ts";
import { blockNamed, calleeNamed, expectedAt, parameterOf, settingsOf } from "./support/expected.ts";
import { keywords } from "./support/keywords.ts";
import { layerCard } from "./support/layer-card.ts";
import { rowsFor, runsAt } from "./support/model-lines.ts";
import { code, optionSignature, parameterLabel, parameterText } from "./support/text.ts";

/** What the word under the cursor is: a layer with its shapes and counts, a parameter, a setting, a name. */
export const hover = defineFeature({
  method: "textDocument/hover",
  capability: { hoverProvider: true },
  handler(opened, { position }): Hover | null {
    const cursor = cursorAt(opened.document, position);
    if (cursor.quiet || cursor.word.text === "") return null;
    const value = textOf(cursor, opened, opened.document.analysis());
    return value === undefined ? null : { contents: { kind: "markdown", value }, range: cursor.word.range };
  },
});

function textOf(cursor: Cursor, { document }: Opened, analysis: Analysis): string | undefined {
  const { text, range } = cursor.word;
  const next = lex(document.lineText(range.start.line)).tokens.find((k) => k.startOffset >= range.end.character)?.tokenType;
  const header = cursor.braces.length === 0 && cursor.brackets.length === 0 && !cursor.first ? declared(cursor, analysis) : undefined;
  if (header !== undefined) return header;

  const binding = bindingOf(cursor);
  if (binding && cursor.braces.length === 0) return nameCard(binding, document, analysis);
  const expected = expectedAt(cursor, analysis);
  if (next === t.Equals && cursor.brackets.length > 0) return argument(text, expected);
  const inSettings = settingsOf(cursor.braces[cursor.braces.length - 1]?.keyword);
  if (inSettings && cursor.brackets.length === 0 && next === t.Equals) {
    const setting = own(inSettings, text);
    return setting && `${code(parameterLabel(text, setting))}\n\n${parameterText(setting)}`;
  }
  const { type } = expected;
  if (type?.words && type.words !== "any" && type.words.includes(text)) return word(text, cursor, expected);

  if (binding) return nameCard(binding, document, analysis);
  const keyword = own(keywords, text);
  if (keyword) return `${code(keyword.usage)}\n\n${keyword.doc}`;
  const callee = calleeNamed(text, type, analysis);
  switch (callee?.kind) {
    case "option":
      return `${code(optionSignature(callee.option))}\n\n${callee.option.doc}`;
    case "layer":
      return layerCard(callee.layer, runsAt(analysis, range.start).filter((r) => r.last.layer === callee.layer), (model) => rowsFor(model, analysis));
    case "builtin":
      return code(callee.usage);
    case "block":
      return blockCard(callee.decl, document, runsAt(analysis, range.start));
  }
  return undefined;
}

/** Names in the first line of a declaration. */
function declared({ statement, before, word: { text } }: Cursor, analysis: Analysis): string | undefined {
  const first = statement[0]?.tokenType;
  if (first === t.Data || before?.tokenType === t.On) return dataCard(analysis.datas.find((d) => d.name === text));
  if (first === t.Block) return blockCard(blockNamed(text, analysis));
  if (first !== t.Model && first !== t.Train) return undefined;
  const found = analysis.models.find((m) => m.declaration.name.text === text);
  if (!found) return undefined;
  const train = first === t.Train ? analysis.trains.find((r) => r.declaration.model.text === text) : undefined;
  return train ? trainCard(train, found) : modelCard(found, batchOf(analysis, found.model));
}

function argument(name: string, { call }: ReturnType<typeof expectedAt>): string | undefined {
  if (!call || call.callee.kind === "builtin") return undefined;
  const { callee } = call;
  if (callee.kind === "block") return code(`block ${callee.decl.name.text}: ${name}`);
  const param = parameterOf(callee, name);
  return param && `${code(parameterLabel(name, param))}\n\n${parameterText(param)}`;
}

function word(text: string, { setting }: Cursor, { call }: ReturnType<typeof expectedAt>): string | undefined {
  const callee = call?.callee;
  if (!call || !callee || !("params" in callee)) return setting && `\`${text}\`, one of the words that ${setting} knows.`;
  const name = call.bracket.named ?? Object.keys(callee.params)[call.bracket.index];
  const param = name === undefined ? undefined : parameterOf(callee, name);
  return param && `\`${name} = ${text}\`\n\n${parameterText(param)}`;
}

/** The name itself where it is given, or the nearest one that is meant. */
function bindingOf({ statement, before, brackets, names, word: { text, range } }: Cursor): Bound | undefined {
  const type = before?.tokenType;
  const header = brackets[0]?.introducer?.tokenType;
  if ((header === t.Model || header === t.Block) && (type === t.LParen || type === t.Comma)) return { name: text, what: "parameter", range };
  const what = type === t.As ? "as" : isLoopVariable(statement) ? "loop" : statement.length !== 1 ? undefined : type === t.Let ? "let" : type === t.Shared ? "shared" : type === t.Input ? "input" : undefined;
  const known = names.findLast((n) => n.name === text);
  if (!known && statement[0]?.tokenType === t.Input && brackets[0]?.kind === "[") return { name: text, what: "symbol", range };
  return what ? { name: text, what, range } : known;
}
