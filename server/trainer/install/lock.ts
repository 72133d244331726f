/**
 * One installation at a time per cache folder: a lock file whose holder touches it every few seconds. A holder that
 * died is recognised by that (or by its pid), so nothing has to be removed by hand. Should two processes take over a
 * dead holder's lock at once, both install, and `publish` lets the first win.
 */
import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { isRunning } from "../whole.ts";
import { cacheFolder } from "../../start/cache.ts";
import { unwritable } from "./cache.ts";
import { throwIfStopped } from "./stages.ts";

const touchEvery = 3_000;
const deadAfter = 30_000;

export async function withLock<T>(signal: AbortSignal, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  const file = join(cacheFolder(), "install.lock");
  await mkdir(cacheFolder(), { recursive: true }).catch((e: unknown) => { throw unwritable(e); });
  for (let waited = false; !(await taken(file)); ) {
    throwIfStopped(signal);
    const holder = await holderOf(file);
    if (holder.dead) {
      await rm(file, { force: true });
      continue;
    }
    if (!waited) onWait(holder.pid);
    waited = true;
    await sleep(200);
  }
  const touch = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), touchEvery);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    held.delete(file);
    await rm(file, { force: true });
  }
}

/** Locks of this process: a lock with its pid that isn't among them is of a dead process that had the same pid. */
const held = new Set<string>();

async function taken(file: string): Promise<boolean> {
  if (held.has(file)) return false;
  held.add(file);
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    await handle.close();
    return true;
  } catch (e) {
    held.delete(file);
    if ((e as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw unwritable(e);
  }
}

async function holderOf(file: string): Promise<{ pid: number; dead: boolean }> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return { pid: 0, dead: false };
  const { pid = 0, host = "" } = await readFile(file, "utf8").then((t) => JSON.parse(t) as { pid?: number; host?: string }).catch(() => ({}) as { pid?: number; host?: string });
  const silent = Date.now() - found.mtimeMs > deadAfter;
  const gone = pid !== 0 && host === hostname() && (pid === process.pid ? !held.has(file) : !isRunning(pid));
  return { pid, dead: silent || gone };
}
