// An editor's side of a language server over stdio, with clocks.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { serverFlags } from "../../server/lsp/launch.ts";
import { root } from "./files.mjs";
import { processorTime } from "./processor.mjs";

const rpc = createRequire(import.meta.url)("vscode-jsonrpc/node");

/** Starts the server; `opened` when the first diagnostics of the text are there. Times are milliseconds. */
export async function openSession(text, { server = join(root, "dist/server.cjs"), languageId = "nnet", uri = "file:///bench.nnet", flags = serverFlags } = {}) {
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  child.on("exit", (code) => code && connection.dispose());
  const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(child.stdout), new rpc.StreamMessageWriter(child.stdin));
  /** Of an edit, what is found in its version: of a version before, more may still come. */
  let awaited = 1;
  let arrived = () => {};
  let findings = 0;
  connection.onNotification("textDocument/publishDiagnostics", (p) => {
    if (p.uri.startsWith("builtin:")) return;
    // What our checks say of how a network would train is no mistake in its text.
    findings = p.diagnostics.filter((d) => !d.codeDescription || d.code === "unknown-layer").length;
    if (p.version === undefined || p.version === awaited || p.uri !== uri) arrived(p);
  });
  connection.onRequest("workspace/configuration", (p) => p.items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  const diagnostics = () => new Promise((resolve) => (arrived = resolve));
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: { textDocument: { publishDiagnostics: {}, hover: { contentFormat: ["markdown"] } } } });
  await connection.sendNotification("initialized", {});
  let first = diagnostics();
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
  const { diagnostics: found } = await first;
  first = performance.now() - started;
  // What is measured on a text whose reading is given up is no measure.
  const error = found.find((d) => d.code === "evaluation-budget" || d.code === "too-many-errors");
  if (error) throw new Error(`${uri}, line ${error.range.start.line + 1}: ${error.message}`);
  const change = (line, from, to, newText, endLine = line) => connection.sendNotification("textDocument/didChange", {
    textDocument: { uri, version: ++awaited },
    contentChanges: [{ range: { start: { line, character: from }, end: { line: endLine, character: to } }, text: newText }],
  });
  return {
    child,
    connection,
    uri,
    /** Diagnostics of the last answer. */
    get findings() {
      return findings;
    },
    /** Milliseconds of processor time that the server has taken. */
    processor: () => processorTime(child.pid),
    /** From the process's start to the first diagnostics. */
    first,
    /** Replaces [from, to) of a line, or to a place in a later one, and waits for the diagnostics that follow. */
    async edit(...place) {
      const answer = diagnostics();
      const start = performance.now();
      await change(...place);
      await answer;
      return performance.now() - start;
    },
    /** The same edit as an editor makes that asks for diagnostics: until the answer, which holds all that the checks find. */
    async editAndAsk(...place) {
      const sent = diagnostics();
      const start = performance.now();
      void change(...place);
      await connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
      const time = performance.now() - start;
      await sent;
      return time;
    },
    /** `parameters` besides the document. */
    async request(method, parameters) {
      const start = performance.now();
      const result = await connection.sendRequest(method, { textDocument: { uri }, ...parameters });
      return { time: performance.now() - start, result };
    },
    /** Asks and takes it back at once. Gives the milliseconds until the answer, and whether it was that the request is cancelled. */
    async cancelled(method, parameters) {
      const source = new rpc.CancellationTokenSource();
      const start = performance.now();
      const answer = connection.sendRequest(method, { textDocument: { uri }, ...parameters }, source.token).then(() => false, (error) => error.code === -32800);
      source.cancel();
      const taken = await answer;
      return { time: performance.now() - start, taken };
    },
    async open(other, content) {
      const answer = diagnostics();
      await connection.sendNotification("textDocument/didOpen", { textDocument: { uri: other, languageId, version: 1, text: content } });
      await answer;
    },
    async close(other) {
      const answer = diagnostics();
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri: other } });
      await answer;
    },
    end() {
      connection.dispose();
      child.kill();
    },
    /** As an editor ends it: the server may keep what it has compiled. */
    async stop() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await once(child, "exit");
      connection.dispose();
    },
  };
}
