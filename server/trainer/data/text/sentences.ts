/** Sentences as read: words by number, one after another. */
export interface Sentences {
  /** Every different word, by its number. */
  readonly words: readonly string[];
  /** Numbers of words. */
  readonly codes: Int32Array;
  /** Row i has codes[starts[i]] up to codes[starts[i + 1]]. */
  readonly starts: Int32Array;
}

/** Words of a data set that are kept in memory: text is not read in shards. */
const MOST_WORDS = 2 ** 28;

export class SentenceReader {
  private readonly numbers = new Map<string, number>();
  private codes = new Int32Array(1 << 16);
  private length = 0;
  private readonly starts: number[] = [0];

  /** False where the sentences are too many for memory. */
  add(words: readonly string[]): boolean {
    if (this.length + words.length > MOST_WORDS) return false;
    if (this.length + words.length > this.codes.length) {
      const larger = new Int32Array(Math.max(2 * this.codes.length, this.length + words.length));
      larger.set(this.codes);
      this.codes = larger;
    }
    for (const word of words) {
      let code = this.numbers.get(word);
      if (code === undefined) this.numbers.set(word, (code = this.numbers.size));
      this.codes[this.length++] = code;
    }
    this.starts.push(this.length);
    return true;
  }

  take(): Sentences {
    return { words: [...this.numbers.keys()], codes: this.codes.slice(0, this.length), starts: Int32Array.from(this.starts) };
  }
}
