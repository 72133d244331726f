import type { Table } from "../../engines/engine.ts";
import { generator, shuffle } from "../../random.ts";
import { batches, inOrder } from "../batches.ts";
import { labelRows, type Labels } from "../labels.ts";
import type { Part, Piece } from "../part.ts";
import { indexOfWords, lengthFor, PADDING, type TextEncoding } from "./encoding.ts";
import { codesOf, type Sentences } from "./sentences.ts";

/** Some sentences, padded: one table for each length. `rows[t][i]` is the source's row of row i of table t. */
export interface Padded {
  readonly tables: readonly Table[];
  readonly rows: readonly Int32Array[];
}

export function pad(sentences: Sentences, labels: readonly Labels[] | undefined, rows: Int32Array, encoding: TextEncoding): Padded {
  const { words, starts } = sentences;
  const codes = codesOf(sentences);
  const index = indexOfWords(words, encoding);
  const groups = encoding.lengths.map((): number[] => []);
  for (const row of rows) groups[lengthFor(starts[row + 1]! - starts[row]!, encoding)]!.push(row);
  const used = groups.flatMap((group, i) => (group.length > 0 ? [{ rows: Int32Array.from(group), length: encoding.lengths[i]! }] : []));
  return {
    rows: used.map((u) => u.rows),
    tables: used.map(({ rows, length }): Table => {
      const x = new Float32Array(rows.length * length).fill(PADDING);
      for (const [i, row] of rows.entries()) {
        const from = starts[row]!;
        const count = Math.min(starts[row + 1]! - from, length);
        for (let k = 0; k < count; k++) x[i * length + k] = index[codes[from + k]!]!;
      }
      return { rows: rows.length, shape: [length], x, y: labels ? labelRows(labels, rows) : new Float32Array(0) };
    }),
  };
}

/** Batches of one length each; lengths come in an order that seed and epoch give, what is left over of each at the end. */
export function partOfLengths({ tables, rows }: Padded): Part {
  const piece = (table: Table, batches: readonly Int32Array[]): Piece => ({ batches, shape: table.shape, table: () => Promise.resolve(table), passing: false });
  return {
    rows: tables.reduce((sum, t) => sum + t.rows, 0),
    ids: Int32Array.from(rows.flatMap((r) => [...r])),
    epoch(batch, seed, epoch) {
      const all = tables.flatMap((table) => batches(table.rows, batch, seed, epoch).map((b) => piece(table, [b])));
      const order = shuffle(Int32Array.from(all, (_, i) => i), generator(seed, "lengths", epoch));
      const isWhole = (p: Piece) => p.batches[0]!.length === batch;
      const drawn = Array.from(order, (i) => all[i]!);
      return [...drawn.filter(isWhole), ...drawn.filter((p) => !isWhole(p))];
    },
    all: (batch) => tables.map((table) => piece(table, inOrder(table.rows, batch))),
  };
}
