import { spawn } from "node:child_process";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test } from "vitest";
import { disk } from "../../server/lsp/disk.ts";
import { Workspace } from "../../server/lsp/workspace.ts";
import { features } from "../../server/features/index.ts";
import type { Document } from "../../server/language/index.ts";
import { Editor } from "../kit/editor.ts";
import { context } from "../kit/markers.ts";

const editors: Editor[] = [];
afterEach(() => editors.splice(0).forEach((e) => e.kill()));
const newEditor = (): Editor => (editors.push(new Editor()), editors.at(-1)!);

const uri = "file:///work/a.nnet";
const text = "model M {\n  input x [4]\n  dense(3)\n}\n";

/** Several messages in one write, so that they lie in the queue together. */
function together(editor: Editor, ...messages: object[]): void {
  const packed = messages.map((m) => JSON.stringify({ jsonrpc: "2.0", ...m })).map((m) => `Content-Length: ${Buffer.byteLength(m)}\r\n\r\n${m}`);
  editor.process.stdin!.write(packed.join(""));
}

/** Answers as they come, the ones that the connection did not ask for itself too. */
function answers(editor: Editor): Map<unknown, { error?: { code: number }; result?: unknown }> {
  const found = new Map<unknown, { error?: { code: number } }>();
  let rest = Buffer.alloc(0);
  editor.process.stdout!.on("data", (part: Buffer) => {
    rest = Buffer.concat([rest, part]);
    for (let head = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString("latin1")); head && rest.length >= head[0].length + Number(head[1]); head = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString("latin1"))) {
      const message = JSON.parse(rest.subarray(head[0].length, head[0].length + Number(head[1])).toString("utf8")) as { id?: unknown; method?: string; error?: { code: number } };
      if (message.method === undefined) found.set(message.id, message);
      rest = rest.subarray(head[0].length + Number(head[1]));
    }
  });
  return found;
}

test("it says how positions count, and derives what it can from its features", async () => {
  const { capabilities } = await newEditor().start({ general: { positionEncodings: ["utf-8", "utf-16"] } });
  expect(capabilities.positionEncoding).toBe("utf-16");
  for (const feature of features) expect(capabilities).toMatchObject(feature.capability);
  expect(capabilities).toMatchObject({ renameProvider: { prepareProvider: true }, callHierarchyProvider: true, workspaceSymbolProvider: true, documentOnTypeFormattingProvider: { firstTriggerCharacter: "}" } });
});

test("a request that was cancelled while it waited is not worked on", async () => {
  const editor = newEditor();
  await editor.start();
  await editor.open(uri, text);
  await editor.diagnostics(uri, 1);
  const found = answers(editor);
  const hover = { method: "textDocument/hover", params: { textDocument: { uri }, position: { line: 2, character: 3 } } };
  together(editor, { id: "a", ...hover }, { id: "b", ...hover }, { method: "$/cancelRequest", params: { id: "b" } });
  await expect.poll(() => found.size).toBe(2);
  expect(found.get("b")).toMatchObject({ error: { code: -32800 } });
  expect(found.get("a")).toHaveProperty("result.contents");
});

test("a request that the editor would ask again is not worked on once its text has changed", async () => {
  const editor = newEditor();
  const method = "textDocument/semanticTokens/full";
  await editor.start({ general: { staleRequestSupport: { cancel: true, retryOnContentModified: [method] } } });
  await editor.open(uri, text);
  await editor.diagnostics(uri, 1);
  const found = answers(editor);
  const change = { method: "textDocument/didChange", params: { textDocument: { uri, version: 2 }, contentChanges: [{ text: `${text}\n` }] } };
  together(editor, { id: "stale", method, params: { textDocument: { uri } } }, change, { id: "fresh", method, params: { textDocument: { uri } } });
  await expect.poll(() => found.size).toBe(2);
  expect(found.get("stale")).toMatchObject({ error: { code: -32801 } });
  expect(found.get("fresh")).toHaveProperty("result.data");
});

test("$/setTrace: each request is traced, and no more once it is off", async () => {
  const editor = newEditor();
  const traced: string[] = [];
  editor.connection.onNotification("$/logTrace", ({ message }: { message: string }) => void traced.push(message));
  await editor.start();
  await editor.open(uri, text);
  await editor.at("textDocument/hover", uri, 2, 3);
  expect(traced).toEqual([]);
  await editor.connection.sendNotification("$/setTrace", { value: "verbose" });
  await editor.at("textDocument/hover", uri, 2, 3);
  await expect.poll(() => traced).toEqual(["textDocument/hover"]);
  await editor.connection.sendNotification("$/setTrace", { value: "off" });
  await editor.at("textDocument/hover", uri, 2, 3);
  expect(traced).toHaveLength(1);
});

test("it ends when the editor's process is gone, and when its input closes", async () => {
  const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const editor = newEditor();
  await editor.start({}, { processId: parent.pid });
  parent.kill("SIGKILL");
  expect(await editor.ended).toBe(1);

  const other = newEditor();
  await other.start();
  other.process.stdin!.end();
  expect(await other.ended).toBe(1);
});

test("after a shutdown requests are refused, and the exit is a good one", async () => {
  const editor = newEditor();
  await editor.start();
  await editor.ask("shutdown", {});
  await editor.connection.sendNotification("exit");
  expect(await editor.ended).toBe(0);
});

test("nothing is kept of a text that was closed", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const workspace = new Workspace(disk, () => {});
  const refs = [1, 2, 3].map((n) => new WeakRef(openAndClose(workspace, `file:///work/${n}.nnet`)));
  await expect.poll(() => (collect(), refs.filter((r) => r.deref() !== undefined).length)).toBe(0);
  expect([...workspace.all()]).toEqual([]);
});

function openAndClose(workspace: Workspace, where: string): Document {
  workspace.open(where, text.repeat(20), 1);
  const opened = workspace.opened(where)!;
  const params = { position: { line: 2, character: 3 }, positions: [], range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } }, ch: "}", newName: "dense", previousResultId: "", context: { diagnostics: [], includeDeclaration: true } };
  for (const feature of features) {
    try {
      (feature.handler as (o: unknown, p: unknown, c: unknown) => unknown)(opened, params, { ...context, files: workspace });
    } catch {
      // A refusal; only what is kept matters here.
    }
  }
  workspace.change(where, 2, [{ text }]);
  const { document } = opened;
  workspace.close(where);
  return document;
}

test("nnet lsp: the same server, behind the command line", async () => {
  const editor = new Editor([join(import.meta.dirname, "../../dist/cli.cjs"), "lsp", "--stdio"]);
  editors.push(editor);
  await editor.start();
  await editor.open(uri, text.replace("3)", ")"));
  expect((await editor.diagnostics(uri, 1)).map((d) => d.code)).toEqual(["missing-argument"]);
  expect(await editor.stop()).toBe(0);
});
