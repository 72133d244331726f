/** What the last failed installation said, so that `nnet engine status` can say it later. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../start/cache.ts";

export interface Attempt {
  /** Day, as 2026-11-24. */
  readonly date: string;
  readonly reason: string;
}

const file = (): string => join(cacheFolder(), "last-attempt.json");

export async function lastAttempt(): Promise<Attempt | undefined> {
  try {
    const a = JSON.parse(await readFile(file(), "utf8")) as Partial<Attempt>;
    return typeof a.date === "string" && typeof a.reason === "string" ? { date: a.date, reason: a.reason } : undefined;
  } catch {
    return undefined;
  }
}

export async function rememberAttempt(reason: string): Promise<void> {
  const a: Attempt = { date: new Date().toISOString().slice(0, 10), reason };
  // A cache that can't be written is what it says already.
  await writeFile(file(), JSON.stringify(a) + "\n").catch(() => undefined);
}

export async function forgetAttempt(): Promise<void> {
  await rm(file(), { force: true }).catch(() => undefined);
}
