import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { TrainerError } from "../../errors.ts";
import type { Place } from "../labels.ts";
import { notCached, type Store } from "../store.ts";
import type { Stored } from "../stored.ts";
import type { Sentences } from "./sentences.ts";
import { WordRuns } from "./word-runs.ts";

/** Whole numbers up to here are exact in single precision. */
const EXACT = 2 ** 24;
/** Numbers that are given while words go to disk: a word may get one each time that it comes back. */
const MOST_GIVEN = 2 ** 28;

export interface WordBounds {
  /** Those that are kept in memory, with about 130 bytes each; past them words go to disk. */
  readonly kept: number;
  /** Different words of a column. */
  readonly most: number;
}

export const WORDS: WordBounds = { kept: 2 ** 20, most: EXACT };

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const PAST_EXACT = 0x4b800000 - EXACT;

/** The i-th whole number that single precision holds, from 0: past 2^24 they lie further apart. */
function floatOf(i: number): number {
  if (i < EXACT) return i;
  bits[0] = PAST_EXACT + i;
  return float[0]!;
}

function placeOf(value: number): number {
  if (value < EXACT) return value;
  float[0] = value;
  return bits[0]! - PAST_EXACT;
}

export class SentenceReader {
  /** Of the words that are kept in memory. */
  private readonly numbers = new Map<string, number>();
  private readonly runs: WordRuns;
  private readonly store: Store;
  private readonly starts: number[] = [0];
  private given = 0;
  private last: Place | undefined;
  private readonly bounds: WordBounds;

  constructor(store: Store, bounds: WordBounds = WORDS) {
    this.store = store;
    this.bounds = bounds;
    this.runs = new WordRuns(`${store.path}.words`);
  }

  /** Throws `data-too-large` where different words are too many, and what the store throws. */
  add(words: readonly string[], place: Place): void {
    const { numbers, bounds } = this;
    for (const word of words) {
      let code = numbers.get(word);
      if (code === undefined) {
        if (numbers.size >= bounds.most || this.given >= MOST_GIVEN) throw this.tooMany(place);
        if (numbers.size >= bounds.kept) this.spill();
        // A part of a string holds the whole of it: a copy does not.
        numbers.set(Buffer.from(word).toString(), (code = floatOf(this.given++)));
      }
      this.store.push(code);
    }
    this.starts.push(this.store.length);
    this.last = place;
  }

  take(): Sentences {
    const starts = Float64Array.from(this.starts);
    if (!this.runs.any) return { words: [...this.numbers.keys()], codes: this.store.take(1), starts };
    this.spill();
    const { words, places } = this.runs.merge();
    if (words.length > this.bounds.most) throw this.tooMany(this.last!);
    return { words, codes: renumbered(this.store.take(1), places), starts };
  }

  discard(): void {
    this.store.discard();
    this.runs.discard();
  }

  private spill(): void {
    this.runs.add([...this.numbers.keys()], (word) => placeOf(this.numbers.get(word)!));
    this.numbers.clear();
  }

  private tooMany(place: Place): TrainerError {
    return new TrainerError("data-too-large", `the texts have more than ${this.bounds.most} different words, and each needs a number of its own; leave out what occurs once (numbers, addresses), or train on a part of them`, place);
  }
}

/** The same words by other numbers, where they lie. */
function renumbered(codes: Stored, places: Int32Array): Stored {
  const change = (values: Float32Array): void => {
    for (let i = 0; i < values.length; i++) values[i] = places[placeOf(values[i]!)]!;
  };
  if (codes.kind === "memory") {
    change(codes.x);
    return codes;
  }
  const file = openSync(codes.path, "r+");
  const values = new Float32Array(1 << 16);
  const bytes = new Uint8Array(values.buffer);
  try {
    for (let at = 0; ; ) {
      const read = readSync(file, bytes, 0, bytes.length, at);
      if (read === 0) return codes;
      change(values.subarray(0, read / 4));
      for (let done = 0; done < read; ) done += writeSync(file, bytes, done, read - done, at + done);
      at += read;
    }
  } catch (e) {
    throw notCached(codes.path, e);
  } finally {
    closeSync(file);
  }
}
