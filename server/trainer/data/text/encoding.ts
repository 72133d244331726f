import { codesByRow, type Sentences } from "./sentences.ts";
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
  const counted = columns.map((sentences) => ({ words: sentences.words, counts: countsOf(sentences, isTraining) }));
  const all = counted.length === 1 ? frequent(counted[0]!, size) : [...summed(counted)];
  const seen = all.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return seen.slice(0, Math.max(size - 2, 0)).map(([word]) => word);
}

function countsOf(sentences: Sentences, isTraining: Uint8Array): Uint32Array {
  const counts = new Uint32Array(sentences.words.length);
  let row = 0;
  for (const codes of codesByRow(sentences)) if (isTraining[row++] === 1) for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  return counts;
}

/** Words that can be among the `size` most frequent, with how often: of millions most occur once, and are not sorted. */
function frequent({ words, counts }: { readonly words: readonly string[]; readonly counts: Uint32Array }, size: number): [string, number][] {
  const least = Math.max(counts.slice().sort().at(-Math.min(Math.max(size, 1), counts.length)) ?? 1, 1);
  const found: [string, number][] = [];
  for (const [code, count] of counts.entries()) if (count >= least) found.push([words[code]!, count]);
  return found;
}

function summed(columns: readonly { readonly words: readonly string[]; readonly counts: Uint32Array }[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { words, counts } of columns) for (const [code, count] of counts.entries()) if (count > 0) all.set(words[code]!, (all.get(words[code]!) ?? 0) + count);
  return all;
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

/** Index of each word of `words` by the vocabulary. */
export function indexOfWords(words: readonly string[], { vocabulary }: TextEncoding): Int32Array {
  const at = new Map(vocabulary.map((w, i) => [w, i + 2]));
  return Int32Array.from(words, (w) => at.get(w) ?? UNKNOWN_WORD);
}
