import { type Dirent, existsSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type DataProfile, Document, type Host } from "../language/index.ts";
import { RehearsalsAtOnce } from "../language/rehearsal/index.ts";
import { ProbesAtOnce } from "../language/signal/index.ts";
import { Misuse } from "./exit.ts";

/** The disk, for imports: they stay inside the workspace. */
export const disk = {
  read(path: string): string | undefined {
    try {
      return unread(statSync(path)) === undefined ? readFileSync(path, "utf8") : undefined;
    } catch {
      return undefined;
    }
  },
  resolve(from: string, path: string): string | undefined {
    const target = resolve(dirname(from), path);
    return isInside(target, workspaceOf(dirname(from))) ? target : undefined;
  },
} satisfies Host;

/** A source that several .nnet files name is read once. */
const profiles = new Map<string, DataProfile | undefined>();

/** The disk with a look at data files, inside the workspace too. */
export async function looking(): Promise<Host> {
  const { profileNow } = await import("../formats/looks/index.ts");
  return {
    ...disk,
    lies: existsSync,
    names: (from, folder) => namesIn(from, folder),
    profile: (request) => {
      const key = JSON.stringify(request);
      if (!profiles.has(key)) profiles.set(key, profileNow(request));
      return profiles.get(key);
    },
  };
}

/** What stands in a folder of the workspace. */
function namesIn(from: string, folder: string): { name: string; folder: boolean }[] {
  const path = disk.resolve(from, folder === "" ? "." : folder);
  try {
    return path === undefined ? [] : readdirSync(path, { withFileTypes: true }).filter((e) => !e.name.startsWith(".") && e.name !== "node_modules").map((e) => ({ name: e.name, folder: e.isDirectory() }));
  } catch {
    return [];
  }
}

/** The repository around a folder, or the working folder that it lies in, or the folder itself. */
function workspaceOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) break;
  }
  return isInside(folder, process.cwd()) ? process.cwd() : folder;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A file as it was asked for (`shown`), and where it is. */
export interface Named {
  readonly shown: string;
  readonly path: string;
}

/** Folders become the `.nnet` files in them; nothing is named twice. */
export function expand(args: readonly string[]): Named[] {
  const found = new Map<string, Named>();
  for (const arg of args) {
    const files = isFolder(arg) ? within(arg) : [arg];
    if (files.length === 0) throw new Misuse(`there is no .nnet file in ${arg}`);
    for (const shown of files) {
      const path = resolve(shown);
      if (!found.has(path)) found.set(path, { shown, path });
    }
  }
  return [...found.values()];
}

export function readText(file: Named): string {
  let why: string | undefined;
  try {
    why = unread(statSync(file.path));
    if (why === undefined) return readFileSync(file.path, "utf8");
  } catch (e) {
    throw unreadable(file.shown, e);
  }
  throw new Misuse(`${file.shown}: ${why}`);
}

/** Larger files are no text that anyone wrote. */
const LARGEST = 64 << 20;

/** Why a file is not read: some never end. A pipe does. */
function unread(about: Stats): string | undefined {
  if (about.isCharacterDevice() || about.isBlockDevice()) return "it is a device, not a file";
  return about.size > LARGEST ? `it is larger than ${LARGEST >> 20} MiB, and no .nnet file is` : undefined;
}

/** A text without any of these words names no data file, and what reads them is not loaded. */
const MAY_NAME_DATA = /\b(?:data|train|import)\b/;

export async function opened(file: Named, tries?: Pick<Host, "probes" | "rehearsals">): Promise<Document> {
  const text = readText(file);
  const host = MAY_NAME_DATA.test(text) ? await looking() : disk;
  return new Document(file.path, text, { ...host, ...tries });
}

/** Multiplications that all probes, and all rehearsals, of one command may cost: some seconds each. */
const PATIENCE = { probes: 400_000_000, rehearsals: 2_000_000_000 };

/** Runs models for the checks of one command's files. */
export const probesOf = (): Pick<Host, "probes" | "rehearsals"> => ({ probes: new ProbesAtOnce(PATIENCE.probes, PATIENCE.probes), rehearsals: new RehearsalsAtOnce(PATIENCE.rehearsals) });

/** An absolute path for people: from the working folder, where that is shorter. */
export function shown(path: string): string {
  const near = relative("", path);
  return near !== "" && near.length < path.length ? near : path;
}

/** Throws a Misuse where nothing is there. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (e) {
    throw unreadable(path, e);
  }
}

function within(folder: string): string[] {
  const files: string[] = [];
  for (const entry of entries(folder).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && entry.name !== "node_modules") files.push(...within(path));
    } else if (entry.name.endsWith(".nnet")) files.push(path);
  }
  return files;
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (e) {
    throw unreadable(folder, e);
  }
}

const REASONS: Readonly<Record<string, string>> = { ENOENT: "there is no such file", ENOTDIR: "there is no such file", EACCES: "it may not be read", EISDIR: "it is a folder" };

function unreadable(path: string, cause: unknown): Misuse {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new Misuse(`${path || '""'}: ${REASONS[code ?? ""] ?? message}`);
}
