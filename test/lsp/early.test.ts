import { afterAll, beforeAll, expect, test } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { Editor } from "../kit/editor.ts";

const uri = "file:///work/deep.nnet";
/** So large that its checks come after its errors: sigmoid upon sigmoid. */
const lines = ["model Deep {", "  input x [8]", ...Array.from({ length: 150 }, (_, i) => (i % 2 ? "  sigmoid" : "  dense(8)")), "  dense(1)", "}", ""];

let editor: Editor;
beforeAll(async () => {
  editor = new Editor();
  await editor.start();
  await editor.open(uri, lines.join("\n"));
});
afterAll(() => editor.kill());

const codes = (found: readonly Diagnostic[]): unknown[] => found.map((d) => d.code);
const sent = (version: number) => editor.published.filter((p) => p.uri === uri && p.version === version).map((p) => p.diagnostics);
/** Its answer comes when everything before it is sent. */
const whole = (): Promise<{ items: Diagnostic[] }> => editor.ask("textDocument/diagnostic", { textDocument: { uri } });
const line = (n: number, length: number, text: string) => ({ range: { start: { line: n, character: 0 }, end: { line: n, character: length } }, text });
/** A quiet turn of the server. */
const quiet = async (): Promise<void> => {
  await new Promise((done) => setTimeout(done, 50));
  await whole();
};

test("when a text is opened, all is said at once", async () => {
  expect(codes(await editor.diagnostics(uri, 1))).toEqual(["vanishing-gradient"]);
  await quiet();
  expect(sent(1)).toHaveLength(1);
});

test("of a large model errors come first; what was found in lines that are the same stays until the checks have run", async () => {
  const broken = await editor.change(uri, line(100, 10, "  densee(8)"));
  await editor.diagnostics(uri, broken);
  await quiet();
  const [first, last] = [sent(broken)[0]!, sent(broken).at(-1)!];
  expect(codes(first)).toEqual(["vanishing-gradient", "unknown-layer"]);
  // A model with a layer that means nothing has no gradient to speak of.
  expect(codes(last)).toEqual(["unknown-layer"]);
  expect((await whole()).items).toEqual(last);

  const mended = await editor.change(uri, line(100, 11, "  dense(8)"));
  await editor.diagnostics(uri, mended);
  await quiet();
  expect(codes(sent(mended)[0]!)).toEqual([]);
  expect(codes(sent(mended).at(-1)!)).toEqual(["vanishing-gradient"]);
});

test("what stays the same is sent once", async () => {
  const version = await editor.change(uri, { range: { start: { line: 1, character: 13 }, end: { line: 1, character: 13 } }, text: " // of the table" });
  await editor.diagnostics(uri, version);
  await quiet();
  expect(sent(version)).toHaveLength(1);
});
