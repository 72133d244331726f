import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import type { Opened } from "../features/index.ts";
import { Document, type Host } from "../language/index.ts";

/** What differs between Node and a browser. */
export interface Platform {
  /** Undefined for what is no file. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
  resolve(from: string, relative: string): string;
  /** Whether `path` lies in `folder`. */
  contains(folder: string, path: string): boolean;
  /** Undefined where there is none, or none that can be read. */
  read(path: string): string | undefined;
  /** The URI of a diagnostic's page. */
  pageOf(code: string): string | undefined;
}

export interface OpenDocument extends Opened {
  readonly version: number;
}

/** The texts that the editor has open, and what the language may read besides. */
export class Workspace implements Host {
  /** URIs. */
  folders: readonly string[] = [];
  private readonly platform: Platform;
  private readonly documents = new Map<string, { readonly uri: string; version: number; document: Document }>();

  constructor(platform: Platform) {
    this.platform = platform;
  }

  opened(uri: string): OpenDocument | undefined {
    return this.documents.get(uri);
  }

  open(uri: string, text: string, version: number): void {
    this.documents.set(uri, { uri, version, document: new Document(this.pathOf(uri), text, this) });
  }

  /** Edits the one copy of the text that there is. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const known = this.documents.get(uri);
    if (!known) return;
    for (const change of changes) {
      if ("range" in change) known.document.edit(change.range, change.text);
      else known.document.update(change.text);
    }
    known.version = version;
  }

  close(uri: string): void {
    this.documents.delete(uri);
  }

  uriOf(path: string): string {
    for (const { uri, document } of this.documents.values()) if (document.path === path) return uri;
    return this.platform.uriOf(path);
  }

  // Host

  /** An open text first; of the rest only what belongs to the language and lies in the workspace. */
  read(path: string): string | undefined {
    for (const { document } of this.documents.values()) if (document.path === path) return document.text;
    const folders = this.folders.flatMap((uri) => this.platform.pathOf(uri) ?? []);
    if (!path.endsWith(".nnet") || !folders.some((folder) => this.platform.contains(folder, path))) return undefined;
    return this.platform.read(path);
  }

  resolve(from: string, relative: string): string {
    return this.platform.resolve(from, relative);
  }

  /** A text that has no file yet goes by its URI. */
  private pathOf(uri: string): string {
    return this.platform.pathOf(uri) ?? uri;
  }
}
