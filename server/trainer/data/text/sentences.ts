import { chunks, type Stored } from "../stored.ts";
import type { WordList } from "./words.ts";

/** Sentences as read: words by number, one after another. */
export interface Sentences {
  /** Every different word, by its number. */
  readonly words: WordList;
  /** Numbers of words, of width 1. */
  readonly codes: Stored;
  /** Row i has codes from starts[i] up to starts[i + 1]. */
  readonly starts: ArrayLike<number>;
}

/** Of sentences in memory the numbers of all words. */
export function codesOf({ codes }: Sentences): Float32Array {
  if (codes.kind !== "memory") throw new Error("sentences in a file are read one after another");
  return codes.x;
}

/** The words' numbers of each row in order; each is gone once the next is taken. */
export function* codesByRow({ codes, starts }: Pick<Sentences, "codes" | "starts">): Generator<Float32Array, undefined> {
  const pieces = chunks(codes)[Symbol.iterator]();
  let [from, values]: [number, Float32Array] = [0, new Float32Array(0)];
  for (let row = 0; row + 1 < starts.length; row++) {
    const [begin, end] = [starts[row]!, starts[row + 1]!];
    if (end <= from + values.length) {
      yield values.subarray(begin - from, end - from);
      continue;
    }
    const own = new Float32Array(end - begin);
    for (let at = begin; at < end; ) {
      if (at >= from + values.length) {
        const next = pieces.next();
        if (next.done) throw new Error("fewer words than the rows have");
        ({ from, values } = next.value);
      }
      const some = values.subarray(at - from, end - from);
      own.set(some, at - begin);
      at += some.length;
    }
    yield own;
  }
}

/** Rows' words' numbers, in memory. */
export function gathered(words: WordList, rows: readonly ArrayLike<number>[]): Sentences {
  const starts = new Float64Array(rows.length + 1);
  for (const [i, row] of rows.entries()) starts[i + 1] = starts[i]! + row.length;
  const x = new Float32Array(starts[rows.length]!);
  for (const [i, row] of rows.entries()) x.set(row, starts[i]!);
  return { words, codes: { kind: "memory", x, width: 1, rows: x.length }, starts };
}
