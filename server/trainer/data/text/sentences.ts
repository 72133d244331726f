import { TrainerError } from "../../errors.ts";
import type { Place } from "../labels.ts";
import type { Store } from "../store.ts";
import { chunks, type Stored } from "../stored.ts";

/** Sentences as read: words by number, one after another. */
export interface Sentences {
  /** Every different word, by its number. */
  readonly words: readonly string[];
  /** Numbers of words, of width 1. */
  readonly codes: Stored;
  /** Row i has codes from starts[i] up to starts[i + 1]. */
  readonly starts: ArrayLike<number>;
}

/** Different words of one column: they are counted in memory, and their numbers are exact in single precision. */
const MOST_WORDS = 2 ** 23;

export class SentenceReader {
  private readonly numbers = new Map<string, number>();
  private readonly store: Store;
  private readonly starts: number[] = [0];

  private readonly most: number;

  constructor(store: Store, most = MOST_WORDS) {
    this.store = store;
    this.most = most;
  }

  /** Throws `data-too-large` where different words are too many, and what the store throws. */
  add(words: readonly string[], place: Place): void {
    const { numbers } = this;
    for (const word of words) {
      let code = numbers.get(word);
      if (code === undefined) {
        if (numbers.size >= this.most) throw new TrainerError("data-too-large", `the texts have more than ${this.most} different words, and each is counted in memory; leave out what occurs once (numbers, addresses), or train on a part of them`, place);
        // A part of a string holds the whole of it: a copy does not.
        numbers.set(Buffer.from(word).toString(), (code = numbers.size));
      }
      this.store.push(code);
    }
    this.starts.push(this.store.length);
  }

  take(): Sentences {
    return { words: [...this.numbers.keys()], codes: this.store.take(1), starts: Float64Array.from(this.starts) };
  }

  discard(): void {
    this.store.discard();
  }
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
export function gathered(words: readonly string[], rows: readonly ArrayLike<number>[]): Sentences {
  const starts = new Float64Array(rows.length + 1);
  for (const [i, row] of rows.entries()) starts[i + 1] = starts[i]! + row.length;
  const x = new Float32Array(starts[rows.length]!);
  for (const [i, row] of rows.entries()) x.set(row, starts[i]!);
  return { words, codes: { kind: "memory", x, width: 1, rows: x.length }, starts };
}
