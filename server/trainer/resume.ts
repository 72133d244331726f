import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { readSafetensors, SafetensorsError, writeSafetensors } from "../formats/safetensors.ts";
import type { DataSettings } from "../language/index.ts";
import { filesOf } from "./data/read.ts";
import type { WeightData } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import type { Trained } from "./protocol.ts";
import type { Plateau } from "./schedule.ts";
import type { Sums } from "./scores.ts";
import { previousOf, writeWhole } from "./whole.ts";

type Tensors = ReadonlyMap<string, WeightData>;

/** Where a run stands: plain values that JSON keeps exactly. */
export interface Position {
  /** From 1: the epoch that is under way, or will be. */
  readonly epoch: number;
  /** Its steps that are done, and sums over their rows. */
  readonly step: number;
  readonly loss: number;
  readonly correct: number;
  /** The same of each output, where there are several. */
  readonly heads?: Sums["heads"];
  readonly rows: number;
  readonly best: { readonly loss: number; readonly epoch: number } | undefined;
  readonly plateau: Plateau;
}

/** All that a training needs to go on as if it had never stopped: random draws follow from seed, epoch and step. */
export interface SavedRun {
  readonly position: Position;
  /** Weights and optimizer. */
  readonly state: Tensors;
  /** Weights of the best epoch. */
  readonly best: Tensors | undefined;
}

/** A run of one or several trainings. */
export interface Saved {
  /** Those that have ended. */
  readonly finished: readonly Trained[];
  /** The one that is under way; undefined between two. */
  readonly run: SavedRun | undefined;
}

/** Within an epoch; after so many whole ones; before the run is left. */
export type Moment = "step" | "stop" | { readonly epochs: number };

/** What must be the same for a run to go on. */
export interface Identity {
  readonly text: string;
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly epochs: number;
  readonly engine: string;
  readonly version: string;
}

const WORDS: Readonly<Record<keyof Identity, string>> = {
  text: "the .nnet file has changed", data: "the data file has changed, or a file that it names", model: "it trains another model", seed: "the seed is another",
  epochs: "the number of epochs is another", engine: "it ran on another engine", version: "the engine has another version",
};

/** Beside the best weights; not `.safetensors`, so that nothing takes it for a result. */
export const resumePath = (checkpoint: string): string => checkpoint.replace(/(\.safetensors)?$/, ".run");

/**
 * Settings and the content of the files that they name, as far as it tells versions apart: all of a small one, size and
 * time of others. Only a state that is read or written needs it, so the content is read at the first asking; a file that
 * has been changed since then is like no other, for nobody knows what it held when the run read it.
 */
export function dataStamp(settings: DataSettings, nnetFile: string): () => string {
  const files = filesOf(settings, nnetFile).map((path) => ({ path, about: aboutOf(path) }));
  let stamp: string | undefined;
  return () => {
    if (stamp !== undefined) return stamp;
    const hash = createHash("sha256").update(JSON.stringify(settings));
    for (const { path, about } of files) hash.update(aboutOf(path) === about ? contentOf(path) : `changed after ${about}`);
    return (stamp = hash.digest("hex"));
  };
}

function aboutOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  } catch {
    // Reading the data will say so.
    return "";
  }
}

function contentOf(path: string): string | Uint8Array {
  try {
    const about = statSync(path);
    if (about.isDirectory()) return readdirSync(path, { recursive: true, encoding: "utf8" }).sort().join("\n");
    return about.size <= WHOLE ? readFileSync(path) : aboutOf(path);
  } catch {
    return "";
  }
}

const WHOLE = 64_000_000;

/** Writes a run's state so often that it costs about a twentieth of the time, or every `every` epochs where that is set. */
export class Keeper {
  private readonly path: string;
  private readonly identity: Identity;
  private readonly every: number | undefined;
  private readonly told: () => Promise<void>;
  private readonly report: (error: TrainerError) => void;
  private last = performance.now();
  private cost = LEAST_MS / SHARE;
  private broken = false;

  /** `report` hears once that the state can't be written; training goes on. `told`: when what was said so far can't be lost. */
  constructor(path: string, identity: Identity, every: number | undefined, told: () => Promise<void>, report: (error: TrainerError) => void) {
    this.path = path;
    this.identity = identity;
    this.every = every;
    this.told = told;
    this.report = report;
  }

  async offer(saved: () => Promise<Saved>, when: Moment): Promise<void> {
    if (this.broken || !this.due(when)) return;
    // A run that goes on from here says nothing of what was before it.
    await this.told();
    const start = performance.now();
    try {
      await writeWhole(this.path, pieces(await saved(), this.identity));
    } catch (e) {
      if (!(e instanceof TrainerError)) throw e;
      this.broken = true;
      this.report(e);
    }
    this.last = performance.now();
    this.cost = Math.max(this.last - start, LEAST_MS / SHARE);
  }

  /** The run has ended by itself: there is nothing to go on with. */
  async finish(): Promise<void> {
    for (const p of [this.path, previousOf(this.path)]) await rm(p, { force: true }).catch(() => undefined);
  }

  private due(when: Moment): boolean {
    if (when === "stop") return true;
    if (this.every !== undefined) return typeof when === "object" && when.epochs % this.every === 0;
    return performance.now() - this.last >= SHARE * this.cost;
  }
}

const SHARE = 20;
const LEAST_MS = 500;

/** The saved run, from the newest generation that is whole. Throws `resume-missing`, `resume-differs`, `resume-broken`. */
export async function readRun(path: string, identity: Identity): Promise<Saved> {
  let broken: string | undefined;
  for (const file of [path, previousOf(path)]) {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "ENOENT") broken ??= (e as Error).message;
      continue;
    }
    try {
      return parse(bytes, identity, file);
    } catch (e) {
      if (!(e instanceof SafetensorsError) && !(e instanceof SyntaxError)) throw e;
      broken ??= e.message;
    }
  }
  if (broken !== undefined) throw new TrainerError("resume-broken", `The unfinished run at ${path} cannot be read: ${broken} Train without --resume.`, { file: path });
  throw new TrainerError("resume-missing", `There is no unfinished run of ${identity.model} to go on with (${path}). Train without --resume.`, { file: path });
}

/** Whether an unfinished run of just this file lies there, for a word about it. */
export async function unfinished(path: string, identity: Identity): Promise<Saved | undefined> {
  try {
    return await readRun(path, identity);
  } catch (e) {
    if (e instanceof TrainerError) return undefined;
    throw e;
  }
}

/** Tensors of both kinds have a prefix of their own. */
function pieces({ finished, run }: Saved, identity: Identity): Uint8Array[] {
  const tensors = new Map([...(run?.state ?? [])].map(([name, t]) => [`state/${name}`, t]));
  for (const [name, t] of run?.best ?? []) tensors.set(`best/${name}`, t);
  return writeSafetensors({ tensors, metadata: { format: "nnet-run", identity: JSON.stringify(identity), position: JSON.stringify(run?.position ?? null), finished: JSON.stringify(finished) } });
}

function parse(bytes: Uint8Array, identity: Identity, file: string): Saved {
  const { tensors, metadata } = readSafetensors(bytes);
  const theirs = JSON.parse(metadata["identity"] ?? "{}") as Partial<Identity>;
  const differs = (Object.keys(identity) as (keyof Identity)[]).filter((k) => theirs[k] !== identity[k]);
  if (differs.length > 0) throw new TrainerError("resume-differs", `The unfinished run at ${file} is not this one: ${differs.map((k) => WORDS[k]).join(", ")}. Train without --resume, or bring back what it had.`, { file });
  const position = JSON.parse(metadata["position"] ?? "null") as Position | null;
  const finished = JSON.parse(metadata["finished"] ?? "[]") as readonly Trained[];
  const under = (prefix: string) => new Map([...tensors].flatMap(([name, t]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), t] as const] : [])));
  const best = under("best/");
  return { finished, run: position ? { position, state: under("state/"), best: best.size > 0 ? best : undefined } : undefined };
}
