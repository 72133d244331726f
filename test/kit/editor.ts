import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createMessageConnection, type Diagnostic, type InitializeResult, type MessageConnection, type Range, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}

/** The real server as a process of its own, spoken to as an editor does. */
export class Editor {
  readonly connection: MessageConnection;
  readonly process: ChildProcess;
  readonly published: Published[] = [];
  readonly logged: string[] = [];
  configuration: unknown = null;
  refreshed = 0;
  /** Requests of the server that the editor should ask again. */
  readonly refreshes: string[] = [];
  /** What the server registered after its start. */
  readonly registered: { readonly method: string; readonly registerOptions?: unknown }[] = [];
  readonly ended: Promise<number | null>;
  private readonly waiting = new Set<() => void>();
  private readonly versions = new Map<string, number>();

  constructor(command = [join(import.meta.dirname, "../../server/lsp/node.ts"), "--stdio"]) {
    this.process = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((done) => this.process.on("exit", done));
    this.connection = createMessageConnection(new StreamMessageReader(this.process.stdout!), new StreamMessageWriter(this.process.stdin!));
    this.connection.onNotification("textDocument/publishDiagnostics", (p: Published) => {
      this.published.push(p);
      for (const wake of this.waiting) wake();
    });
    this.connection.onNotification("window/logMessage", ({ message }: { message: string }) => void this.logged.push(message));
    this.connection.onRequest("workspace/configuration", () => [this.configuration]);
    this.connection.onRequest("workspace/inlayHint/refresh", () => {
      this.refreshed++;
      return null;
    });
    for (const what of ["diagnostic", "codeLens", "semanticTokens"]) this.connection.onRequest(`workspace/${what}/refresh`, () => (this.refreshes.push(what), null));
    this.connection.onRequest("client/registerCapability", ({ registrations }: { registrations: Editor["registered"] }) => (this.registered.push(...registrations), null));
    this.connection.listen();
  }

  async start(capabilities: object = {}, more: object = {}): Promise<InitializeResult> {
    const result = await this.ask<InitializeResult>("initialize", { processId: process.pid, rootUri: null, capabilities, ...more });
    await this.connection.sendNotification("initialized", {});
    return result;
  }

  ask<R = any>(method: string, params: object): Promise<R> {
    return this.connection.sendRequest<R>(method, params);
  }

  at<R = any>(method: string, uri: string, line: number, character: number): Promise<R> {
    return this.ask<R>(method, { textDocument: { uri }, position: { line, character } });
  }

  async open(uri: string, text: string): Promise<void> {
    this.versions.set(uri, 1);
    await this.connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "nnet", version: 1, text } });
  }

  /** The same in two steps, for who measures a server or cuts the message: it is made, and `send` sends it. */
  opening(uri: string, text: string): { readonly message: Buffer; readonly send: () => void } {
    this.versions.set(uri, 1);
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "nnet", version: 1, text } } }));
    const message = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
    return { message, send: () => void this.process.stdin!.write(message) };
  }

  /** Gives the version that the text then has. */
  async change(uri: string, ...contentChanges: { range?: Range; text: string }[]): Promise<number> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    await this.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
    return version;
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }

  /** Files that were changed, made or deleted by someone else. */
  async touched(...uris: string[]): Promise<void> {
    await this.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: uris.map((uri) => ({ uri, type: 2 })) });
  }

  /** What was found in this version of a text. */
  async diagnostics(uri: string, version: number | undefined): Promise<Diagnostic[]> {
    const find = () => this.published.findLast((p) => p.uri === uri && p.version === version);
    while (!find()) {
      await new Promise<void>((wake) => {
        const once = (): void => {
          this.waiting.delete(once);
          wake();
        };
        this.waiting.add(once);
      });
    }
    return find()!.diagnostics;
  }

  /** Its exit code. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    await this.ask("shutdown", {});
    await this.connection.sendNotification("exit");
    return this.ended;
  }

  kill(): void {
    this.connection.dispose();
    this.process.kill();
  }
}
