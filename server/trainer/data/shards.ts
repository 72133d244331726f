import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../whole.ts";
import type { Encoding } from "./encoding.ts";
import { stampOfList, writeList } from "./file-stamp.ts";
import type { LabelFacts } from "./labels.ts";
import { type Raw, type RowKind, sentencesOf } from "./raw.ts";
import { deal, type Dealt, type Shard, SHARES } from "./shards/deal.ts";
import { shardPath, writeRows } from "./shards/rows.ts";
import { notCached } from "./store.ts";

/**
 * Rows that are too many for memory, in a folder of shards: each holds some rows of one part, drawn by the seed, as
 * read (values, then the labels, then the words of its texts). Made once for the files and settings that it is named after, whole or not at all.
 */
export interface Cache {
  readonly folder: string;
  /** Of the parts. */
  readonly names: readonly string[];
  /** By part. */
  readonly shards: readonly (readonly Shard[])[];
  readonly raw: RawFacts;
  /** One; or for each fold that of the rows outside of it. */
  readonly encodings: readonly Encoding[];
  readonly notes: readonly string[];
}

/** Numbers the words of `main`'s columns, then those that only `test` has: the columns, and the numbers of test's own. */
export function joined(main: Raw, test: Raw | undefined): { columns: Raw["columns"]; codes: PartRows["codes"] } {
  if (!test || !main.columns) return { columns: main.columns, codes: undefined };
  const codes: (Int32Array | undefined)[] = [];
  const columns = main.columns.map((column, i) => {
    const other = test.columns![i]!;
    if (column.kind !== "category" || other.kind !== "category") return (codes.push(undefined), column);
    const numbers = new Map(column.words.map((w, k) => [w, k]));
    codes.push(Int32Array.from(other.words, (w) => numbers.get(w) ?? numbers.set(w, numbers.size).get(w)!));
    return { ...column, words: [...numbers.keys()] };
  });
  return { columns, codes };
}

/** For each column that is text the words of its vocabularies, one for each encoding: no other needs a number. */
export function vocabularies(raw: Raw, encodings: readonly Encoding[]): RawFacts["words"] {
  const texts = sentencesOf(raw);
  return texts.length === 0 ? undefined : texts.map((t, i) => t && [...new Set(encodings.flatMap(({ text, columns }) => (text ?? columns![i]!.text!).vocabulary))]);
}

/** What remains of the sources when their values are in shards. */
export interface RawFacts extends RowKind {
  readonly labels: readonly LabelFacts[];
  /** For each column that is text: the words of the vocabularies, by number. What is after them stands for any other. */
  readonly words: readonly (readonly string[] | undefined)[] | undefined;
}

const MANIFEST = "manifest.json";

/** Rows of one part, and where they come from. */
export interface PartRows {
  /** Of the part. */
  readonly name: string;
  readonly raw: Raw;
  readonly rows: Int32Array;
  /** For each column of words that the cache numbers otherwise: its number there. */
  readonly codes?: readonly (Int32Array | undefined)[];
}

export interface CacheRequest {
  /** The folder of the run. */
  readonly folder: string;
  /** Of the data block. */
  readonly name: string;
  readonly fingerprint: string;
  /** Of the files that its sources name in turn. */
  readonly stamp?: string | undefined;
}

const cachePath = ({ folder, name, fingerprint, stamp }: CacheRequest): string => join(folder, `${name}-${fingerprint}${stamp === undefined ? "" : `-${stamp}`}.rows`);

/** The stamp as it is now of the files that the sources named in an earlier run, if its cache is there: their names follow from what the fingerprint holds. */
export async function stampNow({ folder, name, fingerprint }: CacheRequest): Promise<string | undefined> {
  const last = entriesOf(folder).find((entry) => entry.startsWith(`${name}-${fingerprint}-`) && entry.endsWith(".rows"));
  return last === undefined ? undefined : stampOfList(join(folder, last));
}

/** The cache of an earlier run with the same files and settings, if it is whole. */
export function findCache(request: CacheRequest): Cache | undefined {
  const folder = cachePath(request);
  try {
    const cache = { ...(JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Omit<Cache, "folder">), folder };
    const whole = cache.shards.every((shards, part) => shards.every(({ numbers }, shard) => statSync(shardPath(join(folder, cache.names[part]!), shard)).size === 4 * numbers));
    if (whole) claim(folder);
    return whole ? cache : undefined;
  } catch {
    return undefined;
  }
}

/** While this process runs, no other takes the cache away. */
function claim(folder: string): void {
  writeFileSync(join(folder, `in-use.${process.pid}`), "");
}

/** Of a folder that may not be there, or be none. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Caches of a data block that no running process reads. */
function removeOld({ folder, name }: CacheRequest): void {
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(`${name}-`) || !entry.endsWith(".rows")) continue;
    const path = join(folder, entry);
    const users = readdirSync(path).map((f) => /^in-use\.(\d+)$/.exec(f)?.[1]);
    if (!users.some((pid) => pid !== undefined && Number(pid) !== process.pid && isRunning(Number(pid)))) rmSync(path, { recursive: true, force: true });
  }
}

/** Writes the parts into shards that are read with about a quarter of `memory` bytes each. Caches of the same data block that are out of date go. */
export function writeCache(request: CacheRequest, sources: readonly Raw[], parts: readonly PartRows[], facts: Pick<Cache, "raw" | "encodings" | "notes">, seed: number, memory: number): Cache {
  const folder = cachePath(request);
  const temporary = `${folder}.${process.pid}.tmp`;
  const dealt = parts.map((part) => deal(part, facts.encodings, memory / SHARES, seed));
  try {
    mkdirSync(temporary, { recursive: true });
    const needed = 4 * dealt.reduce((sum, { shards }) => sum + numbersIn(shards), 0);
    const { bavail, bsize } = statfsSync(temporary);
    if (bavail * bsize < needed) throw Object.assign(new Error(), { code: "ENOSPC" });
    for (const [i, part] of parts.entries()) writeRows(part, dealt[i]!, facts.raw.words, join(temporary, part.name));
    const shards = dealt.map((d) => d.shards);
    const names = parts.map((part) => part.name);
    writeList(temporary, sources);
    writeFileSync(join(temporary, MANIFEST), JSON.stringify({ names, shards, ...facts }));
    claim(temporary);
    removeOld(request);
    renameSync(temporary, folder);
    return { folder, names, shards, ...facts };
  } catch (e) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process has made the same meanwhile, and reads it.
    const same = findCache(request);
    if (same) return same;
    throw "event" in (e as object) ? e : notCached(folder, e);
  }
}

const numbersIn = (shards: Dealt["shards"]): number => shards.reduce((sum, { numbers }) => sum + numbers, 0);
