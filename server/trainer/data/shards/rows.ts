import { closeSync, openSync } from "node:fs";
import { TrainerError } from "../../errors.ts";
import { beginnings, type Raw, sentencesOf } from "../raw.ts";
import type { PartRows, RawFacts } from "../shards.ts";
import { readFloats, writeWhole } from "../store.ts";
import { chunks } from "../stored.ts";
import { codesByRow, gathered } from "../text/sentences.ts";
import type { Dealt, Shard } from "./deal.ts";
import { placesIn } from "../text/encoding.ts";
import type { WordList } from "../text/words.ts";

/** Rows in a shard, one after another: values, labels, then of each text how many words and their numbers. */

/** Numbers that wait for each shard while they are written. */
const BUFFER = 1 << 13;

export const shardPath = (path: string, shard: number): string => `${path}-${String(shard).padStart(5, "0")}.bin`;

/** `words`: of each column that is text, those that the cache numbers. */
export function writeRows({ raw, codes }: PartRows, { shards, shardOf, kept }: Dealt, words: RawFacts["words"], path: string): void {
  const labels = raw.labels!;
  const largest = raw.width + labels.length + kept.reduce<number>((sum, most) => sum + (most === undefined ? 0 : 1 + most), 0);
  const buffers = shards.map(({ numbers }) => ({ values: new Float32Array(Math.min(Math.max(BUFFER, largest), numbers)), used: 0 }));
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
  const at = codes && beginnings(raw.columns!);
  const row = new Float32Array(largest);
  const texts = sentencesOf(raw).flatMap((t, i) => (t ? [{ rows: codesByRow(t), most: kept[i]!, numbers: numbersIn(words![i]!, t.words) }] : []));
  for (const { from, rows, values } of chunks(raw.values)) {
    for (let r = 0; r < rows; r++) {
      const said = texts.map((t) => t.rows.next().value!);
      const shard = shardOf[from + r]!;
      if (shard < 0) continue;
      row.set(values.subarray(r * raw.width, (r + 1) * raw.width));
      for (const [i, map] of codes?.entries() ?? []) {
        const code = row[at![i]!]!;
        if (map && !Number.isNaN(code)) row[at![i]!] = map[code]!;
      }
      let to = raw.width;
      for (const label of labels) row[to++] = label.values[from + r]!;
      for (const [i, { most, numbers }] of texts.entries()) {
        const own = said[i]!;
        const count = Math.min(own.length, most);
        row[to++] = count;
        for (let k = 0; k < count; k++) row[to++] = numbers[own[k]!]!;
      }
      const buffer = buffers[shard]!;
      if (buffer.used + to > buffer.values.length) flush(shard);
      buffer.values.set(row.subarray(0, to), buffer.used);
      buffer.used += to;
    }
  }
  for (const [shard, buffer] of buffers.entries()) if (buffer.used > 0) flush(shard);
}

/** The cache's number of each word of a source: past its words that of all others. */
const numbersIn = (known: readonly string[], words: WordList): Int32Array => placesIn(words, new Map(known.map((w, i) => [w, i])), known.length);

/** A word that no sentence has. */
const OTHER = "";

/** The rows of a shard as a source of its own. `isText`: they are sentences alone. */
export function readRows(facts: RawFacts, path: string, { rows, numbers }: Pick<Shard, "rows" | "numbers">, isText: boolean): Raw {
  const stored = floatsOf(path, numbers);
  const { width, words = [] } = facts;
  const x = new Float32Array(rows * width);
  const labels = facts.labels.map((l) => ({ kind: "number" as const, values: new Float32Array(rows), of: l }));
  const said = words.map((w) => (w ? Array<Float32Array>(rows) : undefined));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    x.set(stored.subarray(at, at + width), row * width);
    at += width;
    for (const { values } of labels) values[row] = stored[at++]!;
    for (const own of said) {
      if (!own) continue;
      const count = stored[at++]!;
      own[row] = stored.subarray(at, (at += count));
    }
  }
  const texts = said.map((own, i) => own && gathered([...words[i]!, OTHER], own));
  return {
    ...facts, rows, values: { kind: "memory", x, width, rows }, labels: labels.map(({ kind, values }) => ({ kind, values })), parts: undefined, lines: undefined, notes: [],
    ...(isText ? { sentences: texts[0]! } : texts.length > 0 && { texts }),
  };
}

function floatsOf(path: string, numbers: number): Float32Array {
  const file = openShard(path);
  try {
    return readFloats(file, 0, numbers);
  } finally {
    closeSync(file);
  }
}

function openShard(path: string): number {
  try {
    return openSync(path, "r");
  } catch (e) {
    throw new TrainerError("data-cache", `The rows that this run reads from disk are gone (${(e as Error).message}); run again.`, { file: path });
  }
}
