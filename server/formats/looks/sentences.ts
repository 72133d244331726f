import type { ProfileRequest, WordsProfile } from "../../language/index.ts";
import { wordsOf } from "../words.ts";
import { Told } from "./told.ts";

/** Different words of a text that are told apart. */
const MOST_WORDS = 500_000;
/** Sentences, and words of each, that are kept as read. */
const FIRST_SENTENCES = 64;
const FIRST_WORDS = 1_024;

interface Seen {
  /** Rows in which it stands, and the last of them. */
  rows: number;
  last: number;
  times: number;
}

/** The words of one column of text. */
export class Words {
  /** The column. */
  readonly at: number;
  /** Of the label. */
  private readonly answer: number;
  private readonly options: { readonly lowercase: boolean; readonly punctuation: boolean; readonly vocabulary: number; readonly length: number };
  private readonly lengths = new Map<number, number>();
  private readonly seen = new Map<string, Seen>();
  private readonly first: string[][] = [];
  private readonly told = new Told();
  private row = 0;

  /** Undefined where it is not clear which column is the text. */
  static of(names: readonly string[], { args, label, split }: Omit<ProfileRequest, "files">): Words | undefined {
    const named = args["column"] as string | undefined;
    const others = names.filter((n) => n !== label && n !== split);
    const text = named ?? (others.length === 1 ? others[0]! : undefined);
    const at = text === undefined ? -1 : names.indexOf(text);
    return at < 0 ? undefined : new Words(at, label === undefined ? -1 : names.indexOf(label), args as unknown as Words["options"]);
  }

  private constructor(at: number, answer: number, options: Words["options"]) {
    this.at = at;
    this.answer = answer;
    this.options = options;
  }

  add(record: readonly string[]): void {
    const words = wordsOf(record[this.at] ?? "", this.options);
    this.row++;
    this.lengths.set(words.length, (this.lengths.get(words.length) ?? 0) + 1);
    if (this.first.length < FIRST_SENTENCES) this.first.push(words.slice(0, FIRST_WORDS));
    if (this.answer >= 0) this.told.add(words, record[this.answer]?.trim() ?? "");
    for (const word of words) {
      const known = this.seen.get(word);
      if (!known) {
        if (this.seen.size < MOST_WORDS) this.seen.set(word, { rows: 1, last: this.row, times: 1 });
        continue;
      }
      known.times++;
      if (known.last === this.row) continue;
      known.rows++;
      known.last = this.row;
    }
  }

  profile(): WordsProfile {
    const occurrences = new Map<number, number>();
    for (const { rows } of this.seen.values()) occurrences.set(rows, (occurrences.get(rows) ?? 0) + 1);
    const ranks = this.ranks();
    const told = this.whatIsTold();
    return { lengths: this.lengths, occurrences, first: this.first.map((words) => Int32Array.from(words, (w) => (ranks.get(w) ?? -1) + 2)), ...(told && { told }) };
  }

  /** Undefined where nothing is cut off. */
  private whatIsTold(): WordsProfile["told"] {
    const { told, seen, options: { length, vocabulary } } = this;
    const [tooLong, tooMany] = [[...this.lengths.keys()].some((n) => n > length), seen.size + 2 > vocabulary];
    if (told.size === 0 || !(tooLong || tooMany)) return undefined;
    const [whole, cut] = [told.share(Infinity), told.share(length)];
    return { rows: told.size, words: seen.size, whole, cut, known: tooMany ? told.share(length, this.most(vocabulary - 2)) : cut };
  }

  /** Whether a word is among the `most` most frequent ones, or as frequent as the last of them: what is told at best stays a bound. */
  private most(most: number): (word: string) => boolean {
    const times = Uint32Array.from(this.seen.values(), (s) => s.times).sort();
    const least = times[times.length - most] ?? 0;
    return (word) => (this.seen.get(word)?.times ?? 0) >= least;
  }

  /** Of the words of the first sentences: how many come before each, the most frequent first, equally frequent ones by letter. */
  private ranks(): ReadonlyMap<string, number> {
    const wanted = new Map<number, string[]>();
    for (const word of new Set(this.first.flat())) {
      const times = this.seen.get(word)?.times;
      if (times !== undefined) wanted.set(times, [...(wanted.get(times) ?? []), word]);
    }
    for (const words of wanted.values()) words.sort();
    const ranks = new Map<string, number>();
    /** By frequency all words; of a wanted frequency, how many lie before each wanted word, from the one before it on. */
    const counts = new Map<number, number>();
    const between = new Map([...wanted].map(([times, words]) => [times, new Uint32Array(words.length + 1)]));
    for (const [word, { times }] of this.seen) {
      counts.set(times, (counts.get(times) ?? 0) + 1);
      const words = wanted.get(times);
      if (words) between.get(times)![placeOf(word, words)]!++;
    }
    let before = 0;
    for (const times of [...counts.keys()].sort((a, b) => b - a)) {
      let smaller = before;
      for (const [i, word] of (wanted.get(times) ?? []).entries()) {
        smaller += between.get(times)![i]!;
        ranks.set(word, smaller - 1);
      }
      before += counts.get(times)!;
    }
    return ranks;
  }
}

/** The first of these sorted words that is not before `word`. */
function placeOf(word: string, words: readonly string[]): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (words[mid]! < word) low = mid + 1;
    else high = mid;
  }
  return low;
}
