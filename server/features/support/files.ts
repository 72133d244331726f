import type { Document } from "../../language/index.ts";
import { linesOf } from "../../language/syntax/limits.ts";
import { parseFile } from "../../language/syntax/parse.ts";
import type { File } from "../../language/syntax/tree.ts";

/** A `.nnet` text, open or only on disk, as far as its names and places go. */
export interface Source {
  readonly path: string;
  readonly uri: string;
  /** The editor's number of an open text. */
  readonly version: number | null;
  readonly syntax: File;
  readonly lineCount: number;
  lineText(line: number): string;
}

/** The texts of the workspace: what is open as the editor has it, the rest as it is on disk. */
export interface Files {
  /** Every one, as far as they are not too many. */
  all(): Iterable<Source>;
  /** By its path. */
  get(path: string): Source | undefined;
  byUri(uri: string): Source | undefined;
  /** As an import is resolved: undefined where that leaves the workspace. */
  resolve(from: string, relative: string): string | undefined;
  /** The first line of a data file that lies in the workspace, its byte order mark left out; of an .npz file the names of its arrays, with commas. */
  header(from: string, relative: string): { readonly uri: string; readonly text: string } | undefined;
  /** What lies in a folder of the workspace, hidden names left out; nothing of any other. `folder` is relative to `from`, "" or ends in a slash. */
  entries(from: string, folder: string): readonly { readonly name: string; readonly folder: boolean }[];
  /** Where a path that a text names leads, whether something is there or not; undefined for a text without a file. */
  target(from: string, relative: string): string | undefined;
}

/** An open text, as it is at any time. */
export function sourceOf(opened: { readonly document: Document; readonly uri: string; readonly version: number | null }): Source {
  const { document, uri } = opened;
  return {
    path: document.path,
    uri,
    get version() {
      return opened.version;
    },
    get syntax() {
      return document.analysis().syntax;
    },
    get lineCount() {
      return document.lineCount;
    },
    lineText: (line) => document.lineText(line),
  };
}

/** Reads a text without working out its models. */
export function readSource(path: string, uri: string, version: number | null, text: string): Source {
  const lines = linesOf(text);
  let syntax: File | undefined;
  return {
    path,
    uri,
    version,
    get syntax() {
      return (syntax ??= parseFile(path, lines));
    },
    lineCount: lines.length,
    lineText: (line) => lines[line]?.text ?? "",
  };
}
