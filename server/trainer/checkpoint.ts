import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readSafetensors, SafetensorsError, type SafeTensors, writeSafetensors } from "../formats/safetensors.ts";
import type { Encoding } from "./data/encoding.ts";
import type { WeightData } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import { writeWhole } from "./whole.ts";

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
  /** One for each output, where the model has several; `label` and `classes` are then the first one's. */
  readonly labels?: readonly { readonly column: string; readonly classes?: readonly string[] }[];
}

/** The file that stands for several trainings: no weights, but the names of those files beside it that have them. */
export interface Together extends Pick<Provenance, "nnetSha256" | "model" | "seed"> {
  readonly members: readonly string[];
}

/** Where the best weights of a run go. */
export function checkpointPath(nnetFile: string, model: string, out?: string): string {
  return join(out ?? join(dirname(nnetFile), ".nnet", "runs"), `${model}.safetensors`);
}

/** Where those of one of its trainings go, from 1. */
export const memberPath = (checkpoint: string, number: number): string => checkpoint.replace(/(\.safetensors)?$/, `.${number}.safetensors`);

/** Throws `checkpoint-not-written`. */
export async function writeCheckpoint(path: string, weights: ReadonlyMap<string, WeightData>, provenance: Provenance): Promise<void> {
  await writeWhole(path, writeSafetensors({ tensors: weights, metadata: toMetadata(provenance) }));
}

/** Throws `checkpoint-not-written`. */
export async function writeTogether(path: string, { nnetSha256, model, seed, members }: Together): Promise<void> {
  await writeWhole(path, writeSafetensors({ tensors: new Map(), metadata: { format: "nnet", nnet_sha256: nnetSha256, model, seed: String(seed), members: JSON.stringify(members) } }));
}

export interface Checkpoint {
  readonly path: string;
  readonly weights: ReadonlyMap<string, WeightData>;
  readonly provenance: Partial<Provenance>;
}

/** The weights at a path, or those of all trainings that it stands for. Throws `weights-missing`, `weights-broken`. */
export async function readCheckpoints(path: string): Promise<readonly Checkpoint[]> {
  const { weights, provenance: { members, ...provenance } } = await readCheckpoint(path);
  if (!members) return [{ path, weights, provenance }];
  // Names in a file lead nowhere else.
  return Promise.all(members.map(async (name) => ({ path: join(dirname(path), basename(name)), ...(await readCheckpoint(join(dirname(path), basename(name)))) })));
}

export async function readCheckpoint(path: string): Promise<{ weights: ReadonlyMap<string, WeightData>; provenance: Partial<Provenance & Together> }> {
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
    ...(p.labels && { labels: JSON.stringify(p.labels) }),
  };
}

/** What is missing or not as we write it (another program's file) is left out. */
function fromMetadata(m: SafeTensors["metadata"]): Partial<Provenance & Together> {
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
    features: list<string>("features", "string"), shape: list<number>("shape", "number"), classes: list<string>("classes", "string"), members: list<string>("members", "string"), encoding: objectOf<Encoding>(m["encoding"]), labels: objectOf<NonNullable<Provenance["labels"]>>(m["labels"]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v !== undefined));
}

/** Undefined where it is none that we wrote. */
function objectOf<T extends object>(text: string | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
