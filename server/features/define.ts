import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, CodeAction, CodeActionContext, CodeLens, CompletionItem, Diagnostic, DocumentHighlight, DocumentLink, DocumentSymbol, FoldingRange, Hover, InlayHint, Location, Position, Range, SelectionRange, SemanticTokens, SemanticTokensDelta, SignatureHelp, TextEdit, WorkspaceEdit, WorkspaceSymbol } from "vscode-languageserver-types";
import type { Document } from "../language/index.ts";
import type { Files } from "./support/files.ts";

/** A text that an editor has open. */
export interface Opened {
  readonly uri: string;
  readonly document: Document;
}

/** What an answer depends on besides the text. */
export interface Context {
  readonly settings: Settings;
  /** The editor fills in `${1:placeholders}`. */
  readonly snippets: boolean;
  /** The editor takes edits that name the version of the text that they are for. */
  readonly versionedEdits: boolean;
  /** The texts of the workspace, open or not. */
  readonly files: Files;
  /** The URI of a file by its path. */
  uriOf(path: string): string;
  /** Where this diagnostic is explained; undefined if that page is not installed. */
  pageOf(code: string): string | undefined;
}

/** The configuration section "nnet", as far as the server reads it. */
export interface Settings {
  readonly inlayHints: boolean;
  /** What a hint says. */
  readonly inlayShapes: boolean;
  readonly inlayParameters: boolean;
  readonly inlaySignal: boolean;
  /** Above each convolution: dense, local and stored weights. */
  readonly lensConnections: boolean;
}

export const defaultSettings: Settings = { inlayHints: true, inlayShapes: true, inlayParameters: true, inlaySignal: false, lensConnections: true };

interface At {
  readonly position: Position;
}

/** What editors ask: the parameters besides the document, and the answer. */
export interface Requests {
  "textDocument/hover": [At, Hover | null];
  "textDocument/completion": [At & { readonly context?: { readonly triggerCharacter?: string } }, CompletionItem[]];
  "textDocument/signatureHelp": [At, SignatureHelp | null];
  "textDocument/definition": [At, Location | null];
  "textDocument/documentSymbol": [object, DocumentSymbol[]];
  "textDocument/formatting": [object, TextEdit[]];
  "textDocument/codeAction": [{ readonly range: Range; readonly context: CodeActionContext }, CodeAction[]];
  "textDocument/codeLens": [object, CodeLens[]];
  "textDocument/inlayHint": [{ readonly range: Range }, InlayHint[]];
  "textDocument/foldingRange": [object, FoldingRange[]];
  "textDocument/diagnostic": [{ readonly previousResultId?: string }, DiagnosticReport];
  "textDocument/references": [At & { readonly context: { readonly includeDeclaration: boolean } }, Location[]];
  "textDocument/documentHighlight": [At, DocumentHighlight[] | null];
  "textDocument/prepareRename": [At, { range: Range; placeholder: string } | null];
  "textDocument/rename": [At & { readonly newName: string }, WorkspaceEdit | null];
  "textDocument/selectionRange": [{ readonly positions: readonly Position[] }, SelectionRange[]];
  "textDocument/semanticTokens/full": [object, SemanticTokens];
  "textDocument/semanticTokens/full/delta": [{ readonly previousResultId: string }, SemanticTokens | SemanticTokensDelta];
  "textDocument/semanticTokens/range": [{ readonly range: Range }, SemanticTokens];
  "textDocument/documentLink": [object, DocumentLink[]];
  "textDocument/linkedEditingRange": [At, { ranges: Range[]; wordPattern: string } | null];
  "textDocument/prepareCallHierarchy": [At, CallHierarchyItem[] | null];
  "textDocument/rangeFormatting": [{ readonly range: Range }, TextEdit[]];
  "textDocument/onTypeFormatting": [At & { readonly ch: string }, TextEdit[]];
}

/** The same for requests that concern no single open text. */
export interface WorkspaceRequests {
  "workspace/symbol": [{ readonly query: string }, WorkspaceSymbol[]];
  "callHierarchy/incomingCalls": [{ readonly item: CallHierarchyItem }, CallHierarchyIncomingCall[] | null];
  "callHierarchy/outgoingCalls": [{ readonly item: CallHierarchyItem }, CallHierarchyOutgoingCall[] | null];
}

export type DiagnosticReport = { kind: "full"; resultId: string; items: Diagnostic[] } | { kind: "unchanged"; resultId: string };

/** Why a request is not done, for the user to read. */
export class Refusal extends Error {}

type ItemOf<M extends keyof Requests> = Requests[M][1] extends (infer I)[] ? I : never;

export interface FeatureOf<M extends keyof Requests> {
  readonly method: M;
  /** What the server announces of it at the start. */
  readonly capability: Readonly<Record<string, unknown>>;
  handler(opened: Opened, params: Requests[M][0], context: Context): Requests[M][1];
  /** Completes an item that the editor is about to show. */
  readonly resolve?: { readonly method: string; handler(item: ItemOf<M>, opened: (uri: string) => Opened | undefined): ItemOf<M> };
}

export type Feature = { [M in keyof Requests]: FeatureOf<M> }[keyof Requests];

export interface WorkspaceFeatureOf<M extends keyof WorkspaceRequests> {
  readonly method: M;
  readonly capability: Readonly<Record<string, unknown>>;
  handler(params: WorkspaceRequests[M][0], context: Context): WorkspaceRequests[M][1];
}

export type WorkspaceFeature = { [M in keyof WorkspaceRequests]: WorkspaceFeatureOf<M> }[keyof WorkspaceRequests];

/** The one declaration of an editor feature: the server derives its capabilities and registrations from it. */
export function defineFeature<M extends keyof Requests>(feature: FeatureOf<M>): FeatureOf<M> {
  return feature;
}

export function defineWorkspaceFeature<M extends keyof WorkspaceRequests>(feature: WorkspaceFeatureOf<M>): WorkspaceFeatureOf<M> {
  return feature;
}
