import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { layers } from "../language/layers/index.ts";
import { builtins } from "../language/program/evaluate.ts";
import { lex } from "../language/syntax/lines.ts";
import * as t from "../language/syntax/tokens.ts";
import { type Context, defineFeature, Refusal } from "./define.ts";
import { own } from "../language/values.ts";
import type { Files, Source } from "./support/files.ts";
import { refuseIfTaken } from "./support/renaming.ts";
import { type Found, type Symbol, Symbols } from "./support/symbols.ts";

/** Gives a thing another name wherever it is named, or says why not; no name comes to mean something else by it. */
export const rename = defineFeature({
  method: "textDocument/rename",
  capability: { renameProvider: { prepareProvider: true } },
  handler({ uri }, { position, newName }, context): WorkspaceEdit | null {
    const source = context.files.byUri(uri);
    const target = source && targetAt(source, position, context.files);
    if (!target) return null;
    const { symbol, symbols } = target;
    refuseUnusable(newName);
    const places = newName === symbol.name ? [] : symbols.uses(symbol, source);
    const bySource = new Map<Source, Found[]>();
    for (const found of places) bySource.set(found.source, [...(bySource.get(found.source) ?? []), found]);
    refuseIfTaken(symbol, newName, bySource, context.files);
    return editOf([...bySource].map(([file, found]) => ({ file, edits: found.map(({ range }) => ({ range, newText: newName })) })), context);
  },
});

/** Whether something here can be renamed, and what. */
export const prepareRename = defineFeature({
  method: "textDocument/prepareRename",
  capability: {},
  handler({ uri }, { position }, { files }) {
    const source = files.byUri(uri);
    const target = source && targetAt(source, position, files);
    return target ? { range: target.found.range, placeholder: target.symbol.name } : null;
  },
});

function targetAt(source: Source, position: { line: number; character: number }, files: Files): { found: Found; symbol: Symbol; symbols: Symbols } | undefined {
  const symbols = new Symbols(files);
  const found = symbols.at(source, position);
  if (!found) {
    const word = lex(source.lineText(position.line)).tokens.find((k) => k.startOffset <= position.character && position.character <= k.startOffset + k.image.length);
    if (word && isKeyword(word.tokenType)) throw new Refusal(`${word.image} is a word of the language`);
    return undefined;
  }
  const { use } = found;
  if (use.means.kind === "column") throw new Refusal(`${use.name} is a column of the data file; rename it there first`);
  const symbol = symbols.of(use, source);
  if (!symbol) throw new Refusal(`nothing is called ${use.name} here`);
  if (!symbol.place) throw new Refusal(`${use.name} belongs to the language and keeps its name`);
  return { found, symbol, symbols };
}

function isKeyword(type: unknown): boolean {
  return t.keywords.includes(type as (typeof t.keywords)[number]);
}

/** Names that nothing can have. */
function refuseUnusable(name: string): void {
  const { tokens, comment } = lex(name);
  const [token] = tokens;
  if (token && tokens.length === 1 && isKeyword(token.tokenType) && token.image === name) throw new Refusal(`${name} is a word of the language; choose another name`);
  if (!token || tokens.length !== 1 || comment || token.tokenType !== t.Name || token.image !== name) throw new Refusal(`a name begins with a letter or _ and goes on with letters, digits and _; received "${name}"`);
  if (layers.has(name) || own(builtins, name)) throw new Refusal(`${name} is the name of a ${layers.has(name) ? "layer" : "function"}; choose another one`);
}

function editOf(changes: readonly { file: Source; edits: TextEdit[] }[], { versionedEdits }: Context): WorkspaceEdit {
  if (versionedEdits) return { documentChanges: changes.map(({ file: { uri, version }, edits }): TextDocumentEdit => ({ textDocument: { uri, version }, edits })) };
  return { changes: Object.fromEntries(changes.map(({ file, edits }) => [file.uri, edits])) };
}
