import { generator, shuffle } from "../../random.ts";
import { type Encoding, widthOf } from "../encoding.ts";
import type { PartRows } from "../shards.ts";
import { type RowKind, sentencesOf } from "../raw.ts";
import { rowLengths } from "../text/columns.ts";

/** Of the memory for rows: a shard as read, the same encoded, the engine's copy of it, and one to spare. */
export const SHARES = 4;

export interface Shard {
  readonly rows: number;
  /** That it holds: rows of text are of unequal length. */
  readonly numbers: number;
  /** Rows of each length that texts are padded to, for each encoding; otherwise all of them. */
  readonly lengths: readonly (readonly number[])[];
}

export interface Dealt {
  readonly shards: readonly Shard[];
  /** Of each row of the source; −1: of another part. */
  readonly shardOf: Int32Array;
  /** For each column that is text: words of a row that are kept. */
  readonly kept: readonly (number | undefined)[];
}

/** Features of a row of length number `length`. */
export const encodedWidth = (raw: RowKind, encoding: Encoding, length: number): number => encoding.text?.lengths[length] ?? widthOf(raw, encoding, length);

/** Deals the rows of a part: as evenly as can be, those of each length too, and drawn, so that sorted files are mixed. A shard takes about `bytes`. */
export function deal({ name, raw, rows }: PartRows, encodings: readonly Encoding[], bytes: number, seed: number): Dealt {
  const texts = sentencesOf(raw);
  const kept = texts.map((t, i) => t && Math.max(...encodings.map(({ text, columns }) => (text ?? columns![i]!.text!).lengths.at(-1)!)));
  const labels = raw.labels!.length;
  const stored = (row: number) => texts.reduce((sum, t, i) => sum + (t ? 1 + Math.min(t.starts[row + 1]! - t.starts[row]!, kept[i]!) : 0), raw.width + labels);
  const lengths = encodings.map((e) => rowLengths(raw, e));
  const widths = encodings.map((e, k) => Array.from({ length: lengths[k]!.count }, (_, l) => encodedWidth(raw, e, lengths[k]!.count === 1 && !e.text ? Infinity : l) + labels));
  // As read or encoded: the larger.
  let total = 0;
  for (const row of rows) total += Math.max(stored(row), ...widths.map((w, k) => w[lengths[k]!.of(row)]!));
  const rowsEach = Math.floor((bytes * rows.length) / (4 * total)) || 1;
  const count = Math.ceil(rows.length / rowsEach);
  const shards = Array.from({ length: count }, () => ({ rows: 0, numbers: 0, lengths: lengths.map((l) => Array<number>(l.count).fill(0)) }));
  const shardOf = new Int32Array(raw.rows).fill(-1);
  const groups = Array.from({ length: lengths[0]!.count }, (): number[] => []);
  for (const row of shuffle(Int32Array.from(rows), generator(seed, "shards", name))) groups[lengths[0]!.of(row)]!.push(row);
  let next = 0;
  for (const group of groups) {
    for (const row of group) {
      const shard = shards[(shardOf[row] = next++ % count)]!;
      shard.rows++;
      shard.numbers += stored(row);
      for (const [k, l] of lengths.entries()) shard.lengths[k]![l.of(row)]!++;
    }
  }
  return { shards, shardOf, kept };
}
