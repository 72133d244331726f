import { link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TrainerError } from "./errors.ts";

/** Files that are whole or the previous one, whatever happens while they are written. */

/** The generation before the newest. */
export const previousOf = (path: string): string => `${path}.previous`;

/**
 * Another name first, on disk, then renamed over the old one, which stays as `previousOf(path)`. Throws
 * `checkpoint-not-written`: then both generations are as they were.
 */
export async function writeWhole(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const folder = dirname(path);
  const temporary = temporaryOf(path);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, "w");
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await keepPrevious(path);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (e) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notWritten(path, e);
  }
}

/** Finds out before training whether the folder can be written to. */
export async function probeFolder(path: string): Promise<void> {
  const probe = temporaryOf(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(probe, "w")).close();
    await rm(probe, { force: true });
  } catch (e) {
    throw notWritten(path, e);
  }
}

/** Left by a process that was killed while it wrote. */
export async function removeLeftovers(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const entry of await readdir(folder).catch(() => [])) {
    const pid = entry.startsWith(`${name}.`) && /^\.(\d+)\.tmp$/.exec(entry.slice(name.length))?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(folder, entry), { force: true }).catch(() => undefined);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "EPERM";
  }
}

const temporaryOf = (path: string): string => `${path}.${process.pid}.tmp`;

/** A second name for the old file, so that there is no moment without the first. */
async function keepPrevious(path: string): Promise<void> {
  const previous = previousOf(path);
  try {
    const fresh = `${previous}.${process.pid}.tmp`;
    await rm(fresh, { force: true });
    await link(path, fresh);
    await rename(fresh, previous);
    // Where both names were one file already, rename has left the first.
    await rm(fresh, { force: true });
  } catch (e) {
    // Nothing was there, or the file system has no links: then the older generation stays as it is.
    if (!["ENOENT", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes((e as NodeJS.ErrnoException).code ?? "")) throw e;
  }
}

/** The new name survives a power cut only once the folder is on disk too; Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWritten(path: string, cause: unknown): TrainerError {
  return new TrainerError("checkpoint-not-written", `${path} cannot be written: ${reason(cause as NodeJS.ErrnoException)} What was there before is untouched.`, { file: path });
}

function reason(e: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full; make room, or choose another folder.",
    EDQUOT: "your disk quota is used up; make room, or choose another folder.",
    EROFS: "the disk is read-only; choose another folder.",
    EACCES: "the folder may not be written to; choose another folder.",
    EPERM: "the folder may not be written to; choose another folder.",
    ENOTDIR: "its folder is a file; choose another folder.",
    EEXIST: "its folder is a file; choose another folder.",
  };
  return known[e.code ?? ""] ?? `${e.message}.`;
}
