import type { TextDocumentItem } from "vscode-languageserver-types";
import type { DataProfile, ProfileRequest, Undecoded } from "../language/index.ts";

/** What differs between Node and a browser. */
export interface Platform {
  /** Undefined for what is no file. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
  /** Whether this path is one of a file, not the name of a text without one. */
  isFile(path: string): boolean;
  resolve(from: string, relative: string): string;
  folderOf(path: string): string;
  /** Whether `path` lies in `folder`, links followed; it need not exist. */
  contains(folder: string, path: string): boolean;
  /** Undefined where there is none, or none that can be read. */
  read(path: string): string | undefined;
  /** The beginning of a text up to its first line's end; undefined where that is not to be had. Of an .npz file the names of its arrays, as a header line. */
  firstLine(path: string): string | undefined;
  /** Differs once the file has changed, or what stands in the folder; undefined where there is none. */
  stamp(path: string): string | undefined;
  /** `.nnet` files in a folder and below: not in hidden ones, and not more than anyone has. */
  list(folder: string | undefined): string[];
  /** Names in one folder; nothing where it cannot be read. */
  entries(folder: string): { readonly name: string; readonly folder: boolean }[];
  /** A look at a source's files, in the background. */
  profile(request: ProfileRequest): Promise<DataProfile | undefined>;
  /** Of an opened text whose message was too long to be decoded. */
  textOf?(item: TextDocumentItem): Undecoded | undefined;
  /** The URI of a diagnostic's page. */
  pageOf(code: string): string | undefined;
}
