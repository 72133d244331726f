import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readSafetensors, SafetensorsError, type SafeTensors, writeSafetensors } from "../formats/safetensors.ts";
import type { Encoding } from "./data/encoding.ts";
import type { WeightData } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";

/** What a checkpoint says of where it comes from; all text in the file. */
export interface Provenance {
  /** Hex, of the .nnet text that was trained. */
  readonly nnetSha256: string;
  readonly model: string;
  readonly seed: number;
  /** From 1: the epoch whose weights these are. */
  readonly epoch: number;
  readonly label: string;
  readonly features: readonly string[];
  readonly shape: readonly number[];
  readonly scale: number;
  /** How rows became numbers; absent in older files, whose columns are all numbers. */
  readonly encoding?: Encoding;
  /** Absent for numbers. */
  readonly classes?: readonly string[];
}

/** Where the best weights of a run go. */
export function checkpointPath(nnetFile: string, model: string, out?: string): string {
  return join(out ?? join(dirname(nnetFile), ".nnet", "runs"), `${model}.safetensors`);
}

/** Whole or not at all: another name first, then renamed over the old one. Throws `checkpoint-not-written`. */
export async function writeCheckpoint(path: string, weights: ReadonlyMap<string, WeightData>, provenance: Provenance): Promise<void> {
  const folder = dirname(path);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, "w");
    try {
      for (const piece of writeSafetensors({ tensors: weights, metadata: toMetadata(provenance) })) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (e) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notWritten(path, e);
  }
}

/** Finds out before training whether the folder can be written to. */
export async function probeFolder(path: string): Promise<void> {
  const probe = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(probe, "w")).close();
    await rm(probe, { force: true });
  } catch (e) {
    throw notWritten(path, e);
  }
}

/** Left by a run that was killed while it wrote. */
export async function removeLeftovers(path: string): Promise<void> {
  const [folder, name] = [dirname(path), path.slice(dirname(path).length + 1)];
  for (const entry of await readdir(folder).catch(() => [])) {
    const pid = entry.startsWith(`${name}.`) && /^\.(\d+)\.tmp$/.exec(entry.slice(name.length))?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(folder, entry), { force: true }).catch(() => undefined);
  }
}

export async function readCheckpoint(path: string): Promise<{ weights: ReadonlyMap<string, WeightData>; provenance: Partial<Provenance> }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (e) {
    const missing = (e as NodeJS.ErrnoException).code === "ENOENT";
    throw new TrainerError("weights-missing", missing ? `There are no weights at ${path}; train the model first, or name a .safetensors file.` : `${path} cannot be read: ${(e as Error).message}`, { file: path });
  }
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    return { weights: tensors, provenance: fromMetadata(metadata) };
  } catch (e) {
    if (!(e instanceof SafetensorsError)) throw e;
    throw new TrainerError("weights-broken", `${e.message} Train again, or take another file.`, { file: path });
  }
}

function toMetadata(p: Provenance): SafeTensors["metadata"] {
  return {
    format: "nnet",
    nnet_sha256: p.nnetSha256,
    model: p.model,
    seed: String(p.seed),
    epoch: String(p.epoch),
    label: p.label,
    features: JSON.stringify(p.features),
    shape: JSON.stringify(p.shape),
    scale: String(p.scale),
    ...(p.encoding && { encoding: JSON.stringify(p.encoding) }),
    ...(p.classes && { classes: JSON.stringify(p.classes) }),
  };
}

/** What is missing or not as we write it (another program's file) is left out. */
function fromMetadata(m: SafeTensors["metadata"]): Partial<Provenance> {
  const list = <T>(key: string, of: "string" | "number"): readonly T[] | undefined => {
    try {
      const value: unknown = JSON.parse(m[key] ?? "null");
      return Array.isArray(value) && value.every((v) => typeof v === of) ? (value as T[]) : undefined;
    } catch {
      return undefined;
    }
  };
  const number = (key: string) => (m[key] !== undefined && Number.isFinite(Number(m[key])) ? Number(m[key]) : undefined);
  const found = {
    nnetSha256: m["nnet_sha256"], model: m["model"], label: m["label"], seed: number("seed"), epoch: number("epoch"), scale: number("scale"),
    features: list<string>("features", "string"), shape: list<number>("shape", "number"), classes: list<string>("classes", "string"), encoding: encodingOf(m["encoding"]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v !== undefined));
}

/** Undefined where it is none that we wrote. */
function encodingOf(text: string | undefined): Encoding | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
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
  return new TrainerError("checkpoint-not-written", `The weights cannot be written to ${path}: ${reason(cause as NodeJS.ErrnoException)} What was there before is untouched.`, { file: path });
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

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "EPERM";
  }
}
