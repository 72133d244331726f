import { fork } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createMessageConnection, type InitializeResult, IPCMessageReader, IPCMessageWriter } from "vscode-languageserver/node";

test("the server speaks over Node's IPC, as VS Code starts it", async () => {
  const child = fork(join(import.meta.dirname, "../../server/lsp/node.ts"), ["--node-ipc"], { execArgv: [] });
  const ended = new Promise((done) => child.on("exit", done));
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  const { capabilities } = await connection.sendRequest<InitializeResult>("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  expect(capabilities.hoverProvider).toBe(true);
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await ended).toBe(0);
});
