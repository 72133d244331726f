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
/** As long as it takes until the server has sent all that an editor gets that asks. */
const settled = async (version: number): Promise<void> => {
  await editor.diagnostics(uri, version);
  const { items } = await whole();
  await expect.poll(() => sent(version).at(-1), { timeout: 10_000 }).toEqual(items);
};

test("when a text is opened, all is said at once", async () => {
  await settled(1);
  expect(codes(sent(1)[0]!)).toEqual(["vanishing-gradient"]);
  expect(sent(1)).toHaveLength(1);
});

test("of a large model errors come first; what was found in lines that are the same stays until the checks have run", async () => {
  const broken = await editor.change(uri, line(100, 10, "  densee(8)"));
  await settled(broken);
  const [first, last] = [sent(broken)[0]!, sent(broken).at(-1)!];
  expect(codes(first)).toEqual(["vanishing-gradient", "unknown-layer"]);
  // A model with a layer that means nothing has no gradient to speak of.
  expect(codes(last)).toEqual(["unknown-layer"]);
  expect((await whole()).items).toEqual(last);

  const mended = await editor.change(uri, line(100, 11, "  dense(8)"));
  await settled(mended);
  expect(codes(sent(mended)[0]!)).toEqual([]);
  expect(codes(sent(mended).at(-1)!)).toEqual(["vanishing-gradient"]);
});

test("what stays the same is sent once", async () => {
  const version = await editor.change(uri, { range: { start: { line: 1, character: 13 }, end: { line: 1, character: 13 } }, text: " // of the table" });
  await settled(version);
  expect(sent(version)).toHaveLength(1);
});
