// Keystroke to diagnostics, over stdio, with the real server: one character typed, until its diagnostics arrive.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, quantile } from "../statistics.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");

const written = (n) => ["model M {", "  input image [64, 64, 8]", ...Array.from({ length: n }, (_, i) => `  conv2d(${8 + (i % 57)}, 3, padding = same) -> relu`), "}", ""].join("\n");
const texts = {
  "ResNet-50 (16 uses of a block)": { text: readFileSync(join(root, "test/fixtures/models/resnet50.nnet"), "utf8"), line: 1, find: "conv2d(4" },
  "1,000 written lines": { text: written(1000), line: 500, find: "conv2d(" },
  "10,000 written lines": { text: written(10_000), line: 5000, find: "conv2d(" },
};

async function measure(name, { text, line, find }, edits) {
  const server = spawn(process.execPath, [join(root, "dist/server.cjs"), "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
  let arrived = () => {};
  connection.onNotification("textDocument/publishDiagnostics", (p) => arrived(p));
  connection.onRequest("workspace/configuration", (p) => p.items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  const started = performance.now();
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: { textDocument: { publishDiagnostics: {} } } });
  await connection.sendNotification("initialized", {});
  const uri = "file:///bench.nnet";
  const opened = new Promise((resolve) => (arrived = resolve));
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "nnet", version: 1, text } });
  await opened;
  const first = performance.now() - started;
  const character = text.split("\n")[line].indexOf(find) + find.length;
  const times = [];
  for (let i = 0; i < edits; i++) {
    const answer = new Promise((resolve) => (arrived = resolve));
    const start = performance.now();
    // A digit, and its deletion: the shapes below change each time.
    const typed = i % 2 === 0;
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: i + 2 },
      contentChanges: [{ range: { start: { line, character }, end: { line, character: typed ? character : character + 1 } }, text: typed ? String(1 + (i % 9)) : "" }],
    });
    await answer;
    times.push(performance.now() - start);
  }
  connection.dispose();
  server.kill();
  const warm = times.slice(10);
  console.log(`| ${name} | ${median(warm).toFixed(1)} | ${quantile(warm, 0.95).toFixed(1)} | ${first.toFixed(0)} |`);
}

console.log("keystroke to diagnostics over stdio\n\n| file | median ms | p95 ms | server start to first diagnostics ms |\n|---|---:|---:|---:|");
for (const [name, t] of Object.entries(texts)) await measure(name, t, 110);
