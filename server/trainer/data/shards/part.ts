import { join } from "node:path";
import type { Table } from "../../engines/engine.ts";
import { generator, shuffle } from "../../random.ts";
import { batchesOf, everyRow, inOrder } from "../batches.ts";
import { tablesOf } from "../dataset.ts";
import type { Part, Piece } from "../part.ts";
import type { Meeting } from "../prepare.ts";
import type { Cache } from "../shards.ts";
import { pad } from "../text/part.ts";
import { encodedWidth, type Shard } from "./deal.ts";
import { readRows, shardPath } from "./rows.ts";

/** Encoded rows of a shard: in one table, or in one for each length of their texts, with the shard's row of each row. */
interface Opened {
  readonly table: Table;
  readonly rows: Int32Array;
}

/**
 * Reads the shards of some parts one after another; the order of shards, and of rows within each, follows from seed and
 * epoch. Where texts have several lengths, batches are of one length each, and each is a table of its own.
 */
export function partOfShards(cache: Cache, parts: readonly number[], number: number, shape: readonly number[], meeting: Meeting): Part {
  const encoding = cache.encodings[number]!;
  const isText = encoding.text !== undefined;
  const shards = parts.flatMap((part) => cache.shards[part]!.map((s, i) => ({ ...s, groups: groupsOf(s, number), path: shardPath(join(cache.folder, cache.names[part]!), i) })));
  const single = (encoding.text ? encoding.text.lengths.length : shards[0]?.lengths[number]!.length) === 1;
  const open = (at: number): readonly Opened[] => {
    const { path, ...shard } = shards[at]!;
    const raw = readRows(cache.raw, path, shard, isText);
    const rows = everyRow(raw.rows);
    if (!isText) return tablesOf(raw, encoding, shape, rows, meeting);
    const { tables, rows: by } = pad(raw.sentences!, raw.labels, rows, encoding.text!);
    return tables.map((table, i) => ({ table, rows: by[i]! }));
  };
  let held: { readonly shard: number; readonly tables: readonly Opened[] } | undefined;
  /** A shard's tables, kept until the last piece of them. */
  const tablesAt = (shard: number, last: boolean): readonly Opened[] => {
    const found = held?.shard === shard ? held.tables : undefined;
    held = undefined;
    const tables = found ?? open(shard);
    if (!last) held = { shard, tables };
    return tables;
  };
  const piece = (batches: readonly Int32Array[], length: number, table: () => Table): Piece => ({ batches, shape: single ? shape : [encodedWidth(cache.raw, encoding, length)], passing: true, table: () => Promise.resolve(table()) });
  let ids: Int32Array | undefined;
  return {
    rows: shards.reduce((sum, s) => sum + s.rows, 0),
    ...(cache.raw.words && {
      get ids() {
        return (ids ??= idsOf(shards.map((_, i) => open(i).map((o) => o.rows))));
      },
    }),
    epoch(batch, seed, epoch) {
      const order = shuffle(everyRow(shards.length), generator(seed, "shards", epoch));
      return Array.from(order).flatMap((shard): Piece[] => {
        const drawn = shards[shard]!.groups.map(({ rows, length }, table) => ({ table, length, batches: batchesOf(shuffle(everyRow(rows), generator(seed, "order", epoch, shard, table)), batch) }));
        if (single) return drawn.map(({ batches, length }) => piece(batches, length, () => tablesAt(shard, true)[0]!.table));
        const all = drawn.flatMap(({ batches, ...of }) => batches.map((rows) => ({ ...of, rows })));
        const mixed = Array.from(shuffle(everyRow(all.length), generator(seed, "lengths", epoch, shard)), (i) => all[i]!);
        const sorted = [...mixed.filter((b) => b.rows.length === batch), ...mixed.filter((b) => b.rows.length !== batch)];
        return sorted.map(({ table, length, rows }, i) => piece([everyRow(rows.length)], length, () => some(tablesAt(shard, i === sorted.length - 1)[table]!.table, rows)));
      });
    },
    all: (batch) => shards.flatMap(({ groups }, shard) => groups.map(({ rows, length }, table) => piece(inOrder(rows, batch), length, () => tablesAt(shard, table === groups.length - 1)[table]!.table))),
  };
}

/** Rows by the number of their length, as far as there are some. */
const groupsOf = ({ lengths }: Shard, encoding: number) => lengths[encoding]!.flatMap((rows, length) => (rows > 0 ? [{ rows, length }] : []));

/** Rows of the part, in the order of `all`. */
function idsOf(shards: readonly (readonly Int32Array[])[]): Int32Array {
  let before = 0;
  return Int32Array.from(shards.flatMap((tables) => {
    const found = tables.flatMap((rows) => Array.from(rows, (row) => before + row));
    before += found.length;
    return found;
  }));
}

/** Some rows of a table as one of its own. */
function some({ shape, x, y, rows: all }: Table, rows: Int32Array): Table {
  const [width, labels] = [x.length / all, y.length / all];
  const own = { x: new Float32Array(rows.length * width), y: new Float32Array(rows.length * labels) };
  for (const [i, row] of rows.entries()) {
    own.x.set(x.subarray(row * width, (row + 1) * width), i * width);
    own.y.set(y.subarray(row * labels, (row + 1) * labels), i * labels);
  }
  return { rows: rows.length, shape, ...own };
}
