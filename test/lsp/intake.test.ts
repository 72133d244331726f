import * as fc from "fast-check";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Intake, type Opening } from "../../server/lsp/intake.ts";
import { Editor } from "../kit/editor.ts";

const framed = (body: string): Buffer => Buffer.concat([Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`), Buffer.from(body)]);
const filler = "// filler – filler\n";
const large = `model M {\n  input x [4]\n  dense(3) -> fold\n}\n${filler.repeat(500_000)}`;
const opening = (text: string, more = {}) => framed(JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument: { uri: "file:///a.nnet", languageId: "nnet", version: 7, text, ...more } } }));

/** What comes out of an intake that gets these pieces. */
async function through(pieces: readonly Buffer[]): Promise<{ readonly intake: Intake; readonly bytes: Buffer }> {
  const intake = new Intake();
  const out: Buffer[] = [];
  intake.on("data", (b: Buffer) => out.push(b));
  for (const piece of pieces) intake.write(piece);
  intake.end();
  await once(intake, "end");
  return { intake, bytes: Buffer.concat(out) };
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((a) => a % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

test("messages pass as they come, however their bytes are cut, and so does what is no message", async () => {
  const messages = fc.array(fc.oneof(fc.json().map(framed), fc.string().map((s) => framed(`{"text":"${s}`))), { maxLength: 5 }).map((m) => Buffer.concat(m));
  await fc.assert(fc.asyncProperty(fc.oneof(messages, fc.uint8Array().map((b) => Buffer.from(b))), fc.array(fc.nat(), { maxLength: 6 }), async (bytes, at) => {
    expect((await through(cut(bytes, at))).bytes.equals(bytes)).toBe(true);
  }));
});

test("a text that is too large is kept as it came until it is asked for; what is sent behind it passes", async () => {
  const [kept, behind] = [opening(large), opening("model M {}")];
  for (const at of [[], [5], [200, 9_000_000], [kept.length - 1], [kept.length, kept.length + 3]]) {
    const { intake, bytes } = await through(cut(Buffer.concat([kept, behind]), at));
    const [, body] = bytes.subarray(0, bytes.length - behind.length).toString().split("\r\n\r\n");
    const item = (JSON.parse(body!) as { params: { textDocument: Opening } }).params.textDocument;
    expect(item).toMatchObject({ uri: "file:///a.nnet", version: 7, text: "" });
    expect(bytes.subarray(bytes.length - behind.length).equals(behind)).toBe(true);
    expect(intake.textOf(item)!.decode()).toBe(large);
    expect(intake.textOf(item)).toBeUndefined();
  }
});

test("a large message that is another, or tells its text first, passes", async () => {
  const other = framed(JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didChange", params: { textDocument: { uri: "file:///a.nnet", version: 8 }, contentChanges: [{ text: large }] } }));
  const reversed = framed(JSON.stringify({ params: { textDocument: { text: large, version: 1, languageId: "nnet", uri: "file:///a.nnet" } }, method: "textDocument/didOpen", jsonrpc: "2.0" }));
  for (const message of [other, reversed]) expect((await through([message])).bytes.equals(message)).toBe(true);
});

let editor: Editor;
beforeAll(async () => {
  editor = new Editor();
  await editor.start();
});
afterAll(() => editor.kill());

test("through the server: it is refused, requests on it answer, and once most of it is deleted the rest is read", async () => {
  const uri = "file:///large.nnet";
  await editor.open(uri, large);
  expect(await editor.diagnostics(uri, 1)).toMatchObject([{ code: "file-too-large", message: expect.stringContaining("this file has 11 MB, and at most 1,000,000 characters are read") }]);
  expect(await editor.at("textDocument/hover", uri, 2, 4)).toBeNull();
  const version = await editor.change(uri, { range: { start: { line: 4, character: 0 }, end: { line: 500_004, character: 0 } }, text: "" });
  expect(await editor.diagnostics(uri, version)).toMatchObject([{ code: "unknown-layer", range: { start: { line: 2, character: 14 } } }]);
});

test("through the server: it is refused before all of it has come, and read from another text then and later", async () => {
  const uri = "file:///early/large.nnet";
  const { message } = editor.opening(uri, large);
  const middle = message.length >> 1;
  editor.process.stdin!.write(message.subarray(0, middle));
  expect(await editor.diagnostics(uri, 1)).toMatchObject([{ code: "file-too-large" }]);
  editor.process.stdin!.write(message.subarray(middle));
  const importer = "file:///early/small.nnet";
  await editor.open(importer, 'import { Wide } from "./large.nnet"\nmodel M {\n  input x [4]\n  Wide\n}\n');
  expect(await editor.diagnostics(importer, 1)).toMatchObject([{ code: "file-too-large", message: expect.stringContaining("large.nnet: this file has 11 MB") }]);
  expect(await editor.at("textDocument/hover", uri, 2, 4)).toBeNull();
});
