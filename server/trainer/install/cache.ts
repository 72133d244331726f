/** The user's cache folder: what lies there, whether it is whole, and how something new gets there. */
import { mkdir, readFile, readdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../start/cache.ts";
import { tfjsNodeVersion } from "./assets.ts";
import { InstallFailure, megabytes } from "./stages.ts";
import { isRunning } from "../whole.ts";

/** Raised when the addon is built differently, so that older folders are not taken. */
const revision = 1;

/** Written last into an installation's folder, with what makes it checkable without loading anything. */
export interface Manifest {
  readonly format: 1;
  readonly revision: number;
  readonly platform: string;
  readonly arch: string;
  /** Where it is from, for a person. */
  readonly source: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The addon, relative to the folder, or absolute where it was found built already. */
  readonly addon: string;
  /** Everything the addon needs; paths as `addon`'s. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** The archives it was taken out of. */
  readonly archives: readonly { readonly name: string; readonly sha256: string }[];
  readonly date: string;
}

export interface Installed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The newest whole installation for this machine; else, if one is there but not whole, why it isn't taken. */
export async function findInstalled(): Promise<{ installed?: Installed; broken?: string }> {
  const suffix = `-${process.platform}-${process.arch}-${revision}`;
  const names = (await readdir(cacheFolder()).catch(() => [])).filter((n) => n.startsWith("tensorflow-") && n.endsWith(suffix));
  let broken: string | undefined;
  for (const name of names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }))) {
    const folder = join(cacheFolder(), name);
    try {
      return { installed: { folder, manifest: await checkedManifest(folder) } };
    } catch (e) {
      broken ??= `the native library in ${folder} is not whole (${(e as Error).message})`;
    }
  }
  return broken === undefined ? {} : { broken };
}

export async function checkedManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, "manifest.json"), "utf8").catch(() => {
    throw new Error("its manifest.json can't be read");
  });
  let m: Manifest;
  try {
    m = JSON.parse(text) as Manifest;
  } catch {
    throw new Error("its manifest.json is not JSON");
  }
  if (m?.format !== 1 || typeof m.addon !== "string" || !Array.isArray(m.files)) throw new Error("its manifest.json is of another format");
  if (m.platform !== process.platform || m.arch !== process.arch) throw new Error(`it is for ${m.platform}-${m.arch}`);
  const own = tfjsNodeVersion();
  if (m.versions["tfjs-node"] !== own) throw new Error(`it is for tfjs-node ${m.versions["tfjs-node"] ?? "?"}, this is ${own}`);
  for (const file of m.files) {
    const found = await stat(resolve(folder, file.path)).catch(() => undefined);
    if (!found) throw new Error(`${file.path} is missing`);
    if (found.size !== file.bytes) throw new Error(`${file.path} has ${found.size} bytes instead of ${file.bytes}`);
  }
  return m;
}

/** A folder to make an installation in, on the same file system as its final place. */
export async function makeTemporary(): Promise<string> {
  const folder = join(cacheFolder(), `tmp-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (e) {
    throw unwritable(e);
  }
  return folder;
}

/** Removes what interrupted installations left: their process is gone, or they are a day old. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(cacheFolder()).catch(() => [])) {
    const pid = /^tmp-(\d+)-/.exec(name)?.[1];
    if (pid === undefined) continue;
    const folder = join(cacheFolder(), name);
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? 0);
    if (age > 24 * 3600_000 || !isRunning(Number(pid))) await rm(folder, { recursive: true, force: true });
  }
}

export async function requireSpace(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(cacheFolder());
  if (bavail * bsize >= bytes) return;
  throw new InstallFailure(
    `${cacheFolder()} has ${megabytes(bavail * bsize)} of free space and ${megabytes(bytes)} are needed: make space there, or set NNET_CACHE to a folder elsewhere`,
  );
}

/** Writes the manifest and moves the folder to its place at once. If another process was faster, theirs is taken. */
export async function publish(temporary: string, manifest: Omit<Manifest, "format" | "revision" | "platform" | "arch" | "date">): Promise<Installed> {
  const whole: Manifest = { format: 1, revision, platform: process.platform, arch: process.arch, ...manifest, date: new Date().toISOString() };
  await writeFile(join(temporary, "manifest.json"), JSON.stringify(whole, null, 2) + "\n");
  const folder = join(cacheFolder(), `tensorflow-${manifest.versions["tensorflow"] ?? "unknown"}-${process.platform}-${process.arch}-${revision}`);
  try {
    await rename(temporary, folder);
  } catch {
    // Something is there. A whole installation stays; a broken one makes way.
    const theirs = await checkedManifest(folder).catch(() => undefined);
    if (theirs) return { folder, manifest: theirs };
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  }
  return { folder, manifest: whole };
}

export function unwritable(e: unknown): InstallFailure {
  const code = (e as NodeJS.ErrnoException).code ?? String(e);
  return new InstallFailure(`the cache folder ${cacheFolder()} can't be written (${code}): set NNET_CACHE to a folder that can`);
}
