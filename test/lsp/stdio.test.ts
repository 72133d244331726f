import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { features } from "../../server/features/index.ts";
import { Editor } from "../kit/editor.ts";

const sample = join(import.meta.dirname, "../../samples/digits.nnet");
const text = readFileSync(sample, "utf8");
const uri = pathToFileURL(sample).href;
const lines = text.split("\n");
const pool = lines.findIndex((l) => l.includes("max_pool2d"));
const convolution = pool - 1;
const at = (line: number, word: string) => ({ line, character: lines[line]!.indexOf(word) });
const span = (line: number, word: string) => ({ start: at(line, word), end: { line, character: at(line, word).character + word.length } });

let editor: Editor;
beforeAll(async () => {
  editor = new Editor();
  const { capabilities } = await editor.start({ textDocument: { completion: { completionItem: { snippetSupport: true } } } });
  expect(capabilities).toMatchObject({ textDocumentSync: { change: 2, openClose: true } });
  for (const feature of features) expect(capabilities).toMatchObject(feature.capability);
  await editor.open(uri, text);
});
afterAll(() => editor.kill());

test("a sample is clean; a broken shape is told as it is typed, and the undo takes it back", async () => {
  expect(await editor.diagnostics(uri, 1)).toEqual([]);
  const broken = await editor.change(uri, { range: span(pool, "2)"), text: "9)" });
  const found = await editor.diagnostics(uri, broken);
  expect(found[0]).toMatchObject({ code: "kernel-too-large", source: "nnet", severity: 1, range: { start: { line: pool } } });
  expect(found[0]!.codeDescription?.href).toMatch(/^file:.*docs\/diagnostics\/kernel-too-large\.md$/);
  const [fix] = await editor.ask("textDocument/codeAction", { textDocument: { uri }, range: found[0]!.range, context: { diagnostics: found } });
  expect(fix.edit.changes[uri]).toMatchObject([{ newText: "8" }]);
  const undone = await editor.change(uri, { range: span(pool, "9)".replace("9", "2")), text: "2)" });
  expect(await editor.diagnostics(uri, undone)).toEqual([]);
});

test("every request answers", async () => {
  const hover = await editor.at("textDocument/hover", uri, convolution, at(convolution, "conv2d").character);
  expect(hover.contents.value).toContain("`[8, 8, 1]` → **`[8, 8, 16]`**");
  const items = await editor.at("textDocument/completion", uri, lines.findIndex((l, i) => l === "" && i > 9), 0);
  const item = items.find((i: { label: string }) => i.label === "conv2d");
  expect(item.textEdit.newText).toContain("${1:filters}");
  expect((await editor.ask("completionItem/resolve", item)).documentation.value).toContain("shared kernels");
  expect((await editor.ask("textDocument/documentSymbol", { textDocument: { uri } })).map((s: { name: string }) => s.name)).toEqual(["digits", "LeNet", "LeNet"]);
  expect((await editor.ask("textDocument/codeLens", { textDocument: { uri } })).map((l: { command: { title: string } }) => l.command.title)).toContain("▶ Train LeNet");
  const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
  expect((await editor.ask("textDocument/inlayHint", { textDocument: { uri }, range }))[0].label).toBe("→ [8, 8, 16]  160 params");
  expect((await editor.at("textDocument/signatureHelp", uri, pool, at(pool, "2)").character)).signatures[0].label).toContain("max_pool2d(");
  expect((await editor.ask("textDocument/foldingRange", { textDocument: { uri } })).length).toBeGreaterThan(2);
  const train = lines.findIndex((l) => l.startsWith("train"));
  expect((await editor.at("textDocument/definition", uri, train, 7)).range.start.line).toBe(lines.findIndex((l) => l.startsWith("model")));
});

test("formatting", async () => {
  const other = "file:///work/other.nnet";
  await editor.open(other, "model M {\ninput x [4]\ndense(2)\n}\n");
  expect(await editor.ask("textDocument/formatting", { textDocument: { uri: other }, options: { tabSize: 2, insertSpaces: true } })).toMatchObject([{ newText: "  " }, { newText: "  " }]);
});

test("a handler that throws fails its own request only", async () => {
  await expect(editor.ask("textDocument/hover", { textDocument: { uri }, position: null })).rejects.toThrow(/^textDocument\/hover failed: /);
  await expect(editor.ask("textDocument/hover", {})).rejects.toThrow();
  await expect(editor.ask("textDocument/nothing", {})).rejects.toThrow();
  expect(editor.logged.some((m) => m.includes("textDocument/hover failed"))).toBe(true);
  expect(await editor.at("textDocument/hover", uri, convolution, 4)).not.toBeNull();
});

test("what is not open answers nothing", async () => {
  expect(await editor.at("textDocument/hover", "file:///none.nnet", 0, 0)).toBeNull();
  await editor.change("file:///none.nnet", { text: "model" });
  expect(await editor.at("textDocument/hover", "file:///none.nnet", 0, 0)).toBeNull();
});

test("closing takes its diagnostics back", async () => {
  const closing = "untitled:Untitled-1";
  await editor.open(closing, "model {");
  expect(await editor.diagnostics(closing, 1)).not.toEqual([]);
  await editor.connection.sendNotification("textDocument/didClose", { textDocument: { uri: closing } });
  expect(await editor.diagnostics(closing, undefined)).toEqual([]);
});

test("changes that come in one go are checked once", async () => {
  const fast = "file:///work/fast.nnet";
  await editor.open(fast, "model M {\n  input x [4]\n}\n");
  await editor.diagnostics(fast, 1);
  const before = editor.published.length;
  let version = 0;
  const typing = [];
  for (const [i, c] of [..."  dense(3)"].entries()) typing.push(editor.change(fast, { range: { start: { line: 2, character: i }, end: { line: 2, character: i } }, text: c }));
  for (const v of typing) version = await v;
  await editor.diagnostics(fast, version);
  expect(editor.published.length - before).toBeLessThan(typing.length);
});

test("no text kills it, and edited is what opened afresh is", async () => {
  const random = "file:///work/random.nnet";
  let current = text;
  await editor.open(random, current);
  const piece = fc.oneof(fc.string({ maxLength: 6, unit: "binary" }), fc.constantFrom("{", "}", "(", ")", "[", "->", "\n", "\r\n", "model M {\n", "as", "let x = ", "//", '"', " : ", "repeat 3 {", "conv2d(3, 3)", "in", "💥", "block B {\nB\n}"));
  const change = fc.record({ line: fc.nat(40), character: fc.nat(40), lines: fc.nat(2), length: fc.nat(12), text: piece });
  let version = 1;
  await fc.assert(
    fc.asyncProperty(change, async (c) => {
      const rows = current.split(/\r\n|\r|\n/);
      const line = Math.min(c.line, rows.length - 1);
      const end = Math.min(line + c.lines, rows.length - 1);
      const start = { line, character: Math.min(c.character, rows[line]!.length) };
      const stop = { line: end, character: Math.min((end === line ? start.character : 0) + c.length, rows[end]!.length) };
      current = [...rows.slice(0, line), rows[line]!.slice(0, start.character) + c.text + rows[end]!.slice(stop.character), ...rows.slice(end + 1)].join("\n");
      version = await editor.change(random, { range: { start, end: stop }, text: c.text });
      const requests = ["hover", "completion", "signatureHelp", "definition"].map((m) => editor.at(`textDocument/${m}`, random, line, start.character));
      const whole = ["documentSymbol", "codeLens", "foldingRange"].map((m) => editor.ask(`textDocument/${m}`, { textDocument: { uri: random } }));
      await Promise.all([...requests, ...whole]);
    }),
    { numRuns: 300, seed: 7 },
  );
  const found = await editor.diagnostics(random, version);
  const fresh = "file:///work/random.nnet?fresh";
  await editor.open(fresh, current);
  const expected = await editor.diagnostics(fresh, 1);
  expect(found.map((d) => [d.code, d.range, d.message])).toEqual(expected.map((d) => [d.code, d.range, d.message]));
});

test("settings: asked for where the editor can be asked, or as they are sent", async () => {
  const asked = new Editor();
  asked.configuration = { inlayHints: { enabled: false } };
  await asked.start({ workspace: { configuration: true, inlayHint: { refreshSupport: true } } });
  await asked.open(uri, text);
  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const hints = () => asked.ask("textDocument/inlayHint", { textDocument: { uri }, range });
  await expect.poll(hints).toEqual([]);
  await expect.poll(() => asked.refreshed).toBe(1);
  asked.configuration = { inlayHints: { enabled: true } };
  await asked.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  await expect.poll(async () => (await hints()).length).toBeGreaterThan(3);
  expect(await asked.stop()).toBe(0);

  const sent = new Editor();
  await sent.start({}, { initializationOptions: { inlayHints: { enabled: false } } });
  await sent.open(uri, text);
  expect(await sent.ask("textDocument/inlayHint", { textDocument: { uri }, range })).toEqual([]);
  await sent.connection.sendNotification("workspace/didChangeConfiguration", { settings: { nnet: { inlayHints: { enabled: true } } } });
  await expect.poll(async () => (await sent.ask("textDocument/inlayHint", { textDocument: { uri }, range })).length).toBeGreaterThan(3);
  // Without a shutdown before it, the exit is an error.
  await sent.connection.sendNotification("exit");
  expect(await sent.ended).toBe(1);
});

test("it ends as asked", async () => expect(await editor.stop()).toBe(0));
