import type { CodeAction, CodeActionContext, CodeLens, CompletionItem, DocumentSymbol, FoldingRange, Hover, InlayHint, Location, Position, Range, SignatureHelp, TextEdit } from "vscode-languageserver-types";
import type { Document } from "../language/index.ts";

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
  /** The URI of a file by its path. */
  uriOf(path: string): string;
  /** Where this diagnostic is explained; undefined if that page is not installed. */
  pageOf(code: string): string | undefined;
}

/** The configuration section "nnet", as far as the server reads it. */
export interface Settings {
  readonly inlayHints: boolean;
}

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
}

export interface FeatureOf<M extends keyof Requests> {
  readonly method: M;
  /** What the server announces of it at the start. */
  readonly capability: Readonly<Record<string, unknown>>;
  handler(opened: Opened, params: Requests[M][0], context: Context): Requests[M][1];
  /** Completes an item that the editor is about to show. */
  readonly resolve?: { readonly method: string; handler(item: CompletionItem): CompletionItem };
}

export type Feature = { [M in keyof Requests]: FeatureOf<M> }[keyof Requests];

/** The one declaration of an editor feature: the server derives its capabilities and registrations from it. */
export function defineFeature<M extends keyof Requests>(feature: FeatureOf<M>): FeatureOf<M> {
  return feature;
}
