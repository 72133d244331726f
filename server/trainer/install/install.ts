/** The order of things: what is there, then each source in turn, each made aside and moved to its place whole. */
import { rm } from "node:fs/promises";
import { forgetAttempt, rememberAttempt } from "./attempts.ts";
import { findInstalled, makeTemporary, publish, removeLeftovers, unwritable, type Installed } from "./cache.ts";
import { fromBuilt } from "./from-built.ts";
import { fromOwnDownload } from "./from-own-download.ts";
import { fromWheel } from "./from-wheel.ts";
import { withLock } from "./lock.ts";
import type { Source } from "./sources.ts";
import { InstallFailure, oneLine, stopped, StageFailure, throwIfStopped, type Report, type Stage } from "./stages.ts";

export interface Outcome {
  readonly installed?: Installed;
  /** Where not installed: each source and why it failed, in one line. */
  readonly reason: string;
}

const sources: readonly Source[] = [fromBuilt, fromOwnDownload, fromWheel];

export async function install(options: { onProgress: Report; signal?: AbortSignal; offline?: boolean }): Promise<Outcome> {
  const stage: Stage = { report: options.onProgress, signal: options.signal ?? new AbortController().signal, offline: options.offline ?? false };
  const { installed } = await findInstalled();
  if (installed) return { installed, reason: "" };
  stage.report({ stage: "look", message: "looking for a native TensorFlow library" });
  try {
    return await withLock(stage.signal, (pid) => stage.report({ stage: "look", message: `another installation (process ${pid}) is at it; waiting for it` }), () => trySources(stage));
  } catch (e) {
    if (e instanceof InstallFailure && e.message !== stopped) await rememberAttempt(e.message);
    return { reason: oneLine(e) };
  }
}

async function trySources(stage: Stage): Promise<Outcome> {
  // Another process may have been at it while this one waited.
  const { installed } = await findInstalled();
  if (installed) return { installed, reason: "" };
  await removeLeftovers();
  const reasons: string[] = [];
  for (const source of sources) {
    throwIfStopped(stage.signal);
    const outcome = await trySource(stage, source);
    if (typeof outcome === "string") reasons.push(`${source.name}: ${outcome}`);
    else if (outcome) {
      await forgetAttempt();
      stage.report({ stage: "done", message: `installed: TensorFlow ${outcome.manifest.versions["tensorflow"] ?? ""} in ${outcome.folder}`, fraction: 1 });
      return { installed: outcome, reason: "" };
    }
  }
  const reason = reasons.join("; ");
  await rememberAttempt(reason);
  return { reason };
}

/** A string says why not; undefined: nothing to try. */
async function trySource(stage: Stage, source: Source): Promise<Installed | string | undefined> {
  const folder = await makeTemporary();
  try {
    const made = await source.make(stage, folder);
    return made && (await publish(folder, made));
  } catch (e) {
    throwIfStopped(stage.signal);
    if (e instanceof InstallFailure) throw e;
    const code = (e as NodeJS.ErrnoException).code;
    if (code === "ENOSPC") throw new InstallFailure("no space left in the cache folder: make space there, or set NNET_CACHE to a folder elsewhere");
    if (code === "EROFS" || code === "EDQUOT") throw unwritable(e);
    return e instanceof StageFailure ? e.message : `failed unexpectedly (${oneLine(e)})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
