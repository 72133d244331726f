import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { zipEntries } from "../formats/zip.ts";
import type { Platform } from "./platform.ts";

/** A .nnet file past this is not read: nobody writes such a file by hand. */
const LARGEST = 4_000_000;
/** Bytes that a data file's first line may have. */
const LONGEST_HEADER = 1_000_000;
/** A search for files ends here, whatever the folder is. */
const MOST_ENTRIES = 20_000;
const MOST_FILES = 2_000;
/** A folder's time is told at each analysis: of no more folders in it. */
const MOST_STAMPED = 32;

const pages = findPages();

/** The files of this machine. */
export const disk: Platform = {
  pathOf(uri) {
    try {
      return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
    } catch {
      return undefined;
    }
  },
  uriOf: (path) => (isAbsolute(path) ? pathToFileURL(path).href : path),
  isFile: isAbsolute,
  resolve: (from, path) => resolve(dirname(from), path),
  folderOf: dirname,
  contains(folder, path) {
    // A link must not lead out.
    return isAbsolute(path) && lies(folder, path) && lies(real(folder), real(path));
  },
  read(path) {
    try {
      const about = statSync(path);
      return about.isFile() && about.size <= LARGEST ? readFileSync(path, "utf8") : undefined;
    } catch {
      return undefined;
    }
  },
  firstLine,
  stamp(path) {
    try {
      const about = statSync(path);
      if (about.isDirectory()) return folderStamp(path, about.mtimeMs);
      return about.isFile() ? `${about.mtimeMs} ${about.size} ${about.ino}` : undefined;
    } catch {
      return undefined;
    }
  },
  list,
  entries: (folder) => entries(folder).filter((e) => e.isDirectory() || e.isFile()).map((e) => ({ name: e.name, folder: e.isDirectory() })),
  // Loaded with the first data file that is looked at, and a file of its own (scripts/bundles.mjs): readers of tables and images.
  profile: async (request) => (await import("../formats/looks/index.ts")).profileLater(request),
  pageOf: (code) => pages.get(code),
};

/** Changes with the names in a folder and in those below it, of which the first are asked. */
function folderStamp(path: string, time: number): string {
  const below = entries(path).filter((e) => e.isDirectory()).slice(0, MOST_STAMPED);
  return [time, ...below.map((e) => statSync(join(path, e.name)).mtimeMs)].join(" ");
}

function lies(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** With links followed as far as the path exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(real(above), basename(path));
  }
}

function firstLine(path: string): string | undefined {
  let file: number | undefined;
  try {
    if (!statSync(path).isFile()) return undefined;
    file = openSync(path, "r");
    if (path.endsWith(".npz")) return arrayNames(file);
    const parts: Buffer[] = [];
    for (let size = 0; size < LONGEST_HEADER; ) {
      const part = Buffer.alloc(8192);
      const read = readSync(file, part);
      const end = part.subarray(0, read).findIndex((b) => b === 10 || b === 13);
      parts.push(part.subarray(0, end < 0 ? read : end));
      if (end >= 0 || read === 0) return Buffer.concat(parts).toString("utf8").replace(/^\ufeff/, "");
      size += read;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** As a header line names columns. Throws where it is no archive. */
function arrayNames(file: number): string {
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, at));
  };
  return zipEntries(read, fstatSync(file).size).flatMap(({ name }) => (name.endsWith(".npy") ? [name.slice(0, -".npy".length)] : [])).map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(",");
}

function list(folder: string | undefined): string[] {
  const found: string[] = [];
  const waiting = folder === undefined ? [] : [folder];
  let seen = 0;
  for (let next = waiting.shift(); next !== undefined && seen < MOST_ENTRIES && found.length < MOST_FILES; next = waiting.shift()) {
    for (const entry of entries(next)) {
      seen++;
      const path = join(next, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules") waiting.push(path);
      else if (entry.isFile() && entry.name.endsWith(".nnet") && entry.name !== ".nnet") found.push(path);
    }
  }
  return found.slice(0, MOST_FILES);
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** docs/diagnostics, beside the bundle or two folders above this file. */
function findPages(): ReadonlyMap<string, string> {
  for (const above of ["..", "../.."]) {
    const folder = join(import.meta.dirname, above, "docs", "diagnostics");
    try {
      const files = readdirSync(folder).filter((f) => f.endsWith(".md"));
      return new Map(files.map((f) => [basename(f, ".md"), pathToFileURL(join(folder, f)).href]));
    } catch {
      // Not there: diagnostics go without a link.
    }
  }
  return new Map();
}
