import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { type Files, type Opened, readSource, type Source, sourceOf } from "../features/index.ts";
import { type Analysis, Document, forgetAll, type Host, type Undecoded } from "../language/index.ts";
import type { Rehearsals } from "../language/rehearsal/index.ts";
import type { Probes } from "../language/signal/index.ts";
import type { Platform } from "./platform.ts";
import { Profiles } from "./profiles.ts";

export interface OpenDocument extends Opened {
  readonly version: number;
  readonly source: Source;
}

interface Entry extends OpenDocument {
  version: number;
  /** Paths that its analysis looked at: its imports, and theirs. */
  readonly reads: Set<string>;
}

interface Closed {
  readonly stamp: string;
  readonly text: string;
  source: Source | undefined;
}

/** Closed files that are kept read; more are read each time. */
const MOST_KEPT = 2_000;
/** Names of a folder that are compared with one that is not there. */
const MOST_NAMES = 1_000;

/** Whoever runs models for the checks of a text. */
interface Tries {
  readonly probes: Probes;
  readonly rehearsals: Rehearsals;
}

/** The texts that the editor has open, and what the language may read besides. */
export class Workspace implements Files {
  private readonly platform: Platform;
  private readonly documents = new Map<string, Entry>();
  /** Texts of closed files, for as long as the files stay as they are. */
  private readonly closed = new Map<string, Closed>();
  private roots: readonly string[] = [];
  private listed: readonly string[] | undefined;
  private readonly around = new Map<string, ReturnType<Files["entries"]>>();
  /** The editor tells when files come and go: the list of them is kept. */
  watched = false;
  private readonly profiles: Profiles;
  private readonly tries: ((uri: string) => Tries) | undefined;

  /** `reread` hears which open texts are to be looked at again since more is known of a data file; `tries` are made for the checks of one. */
  constructor(platform: Platform, reread: (uris: readonly string[]) => void, tries?: (uri: string) => Tries) {
    this.platform = platform;
    this.tries = tries;
    this.profiles = new Profiles(platform, (paths) => reread(this.changed(paths, undefined)));
  }

  get folders(): readonly string[] {
    return this.roots;
  }

  /** URIs. */
  set folders(uris: readonly string[]) {
    this.roots = uris;
    this.listed = undefined;
  }

  opened(uri: string): OpenDocument | undefined {
    return this.documents.get(uri);
  }

  /** Gives the other open texts that this one's being open may matter to. */
  open(uri: string, text: string | Undecoded, version: number): string[] {
    const path = this.platform.pathOf(uri) ?? uri;
    const reads = new Set<string>();
    const host: Host = {
      resolve: (from, relative) => this.resolve(from, relative),
      read: (file) => {
        reads.add(file);
        return this.read(file);
      },
      profile: (request) => {
        const files = Object.values(request.files);
        for (const file of files) reads.add(file);
        return files.every((file) => this.inside(file)) ? this.profiles.of(request) : undefined;
      },
      // The look at it asks for the same stamp.
      lies: (file) => !this.platform.isFile(path) || !this.inside(file) || this.platform.stamp(file) !== undefined,
      names: (from, folder) => this.named(from, folder),
      ...this.tries?.(uri),
    };
    const document = new Document(path, text, host);
    const known = { uri, version, document, reads };
    this.documents.set(uri, Object.assign(known, { source: sourceOf(known) }));
    this.closed.delete(path);
    return this.changed([path], uri);
  }

  /** Edits the one copy of the text that there is. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): string[] {
    const known = this.documents.get(uri);
    if (!known) return [];
    known.reads.clear();
    for (const change of changes) {
      if ("range" in change) known.document.edit(change.range, change.text);
      else known.document.update(change.text);
    }
    known.version = version;
    return this.changed([known.document.path], uri);
  }

  close(uri: string): string[] {
    const known = this.documents.get(uri);
    this.documents.delete(uri);
    if (this.documents.size === 0) {
      forgetAll();
      this.around.clear();
    }
    return known ? this.changed([known.document.path], uri) : [];
  }

  /** Probes of these texts have ended: gives those in which something else is found now. */
  decided(uris: readonly string[]): string[] {
    const told = ({ findings }: Analysis): string => JSON.stringify(findings.map((f) => [f.code, f.severity, f.message, f.site.line.number, f.fixes === undefined]));
    return uris.filter((uri) => {
      const known = this.documents.get(uri);
      if (!known) return false;
      const before = told(known.document.analysis());
      known.reads.clear();
      known.document.reread();
      return told(known.document.analysis()) !== before;
    });
  }

  /** Files that changed, came or went on disk. */
  changedOnDisk(uris: readonly string[]): string[] {
    this.listed = undefined;
    this.around.clear();
    return this.changed(uris.flatMap((uri) => this.platform.pathOf(uri) ?? []), undefined);
  }

  /** Open texts that read one of these are read again; gives them. */
  private changed(paths: readonly string[], except: string | undefined): string[] {
    const touched = [...this.documents.values()].filter((d) => d.uri !== except && paths.some((p) => d.reads.has(p)));
    for (const d of touched) {
      d.reads.clear();
      d.document.reread();
    }
    return touched.map((d) => d.uri);
  }

  uriOf(path: string): string {
    return this.openAt(path)?.uri ?? this.platform.uriOf(path);
  }

  private openAt(path: string): Entry | undefined {
    for (const entry of this.documents.values()) if (entry.document.path === path) return entry;
    return undefined;
  }

  // What the language may read

  /** An open text first; of the rest only what belongs to the language and lies in the workspace. */
  private read(path: string): string | Undecoded | undefined {
    return this.openAt(path)?.document.written ?? (path.endsWith(".nnet") && this.inside(path) ? this.onDisk(path)?.text : undefined);
  }

  private onDisk(path: string): Closed | undefined {
    const stamp = this.platform.stamp(path);
    const known = this.closed.get(path);
    if (known?.stamp === stamp) return known;
    this.closed.delete(path);
    const text = stamp === undefined ? undefined : this.platform.read(path);
    if (stamp === undefined || text === undefined) return undefined;
    const fresh: Closed = { stamp, text, source: undefined };
    if (this.closed.size >= MOST_KEPT) this.closed.clear();
    this.closed.set(path, fresh);
    return fresh;
  }

  resolve(from: string, relative: string): string | undefined {
    const path = this.platform.resolve(from, relative);
    return this.inside(path) ? path : undefined;
  }

  /** In a folder of the workspace; a text opened without one may read its own folder. */
  private inside(path: string): boolean {
    const folders = this.roots.flatMap((uri) => this.platform.pathOf(uri) ?? []);
    if (folders.some((folder) => this.platform.contains(folder, path))) return true;
    const homes = new Set([...this.documents.values()].filter((d) => !folders.some((f) => this.platform.contains(f, d.document.path))).map((d) => this.platform.folderOf(d.document.path)));
    return [...homes].some((home) => this.platform.contains(home, path));
  }

  /** What stands in a folder, for what is not there: read again once files have changed, not with each keystroke. */
  private named(from: string, folder: string): ReturnType<Files["entries"]> {
    const key = `${from}\n${folder}`;
    const known = this.around.get(key) ?? this.entries(from, folder).slice(0, MOST_NAMES);
    if (this.around.size >= MOST_KEPT) this.around.clear();
    this.around.set(key, known);
    return known;
  }

  // Files

  *all(): Iterable<Source> {
    for (const { source } of this.documents.values()) yield source;
    for (const path of this.list()) {
      const source = this.openAt(path) ? undefined : this.fromDisk(path);
      if (source) yield source;
    }
  }

  get(path: string): Source | undefined {
    return this.openAt(path)?.source ?? (path.endsWith(".nnet") && this.inside(path) ? this.fromDisk(path) : undefined);
  }

  private fromDisk(path: string): Source | undefined {
    const closed = this.onDisk(path);
    return closed && (closed.source ??= readSource(path, this.platform.uriOf(path), null, closed.text));
  }

  byUri(uri: string): Source | undefined {
    const path = this.platform.pathOf(uri);
    return this.documents.get(uri)?.source ?? (path === undefined ? undefined : this.get(path));
  }

  header(from: string, relative: string): { readonly uri: string; readonly text: string } | undefined {
    const path = this.platform.resolve(from, relative);
    const text = this.inside(path) ? this.platform.firstLine(path) : undefined;
    return text === undefined ? undefined : { uri: this.platform.uriOf(path), text };
  }

  entries(from: string, folder: string): readonly { readonly name: string; readonly folder: boolean }[] {
    const path = this.platform.resolve(from, folder === "" ? "." : folder);
    // Whether something in it would be inside: the workspace's own folder is not in itself.
    if (!this.platform.isFile(from) || !this.inside(this.platform.resolve(from, `${folder}any`))) return [];
    return this.platform.entries(path).filter((e) => !e.name.startsWith(".") && e.name !== "node_modules");
  }

  target(from: string, relative: string): string | undefined {
    return this.platform.isFile(from) ? this.platform.uriOf(this.platform.resolve(from, relative)) : undefined;
  }

  private list(): readonly string[] {
    if (this.listed) return this.listed;
    const found = [...new Set(this.roots.flatMap((uri) => this.platform.list(this.platform.pathOf(uri))))];
    if (this.watched) this.listed = found;
    return found;
  }
}
