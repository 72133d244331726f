import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { features, workspaceFeatures } from "../../server/features/index.ts";
import { Editor } from "../kit/editor.ts";
import { Folder } from "../kit/folder.ts";

/** Every request that navigates or restructures, sent to the real server. */

const blocks = "/// He et al.\nblock Residual(filters) {\n  conv2d(filters, 3, padding = same)\n  add(in)\n}\n";
const main = 'import { Residual } from "./deep/blocks.nnet"\ndata d {\n  source = csv("rows.csv")\n  label = kind\n}\nmodel Net {\n  input x [8, 8, 4]\n  let width = 4\n  Residual(filters = width)\n  dense(width)\n}\n';

let folder: Folder;
let editor: Editor;
let uri: string;
let library: string;
const sent = new Set<string>();
beforeAll(async () => {
  folder = new Folder({ "main.nnet": main, "deep/blocks.nnet": blocks, "rows.csv": "size,kind\n1,a\n" });
  uri = folder.at("main.nnet");
  library = folder.at("deep/blocks.nnet");
  editor = new Editor();
  await editor.start({ workspace: { workspaceEdit: { documentChanges: true } } }, { workspaceFolders: [{ uri: folder.uri, name: "w" }] });
  await editor.open(uri, main);
});
afterAll(() => {
  editor.kill();
  folder.delete();
});

const ask = (method: string, params: object = {}) => (sent.add(method), editor.ask(method, { textDocument: { uri }, ...params }));
const at = (method: string, line: number, character: number, params: object = {}) => ask(method, { position: { line, character }, ...params });
const begins = (found: { uri?: string; range: { start: { line: number; character: number } } }[]) => found.map((f) => `${f.uri === library ? "blocks " : ""}${f.range.start.line}:${f.range.start.character}`);

test("definition, references and highlights", async () => {
  expect(begins([await at("textDocument/definition", 8, 4)])).toEqual(["blocks 1:6"]);
  expect(await at("textDocument/definition", 3, 11)).toEqual({ uri: folder.at("rows.csv"), range: { start: { line: 0, character: 5 }, end: { line: 0, character: 9 } } });
  expect(begins(await at("textDocument/references", 8, 4, { context: { includeDeclaration: true } })).sort()).toEqual(["0:9", "8:2", "blocks 1:6"]);
  expect(begins(await at("textDocument/documentHighlight", 7, 7))).toEqual(["7:6", "8:21", "9:8"]);
});

test("rename, over an open and a closed file", async () => {
  expect(await at("textDocument/prepareRename", 8, 12)).toMatchObject({ placeholder: "filters" });
  const { documentChanges } = await at("textDocument/rename", 8, 12, { newName: "channels_out" });
  expect(documentChanges.map((c: { textDocument: object; edits: object[] }) => [c.textDocument, c.edits.length])).toEqual(expect.arrayContaining([[{ uri, version: 1 }, 1], [{ uri: library, version: null }, 2]]));
  await expect(at("textDocument/rename", 7, 7, { newName: "dense" })).rejects.toMatchObject({ code: -32803, message: "dense is the name of a layer; choose another one" });
  await expect(at("textDocument/prepareRename", 9, 3)).rejects.toThrow("dense belongs to the language");
  expect(editor.logged).toEqual([]);
});

test("symbols, links, folding, selection, linked editing", async () => {
  expect((await ask("textDocument/documentSymbol")).map((s: { name: string }) => s.name)).toContain("Net");
  const found = await ask("workspace/symbol", { query: "resi" });
  expect(found).toMatchObject([{ name: "Residual", containerName: "blocks.nnet", location: { uri: library } }]);
  expect((await ask("textDocument/documentLink")).map((l: { target: string }) => l.target)).toEqual([library, folder.at("rows.csv")]);
  expect((await ask("textDocument/foldingRange")).length).toBe(2);
  const [ranges] = await ask("textDocument/selectionRange", { positions: [{ line: 9, character: 10 }] });
  expect([ranges.range, ranges.parent.range]).toMatchObject([{ start: { line: 9, character: 8 } }, { start: { line: 9, character: 7 } }]);
  expect((await at("textDocument/linkedEditingRange", 7, 7)).ranges).toHaveLength(3);
});

test("semantic tokens: whole, part, difference", async () => {
  const whole = await ask("textDocument/semanticTokens/full");
  expect(whole.data.length % 5).toBe(0);
  const part = await ask("textDocument/semanticTokens/range", { range: { start: { line: 0, character: 0 }, end: { line: 2, character: 0 } } });
  expect(whole.data.slice(0, part.data.length)).toEqual(part.data);
  expect((await ask("textDocument/semanticTokens/full/delta", { previousResultId: whole.resultId })).edits).toEqual([]);
});

test("call hierarchy", async () => {
  const [item] = await at("textDocument/prepareCallHierarchy", 8, 4);
  expect(item).toMatchObject({ name: "Residual", uri: library });
  const [incoming] = await ask("callHierarchy/incomingCalls", { item });
  expect(incoming).toMatchObject({ from: { name: "Net", uri }, fromRanges: [{ start: { line: 8, character: 2 } }] });
  const [outgoing] = await ask("callHierarchy/outgoingCalls", { item: incoming.from });
  expect(outgoing).toMatchObject({ to: { name: "Residual", uri: library } });
});

test("formatting: whole, part, while typing", async () => {
  const other = folder.at("other.nnet");
  const options = { tabSize: 2, insertSpaces: true };
  await editor.open(other, "model M {\ninput x [4]\ndense( 2 )\n}\n");
  const of = (method: string, params: object = {}) => ask(method, { textDocument: { uri: other }, options, ...params });
  expect((await of("textDocument/formatting")).length).toBeGreaterThan(1);
  expect(await of("textDocument/rangeFormatting", { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } } })).toMatchObject([{ range: { start: { line: 1 } }, newText: "  " }]);
  expect(await of("textDocument/onTypeFormatting", { position: { line: 2, character: 0 }, ch: "\n" })).toMatchObject([{ range: { start: { line: 1 } }, newText: "  " }, { range: { start: { line: 2 } }, newText: "  " }]);
});

test("positions count UTF-16 units, also in lines that end with \\r\\n", async () => {
  const odd = folder.at("odd.nnet");
  const text = '/// 😀 é e\u0301\r\ndata d {\r\n  source = csv("😀é.csv")   label = kind\r\n}\r\nmodel 😀M {\r\n  input x [4]\r\n}\r\n';
  await editor.open(odd, text);
  const found = await editor.diagnostics(odd, 1);
  expect(found.some((d) => d.code === "unknown-character" && d.range.start.line === 4 && d.range.start.character === 6 && d.range.end.character === 8)).toBe(true);
  const key = text.split("\r\n")[2]!.indexOf("label");
  expect((await editor.at("textDocument/hover", odd, 2, key + 1)).range).toEqual({ start: { line: 2, character: key }, end: { line: 2, character: key + 5 } });
  // Deletes the emoji, two units.
  const version = await editor.change(odd, { range: { start: { line: 4, character: 6 }, end: { line: 4, character: 8 } }, text: "" });
  expect((await editor.diagnostics(odd, version)).map((d) => d.code)).not.toContain("unknown-character");
});

test("no feature of these is left out", () => {
  const elsewhere = ["hover", "completion", "signatureHelp", "codeAction", "codeLens", "inlayHint", "diagnostic"].map((m) => `textDocument/${m}`);
  const all = [...features, ...workspaceFeatures].map((f) => f.method as string);
  expect(all.filter((m) => !sent.has(m) && !elsewhere.includes(m))).toEqual([]);
  expect(elsewhere.filter((m) => !all.includes(m))).toEqual([]);
});

test("the samples' folder is found by its names", async () => {
  const samples = new Editor();
  const root = join(import.meta.dirname, "../../samples");
  await samples.start({}, { workspaceFolders: [{ uri: `file://${root}`, name: "samples" }] });
  expect((await samples.ask("workspace/symbol", { query: "LeNet" })).some((s: { location: { uri: string } }) => s.location.uri.endsWith("/digits.nnet"))).toBe(true);
  expect(readFileSync(join(root, "digits.nnet"), "utf8")).toContain("model LeNet");
  samples.kill();
});
