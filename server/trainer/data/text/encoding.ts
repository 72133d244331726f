import { codesByRow, type Sentences } from "./sentences.ts";
import { merged, type WordList } from "./words.ts";
import type { WordOptions } from "../../../formats/words.ts";

/** How sentences became numbers in training: kept with the weights. */
export interface TextEncoding extends WordOptions {
  /** By index, from 2: 0 is padding, 1 an unknown word. The most frequent first. */
  readonly vocabulary: readonly string[];
  /** Lengths that sentences are padded to, ascending; longer ones are cut at the last. */
  readonly lengths: readonly number[];
}

export const PADDING = 0;
export const UNKNOWN_WORD = 1;

/** Different lengths: each is a graph of its own to the engine. */
const MOST_LENGTHS = 5;
/** Lengths are multiples of this, as far as the longest allows. */
const GRAIN = 4;

/** The most frequent words of the training rows, `size` indices at most with padding and unknown; equally frequent ones by letter. Of several columns, in all of them. */
export function fitVocabulary(columns: readonly Sentences[], isTraining: Uint8Array, size: number): string[] {
  const [first] = columns;
  const counted = columns.length === 1 ? counts(first!, isTraining) : summed(columns.map((c) => byLetter(c, isTraining)));
  return mostFrequent(counted, Math.max(size - 2, 0));
}

type Counted = readonly [word: string, count: number];

const before = ([a, m]: Counted, [b, n]: Counted): number => n - m || (a < b ? -1 : 1);

/** The first `size` of all, of which no more than twice as many are held: of millions of words most occur once. */
function mostFrequent(words: Iterable<Counted>, size: number): string[] {
  let found: Counted[] = [];
  let least: Counted | undefined;
  const cut = (): void => {
    found = found.sort(before).slice(0, size);
    if (found.length === size) least = found.at(-1);
  };
  for (const word of words) {
    if (word[1] === 0 || (least && before(least, word) < 0)) continue;
    found.push(word);
    if (found.length >= 2 * size + AT_LEAST) cut();
  }
  cut();
  return found.map(([word]) => word);
}

/** Held at least before they are sorted. */
const AT_LEAST = 1 << 12;

function* counts(sentences: Sentences, isTraining: Uint8Array): Generator<Counted, undefined> {
  const found = countsOf(sentences, isTraining);
  let code = 0;
  for (const word of sentences.words) yield [word, found[code++]!];
}

/** By letter: as they lie in a file. */
function byLetter(sentences: Sentences, isTraining: Uint8Array): Iterator<Counted, undefined> {
  const all = counts(sentences, isTraining);
  return sentences.words.path === undefined ? [...all].sort(([a], [b]) => (a < b ? -1 : 1)).values() : all;
}

function countsOf(sentences: Sentences, isTraining: Uint8Array): Uint32Array {
  const counts = new Uint32Array(sentences.words.length);
  let row = 0;
  for (const codes of codesByRow(sentences)) if (isTraining[row++] === 1) for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  return counts;
}

function* summed(columns: readonly Iterator<Counted, undefined>[]): Generator<Counted, undefined> {
  for (const [word, found] of merged(columns)) yield [word, found.reduce((a, b) => a + b, 0)];
}

/**
 * Lengths to pad to: those that a fifth, two fifths, … of the training rows stay within, so that each batch holds
 * sentences of similar length. Between `least` (what the model needs) and `most`.
 */
export function fitLengths(columns: readonly Pick<Sentences, "starts">[], isTraining: Uint8Array, least: number, most: number): number[] {
  const lengths = new Int32Array(isTraining.length);
  let count = 0;
  for (let row = 0; row < isTraining.length; row++) if (isTraining[row] === 1) lengths[count++] = longestIn(columns, row);
  const sorted = lengths.subarray(0, count).sort();
  const rounded = Array.from({ length: MOST_LENGTHS }, (_, i) => {
    const length = sorted[Math.ceil(((i + 1) / MOST_LENGTHS) * sorted.length) - 1] ?? 1;
    return Math.min(Math.max(Math.ceil(length / GRAIN) * GRAIN, least), Math.max(most, least));
  });
  return [...new Set(rounded)].sort((a, b) => a - b);
}

/** Words of a row: where it has several sentences, of the longest. */
export const longestIn = (columns: readonly Pick<Sentences, "starts">[], row: number): number => columns.reduce((most, { starts }) => Math.max(most, starts[row + 1]! - starts[row]!), 0);

/** Number of the length that a sentence of `words` words is padded to. */
export function lengthFor(words: number, { lengths }: Pick<TextEncoding, "lengths">): number {
  const at = lengths.findIndex((l) => words <= l);
  return at < 0 ? lengths.length - 1 : at;
}

/** For each word of a list the place of it that `of` says, or `otherwise`. */
export function placesIn(words: WordList, of: ReadonlyMap<string, number>, otherwise: number): Int32Array {
  const found = new Int32Array(words.length);
  let code = 0;
  for (const word of words) found[code++] = of.get(word) ?? otherwise;
  return found;
}

/** Rows of one list are encoded some at a time. */
const known = new WeakMap<WordList, WeakMap<TextEncoding, Int32Array>>();

/** Index of each word of `words` by the vocabulary. */
export function indexOfWords(words: WordList, encoding: TextEncoding): Int32Array {
  const mine = known.get(words) ?? new WeakMap<TextEncoding, Int32Array>();
  const found = mine.get(encoding) ?? placesIn(words, new Map(encoding.vocabulary.map((w, i) => [w, i + 2])), UNKNOWN_WORD);
  known.set(words, mine.set(encoding, found));
  return found;
}
