import { type ClientCapabilities, type Connection, DidChangeWatchedFilesNotification, type InitializeParams, type InitializeResult, TextDocumentSyncKind } from "vscode-languageserver";
import { type Context, defaultSettings, diagnosticsOf, type Feature, features, type Settings, type WorkspaceFeature, workspaceFeatures } from "../features/index.ts";
import { Coalesced } from "./coalesced.ts";
import { Meanwhile } from "./meanwhile.ts";
import type { Platform } from "./platform.ts";
import { Probing } from "./probing.ts";
import { Requests } from "./requests.ts";
import { Workspace } from "./workspace.ts";

/** What analysis reads besides `.nnet` texts lies in these too. */
const WATCHED = "**/*.{nnet,csv,tsv,tab,txt,npy,npz,idx,gz,idx1-ubyte,idx3-ubyte}";

/** Checks of a large model wait for a pause between two keystrokes, as short as it may be: a key that is held comes every 30 ms. */
const PAUSE = { quiet: 20, longest: 10_000 };
/** Requests that may ask for one. */
const PROBED = new Set(["textDocument/hover", "textDocument/inlayHint"]);

/** Answers an editor: keeps its open texts, sends findings as they change, and serves every feature of the index. */
export function startServer(connection: Connection, platform: Platform): void {
  const probing = new Probing(() => meanwhile.soon());
  const workspace = new Workspace(platform, (uris) => changed(undefined, uris), (uri) => ({ probes: probing.for(uri), rehearsals: probing.rehearsalsFor(uri) }));
  const requests = new Requests(connection);
  let settings = defaultSettings;
  let asked: ClientCapabilities = {};
  /** An editor that asks for diagnostics would show those that are sent as well a second time. */
  let pulls = false;
  const context: Context = {
    get settings() {
      return settings;
    },
    get snippets() {
      return asked.textDocument?.completion?.completionItem?.snippetSupport === true;
    },
    get versionedEdits() {
      return asked.workspace?.workspaceEdit?.documentChanges === true;
    },
    files: workspace,
    uriOf: (path) => workspace.uriOf(path),
    pageOf: (code) => platform.pageOf(code),
  };

  connection.onInitialize((params): InitializeResult => {
    asked = params.capabilities;
    pulls = asked.textDocument?.diagnostic !== undefined;
    requests.asksAgain = new Set(asked.general?.staleRequestSupport?.retryOnContentModified);
    settings = settingsFrom((params.initializationOptions as { nnet?: unknown } | undefined)?.nnet ?? params.initializationOptions, settings);
    workspace.folders = foldersOf(params);
    const capabilities: Record<string, unknown> = { positionEncoding: "utf-16", textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } };
    for (const feature of [...features, ...workspaceFeatures]) Object.assign(capabilities, feature.capability);
    if (asked.workspace?.workspaceFolders) capabilities.workspace = { workspaceFolders: { supported: true, changeNotifications: true } };
    return { capabilities, serverInfo: { name: "nnet" } };
  });

  connection.onInitialized(requests.guarded("initialized", () => {
    if (asked.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((f) => f.uri));
        workspace.folders = [...workspace.folders.filter((f) => !gone.has(f)), ...added.map((f) => f.uri)];
      });
    }
    void watch();
    void configure(undefined);
  }));

  /** What was sent of a large model before its checks ran. */
  const early = new Map<string, string>();
  /** Unasked: of a large model its errors first and, once nothing else is waiting, what its checks find. */
  const diagnose = new Coalesced<string>((uri) => {
    const opened = workspace.opened(uri);
    if (!opened) return;
    const analysis = opened.document.analysis();
    const first = analysis.early;
    const diagnostics = diagnosticsOf(analysis, context, first);
    void connection.sendDiagnostics({ uri, version: opened.version, diagnostics });
    if (!first) return;
    early.set(uri, JSON.stringify(diagnostics));
    check.soon(uri);
  }, (cause) => requests.failed("diagnostics", cause));
  const check = new Coalesced<string>((uri) => {
    const opened = workspace.opened(uri);
    if (!opened) return;
    const diagnostics = diagnosticsOf(opened.document.analysis(), context);
    if (JSON.stringify(diagnostics) !== early.get(uri)) void connection.sendDiagnostics({ uri, version: opened.version, diagnostics });
    early.delete(uri);
  }, (cause) => requests.failed("checks", cause), PAUSE);
  const refresh = new Coalesced<"refresh">(() => askAgain(), (cause) => requests.failed("refresh", cause));

  /** Probes that are wanted go on while nobody types; findings that they decide are then told, and hints asked for again. */
  const meanwhile = new Meanwhile(() => probing.slice(), () => {
    changed(undefined, workspace.decided(probing.take()));
    if (asked.workspace?.inlayHint?.refreshSupport && settings.inlaySignal) connection.languages.inlayHint.refresh().catch((cause: unknown) => requests.failed("refresh", cause));
  }, (cause) => requests.failed("probe", cause));

  /** This text has changed, and with it what these others import. */
  function changed(uri: string | undefined, importers: readonly string[]): void {
    if (!pulls) for (const other of uri === undefined ? importers : [uri, ...importers]) diagnose.soon(other);
    if (importers.length > 0) refresh.soon("refresh");
  }

  connection.onDidOpenTextDocument(requests.guarded("open", ({ textDocument: item }) => changed(item.uri, workspace.open(item.uri, platform.textOf?.(item) ?? item.text, item.version))));
  connection.onDidChangeTextDocument(requests.guarded("change", ({ textDocument: { uri, version }, contentChanges }) => {
    meanwhile.stop();
    probing.leave(uri);
    changed(uri, workspace.change(uri, version, contentChanges));
  }));
  connection.onDidCloseTextDocument(requests.guarded("close", ({ textDocument: { uri } }) => {
    probing.leave(uri);
    changed(undefined, workspace.close(uri));
    for (const later of [diagnose, check]) later.forget(uri);
    early.delete(uri);
    if (!pulls) void connection.sendDiagnostics({ uri, diagnostics: [] });
  }));
  connection.onDidChangeWatchedFiles(requests.guarded("watched files", ({ changes }) => changed(undefined, workspace.changedOnDisk(changes.map((c) => c.uri)))));
  connection.onDidChangeConfiguration(requests.guarded("configuration", ({ settings: sent }) => {
    void configure((sent as { nnet?: unknown } | null | undefined)?.nnet);
  }));

  for (const feature of features) register(feature);
  for (const feature of workspaceFeatures) registerForWorkspace(feature);
  connection.listen();

  function register(feature: Feature): void {
    const handler = feature.handler as (opened: unknown, params: unknown, context: Context) => unknown;
    const version = ({ textDocument }: { textDocument: { uri: string } }) => workspace.opened(textDocument.uri)?.version;
    requests.on(feature.method, version, (params: { textDocument: { uri: string } }) => {
      const opened = workspace.opened(params.textDocument.uri);
      const answer = opened ? handler(opened, params, context) : null;
      if (PROBED.has(feature.method)) meanwhile.soon();
      return answer;
    });
    const { resolve } = feature;
    if (resolve) requests.on(resolve.method, () => undefined, (item: never) => resolve.handler(item, (uri) => workspace.opened(uri)));
  }

  function registerForWorkspace(feature: WorkspaceFeature): void {
    const handler = feature.handler as (params: unknown, context: Context) => unknown;
    requests.on(feature.method, () => undefined, (params) => handler(params, context));
  }

  async function watch(): Promise<void> {
    if (asked.workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return;
    try {
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: WATCHED }] });
      workspace.watched = true;
    } catch (cause) {
      requests.failed("watching files", cause);
    }
  }

  /** What the editor shows of open texts may be out of date though they have not changed. */
  function askAgain(): void {
    const { workspace: can } = asked;
    const failed = (cause: unknown): void => requests.failed("refresh", cause);
    if (pulls && can?.diagnostics?.refreshSupport) connection.languages.diagnostics.refresh().catch(failed);
    if (can?.inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(failed);
    if (can?.codeLens?.refreshSupport) connection.sendRequest("workspace/codeLens/refresh").catch(failed);
    if (can?.semanticTokens?.refreshSupport) connection.sendRequest("workspace/semanticTokens/refresh").catch(failed);
  }

  /** Takes the settings that were sent, or asks for them. */
  async function configure(sent: unknown): Promise<void> {
    try {
      const before = JSON.stringify(settings);
      const found: unknown = asked.workspace?.configuration ? await connection.workspace.getConfiguration("nnet") : sent;
      settings = settingsFrom(found, settings);
      if (JSON.stringify(settings) === before) return;
      if (asked.workspace?.inlayHint?.refreshSupport) await connection.languages.inlayHint.refresh();
      if (asked.workspace?.codeLens?.refreshSupport) await connection.sendRequest("workspace/codeLens/refresh");
    } catch (cause) {
      requests.failed("configuration", cause);
    }
  }
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  return workspaceFolders?.map((f) => f.uri) ?? (rootUri ? [rootUri] : []);
}

function settingsFrom(section: unknown, known: Settings): Settings {
  const { inlayHints, codeLens } = (typeof section === "object" && section !== null ? section : {}) as { inlayHints?: { enabled?: unknown; shapes?: unknown; parameters?: unknown; signal?: unknown }; codeLens?: { connections?: unknown } };
  const chosen = (value: unknown, otherwise: boolean): boolean => (typeof value === "boolean" ? value : otherwise);
  return {
    inlayHints: chosen(inlayHints?.enabled, known.inlayHints),
    inlayShapes: chosen(inlayHints?.shapes, known.inlayShapes),
    inlayParameters: chosen(inlayHints?.parameters, known.inlayParameters),
    inlaySignal: chosen(inlayHints?.signal, known.inlaySignal),
    lensConnections: chosen(codeLens?.connections, known.lensConnections),
  };
}
