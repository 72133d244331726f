import { type CancellationToken, type Connection, ErrorCodes, type InitializeParams, type InitializeResult, LSPErrorCodes, ResponseError, TextDocumentSyncKind } from "vscode-languageserver";
import { type Context, diagnosticsOf, type Feature, features, type Settings } from "../features/index.ts";
import { Coalesced } from "./coalesced.ts";
import { type Platform, Workspace } from "./workspace.ts";

/** Answers an editor: keeps its open texts, sends findings as they change, and serves every feature of the index. */
export function startServer(connection: Connection, platform: Platform): void {
  const workspace = new Workspace(platform);
  let settings: Settings = { inlayHints: true };
  let asked: InitializeParams["capabilities"] = {};
  const context: Context = {
    get settings() {
      return settings;
    },
    get snippets() {
      return asked.textDocument?.completion?.completionItem?.snippetSupport === true;
    },
    uriOf: (path) => workspace.uriOf(path),
    pageOf: (code) => platform.pageOf(code),
  };

  connection.onInitialize((params): InitializeResult => {
    asked = params.capabilities;
    settings = settingsFrom((params.initializationOptions as { nnet?: unknown } | undefined)?.nnet ?? params.initializationOptions, settings);
    const folders = params.workspaceFolders?.map((f) => f.uri) ?? (params.rootUri ? [params.rootUri] : []);
    workspace.folders = folders;
    const capabilities: Record<string, unknown> = { textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } };
    for (const feature of features) Object.assign(capabilities, feature.capability);
    if (asked.workspace?.workspaceFolders) capabilities.workspace = { workspaceFolders: { supported: true, changeNotifications: true } };
    return { capabilities, serverInfo: { name: "nnet" } };
  });

  connection.onInitialized(guarded("initialized", () => {
    if (asked.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((f) => f.uri));
        workspace.folders = [...workspace.folders.filter((f) => !gone.has(f)), ...added.map((f) => f.uri)];
      });
    }
    void configure(undefined);
  }));

  const diagnose = new Coalesced<string>((uri) => {
    const opened = workspace.opened(uri);
    if (opened) void connection.sendDiagnostics({ uri, version: opened.version, diagnostics: diagnosticsOf(opened.document.analysis(), context) });
  }, failed("diagnostics"));

  connection.onDidOpenTextDocument(guarded("open", ({ textDocument: { uri, text, version } }) => {
    workspace.open(uri, text, version);
    diagnose.soon(uri);
  }));
  connection.onDidChangeTextDocument(guarded("change", ({ textDocument: { uri, version }, contentChanges }) => {
    workspace.change(uri, version, contentChanges);
    diagnose.soon(uri);
  }));
  connection.onDidCloseTextDocument(guarded("close", ({ textDocument: { uri } }) => {
    workspace.close(uri);
    diagnose.forget(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  }));
  connection.onDidChangeConfiguration(guarded("configuration", ({ settings: sent }) => {
    void configure((sent as { nnet?: unknown } | null | undefined)?.nnet);
  }));
  // Files are read when they are needed; nothing is kept of them.
  connection.onDidChangeWatchedFiles(() => {});

  for (const feature of features) register(feature);
  connection.listen();

  function register(feature: Feature): void {
    const { method, resolve } = feature;
    const handler = feature.handler as (opened: unknown, params: unknown, context: Context) => unknown;
    connection.onRequest(method, answering(method, (params: { textDocument: { uri: string } }) => {
      const opened = workspace.opened(params.textDocument.uri);
      return opened ? handler(opened, params, context) : null;
    }));
    if (resolve) connection.onRequest(resolve.method, answering(resolve.method, (item: never) => resolve.handler(item)));
  }

  /** A request that fails answers so, and nothing else is touched by it. */
  function answering<P>(method: string, handler: (params: P) => unknown) {
    return (params: P, token: CancellationToken): unknown => {
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, `${method} was cancelled`);
      try {
        return handler(params);
      } catch (cause) {
        failed(method)(cause);
        return new ResponseError(ErrorCodes.InternalError, `${method} failed: ${messageOf(cause)}`);
      }
    };
  }

  function guarded<P>(what: string, handler: (params: P) => void) {
    return (params: P): void => {
      try {
        handler(params);
      } catch (cause) {
        failed(what)(cause);
      }
    };
  }

  function failed(what: string) {
    return (cause: unknown): void => connection.console.error(`${what} failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }

  /** Takes the settings that were sent, or asks for them. */
  async function configure(sent: unknown): Promise<void> {
    try {
      const before = settings.inlayHints;
      const found: unknown = asked.workspace?.configuration ? await connection.workspace.getConfiguration("nnet") : sent;
      settings = settingsFrom(found, settings);
      if (settings.inlayHints !== before && asked.workspace?.inlayHint?.refreshSupport) await connection.languages.inlayHint.refresh();
    } catch (cause) {
      failed("configuration")(cause);
    }
  }
}

function settingsFrom(section: unknown, known: Settings): Settings {
  const { inlayHints } = (typeof section === "object" && section !== null ? section : {}) as { inlayHints?: { enabled?: unknown } };
  const enabled = inlayHints?.enabled;
  return { inlayHints: typeof enabled === "boolean" ? enabled : known.inlayHints };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
