import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../whole.ts";
import type { Table } from "../engines/engine.ts";
import { TrainerError } from "../errors.ts";
import { generator, shuffle } from "../random.ts";
import { inOrder } from "./batches.ts";
import { Encoder, type Encoding, widthOf } from "./encoding.ts";
import type { LabelFacts } from "./labels.ts";
import type { Part, Piece } from "./part.ts";
import { beginnings, type Raw, type RowKind } from "./raw.ts";
import { notCached, readFloats, writeWhole } from "./store.ts";
import { chunks } from "./stored.ts";

/**
 * Rows that are too many for memory, in a folder of shards: each holds some rows of one part, drawn by the seed, as
 * read (values, then the labels). Made once for the files and settings that it is named after, whole or not at all.
 */
export interface Cache {
  readonly folder: string;
  /** Of the parts. */
  readonly names: readonly string[];
  /** Rows of each shard, by part. */
  readonly shards: readonly (readonly number[])[];
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

/** What remains of the sources when their values are in shards. */
export interface RawFacts extends RowKind {
  readonly labels: readonly LabelFacts[];
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
}

export const cachePath = ({ folder, name, fingerprint }: CacheRequest): string => join(folder, `${name}-${fingerprint}.rows`);

/** The cache of an earlier run with the same files and settings, if it is whole. */
export function findCache(request: CacheRequest): Cache | undefined {
  const folder = cachePath(request);
  try {
    const cache = { ...(JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Omit<Cache, "folder">), folder };
    const bytes = 4 * storedWidth(cache.raw);
    const whole = cache.shards.every((sizes, part) => sizes.every((rows, shard) => statSync(shardPath(join(folder, cache.names[part]!), shard)).size === rows * bytes));
    if (whole) claim(folder);
    return whole ? cache : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers of a row: values, then labels. */
const storedWidth = ({ width, labels }: RawFacts): number => width + labels.length;

/** While this process runs, no other takes the cache away. */
function claim(folder: string): void {
  writeFileSync(join(folder, `in-use.${process.pid}`), "");
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
export function writeCache(request: CacheRequest, parts: readonly PartRows[], facts: Pick<Cache, "raw" | "encodings" | "notes">, seed: number, memory: number): Cache {
  const folder = cachePath(request);
  const temporary = `${folder}.${process.pid}.tmp`;
  // Of a row, as read or encoded: the larger.
  const width = Math.max(facts.raw.width, ...facts.encodings.map((e) => widthOf(facts.raw, e))) + facts.raw.labels.length;
  const rowsEach = Math.max(1, Math.floor(memory / SHARES / (4 * width)));
  try {
    mkdirSync(temporary, { recursive: true });
    const needed = 4 * storedWidth(facts.raw) * parts.reduce((sum, p) => sum + p.rows.length, 0);
    const { bavail, bsize } = statfsSync(temporary);
    if (bavail * bsize < needed) throw Object.assign(new Error(), { code: "ENOSPC" });
    const shards = parts.map((part) => writePart(part, join(temporary, part.name), rowsEach, seed));
    const names = parts.map((part) => part.name);
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

/** Of the memory for rows: a shard as read, the same encoded, the engine's copy of it, and one to spare. */
const SHARES = 4;
/** Bytes that wait for each shard while they are written. */
const BUFFER = 1 << 15;

/** Rows of each shard. */
function writePart({ name, raw, rows, codes }: PartRows, path: string, rowsEach: number, seed: number): number[] {
  const count = Math.ceil(rows.length / rowsEach);
  const sizes = Array.from({ length: count }, (_, i) => Math.min(rowsEach, rows.length - i * rowsEach));
  // Which shard each row goes to: as even as can be, and drawn, so that sorted files are mixed.
  const shardOf = new Int32Array(raw.rows).fill(-1);
  const order = shuffle(Int32Array.from(rows), generator(seed, "shards", name));
  for (const [i, row] of order.entries()) shardOf[row] = Math.floor(i / rowsEach);
  const labels = raw.labels!;
  const width = raw.width + labels.length;
  const room = Math.max(1, Math.floor(BUFFER / (4 * width)));
  const buffers = sizes.map((size) => ({ values: new Float32Array(Math.min(room, size) * width), used: 0 }));
  const at = codes && beginnings(raw.columns!);
  const flush = (shard: number): void => {
    const buffer = buffers[shard]!;
    const file = openSync(shardPath(path, shard), "a");
    try {
      writeWhole(file, shardPath(path, shard), buffer.values.subarray(0, buffer.used));
    } finally {
      closeSync(file);
    }
    buffer.used = 0;
  };
  for (const { from, rows: some, values } of chunks(raw.values)) {
    for (let row = 0; row < some; row++) {
      const shard = shardOf[from + row]!;
      if (shard < 0) continue;
      const buffer = buffers[shard]!;
      buffer.values.set(values.subarray(row * raw.width, (row + 1) * raw.width), buffer.used);
      for (const [i, map] of codes?.entries() ?? []) {
        const code = buffer.values[buffer.used + at![i]!]!;
        if (map && !Number.isNaN(code)) buffer.values[buffer.used + at![i]!] = map[code]!;
      }
      for (const [k, label] of labels.entries()) buffer.values[buffer.used + raw.width + k] = label.values[from + row]!;
      buffer.used += width;
      if (buffer.used === buffer.values.length) flush(shard);
    }
  }
  for (const [shard, buffer] of buffers.entries()) if (buffer.used > 0) flush(shard);
  return sizes;
}

function openShard(path: string): number {
  try {
    return openSync(path, "r");
  } catch (e) {
    throw new TrainerError("data-cache", `The rows that this run reads from disk are gone (${(e as Error).message}); run again.`, { file: path });
  }
}

const shardPath = (path: string, shard: number): string => `${path}-${String(shard).padStart(5, "0")}.bin`;

/** Reads the shards of some parts one after another; the order of shards, and of rows within each, follows from seed and epoch. */
export function partOfShards(cache: Cache, parts: readonly number[], encoding: Encoding, shape: readonly number[], scale: number): Part {
  const shards = parts.flatMap((part) => cache.shards[part]!.map((rows, shard) => ({ rows, path: shardPath(join(cache.folder, cache.names[part]!), shard) })));
  const sizes = shards.map((s) => s.rows);
  const { width, labels } = cache.raw;
  const whole = storedWidth(cache.raw);
  const piece = (shard: number, batches: readonly Int32Array[]): Piece => ({ batches, shape, passing: true, table: () => Promise.resolve(read(shard)) });
  const read = (shard: number): Table => {
    const { rows, path } = shards[shard]!;
    const file = openShard(path);
    let stored: Float32Array;
    try {
      stored = readFloats(file, 0, rows * whole);
    } finally {
      closeSync(file);
    }
    const encoder = new Encoder(cache.raw, encoding, scale);
    const x = new Float32Array(rows * encoder.width);
    const y = new Float32Array(rows * labels.length);
    for (let row = 0; row < rows; row++) {
      const at = row * whole;
      encoder.row(stored.subarray(at, at + width), 0, x, row * encoder.width, row);
      y.set(stored.subarray(at + width, at + whole), row * labels.length);
    }
    return { rows, shape, x, y };
  };
  return {
    rows: sizes.reduce((a, b) => a + b, 0),
    epoch(batch, seed, epoch) {
      const order = shuffle(Int32Array.from(sizes, (_, i) => i), generator(seed, "shards", epoch));
      return Array.from(order, (shard) => {
        const rows = shuffle(Int32Array.from({ length: sizes[shard]! }, (_, i) => i), generator(seed, "order", epoch, shard));
        return piece(shard, inOrder(rows.length, batch).map((b) => b.map((i) => rows[i]!)));
      });
    },
    all: (batch) => sizes.map((rows, shard) => piece(shard, inOrder(rows, batch))),
  };
}
