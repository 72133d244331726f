/**
 * The fast engine's native library: is it there (`engineStatus`), and getting it (`installEngine`).
 *
 * Neither loads TensorFlow: the trainer process does, by engines/tensorflow/load.ts, from the folder told here.
 */
import { findInstalled, type Installed } from "./cache.ts";
import { lastAttempt } from "./attempts.ts";
import { install } from "./install.ts";
import { tfjsNodeVersion } from "./assets.ts";
import { wheelFor } from "./wheels.ts";
import type { Report } from "./stages.ts";

export interface EngineStatus {
  readonly engine: "tensorflow" | "portable";
  /** One line for a person: which engine runs, and why. */
  readonly reason: string;
  /** Where the native library lies: what `loadTensorflow` takes. */
  readonly folder?: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What to do for a faster engine; absent where this one is the fastest, or nothing can be done. */
  readonly howToGetFaster?: string;
}

export interface InstallOptions {
  readonly onProgress: Report;
  readonly signal?: AbortSignal;
  /** Nothing is asked of the network: pip may still find the wheel in a local folder (PIP_FIND_LINKS). */
  readonly offline?: boolean;
}

/** Which engine runs here, and why. Reads one small file; about a millisecond. */
export async function engineStatus(): Promise<EngineStatus> {
  const choice = process.env["NNET_ENGINE"];
  if (choice === "portable") return portable("NNET_ENGINE=portable asks for it", "unset NNET_ENGINE");
  const { installed, broken } = await findInstalled();
  if (installed) return tensorflow(installed);
  const why = broken ?? "the native TensorFlow library is not installed";
  const last = await lastAttempt();
  if (last) return portable(`${why}; the last \`nnet engine install\`, on ${last.date}, failed: ${last.reason}`, retry);
  return portable(why, canInstall() ? "run `nnet engine install` (once, about 290 MB to download, 860 MB on disk)" : undefined);
}

/**
 * Gets the native library into the user's cache folder. Where that can't be (no pip, compiler or network), it
 * does not throw: the portable engine runs, and `reason` says in one line what was tried and why it failed.
 */
export async function installEngine(options: InstallOptions): Promise<EngineStatus> {
  const outcome = await install(options);
  if (outcome.installed && process.env["NNET_ENGINE"] !== "portable") return tensorflow(outcome.installed);
  if (outcome.installed) return engineStatus();
  return portable(`the native TensorFlow library could not be installed: ${outcome.reason}`, retry);
}

const retry = "see to the cause, then run `nnet engine install` again";

function canInstall(): boolean {
  return wheelFor(process.platform, process.arch) !== undefined || process.platform === "win32";
}

function tensorflow({ folder, manifest }: Installed): EngineStatus {
  return {
    engine: "tensorflow",
    reason: `The TensorFlow engine runs: native library ${manifest.versions["tensorflow"] ?? "?"} (${manifest.source}) in ${folder}.`,
    folder,
    versions: manifest.versions,
  };
}

function portable(why: string, howToGetFaster: string | undefined): EngineStatus {
  return {
    engine: "portable",
    reason: `The portable engine (tfjs, no installation needed) runs: ${why}.`,
    versions: { tfjs: tfjsNodeVersion() },
    ...(howToGetFaster === undefined ? {} : { howToGetFaster }),
  };
}
