/** Sentences that are compared with each other, and words of each. */
const MOST_SENTENCES = 2_000;
const MOST_WORDS = 64;

/** What stands for every word that has no number. */
const UNKNOWN = "\u0001";

/** Share of the rows whose label their words can tell, at best: equal sentences get one answer, which is right for the most frequent of their labels. */
export class Told {
  private readonly rows: { readonly words: readonly string[]; readonly length: number; readonly label: string }[] = [];

  add(words: readonly string[], label: string): void {
    if (this.rows.length < MOST_SENTENCES) this.rows.push({ words: words.slice(0, MOST_WORDS), length: words.length, label });
  }

  get size(): number {
    return this.rows.length;
  }

  /** Of their first `length` words, of which only some may be known. */
  share(length: number, isKnown?: (word: string) => boolean): number {
    const sentences = new Map<string, Map<string, number>>();
    for (const [i, row] of this.rows.entries()) {
      // What was not kept may tell them apart.
      const alone = Math.min(row.length, length) > MOST_WORDS ? `${i}` : "";
      const words = row.words.slice(0, length);
      const key = [alone, ...(isKnown ? words.map((w) => (isKnown(w) ? w : UNKNOWN)) : words)].join("\0");
      const labels = sentences.get(key) ?? new Map<string, number>();
      sentences.set(key, labels.set(row.label, (labels.get(row.label) ?? 0) + 1));
    }
    return [...sentences.values()].reduce((sum, labels) => sum + Math.max(...labels.values()), 0) / this.rows.length;
  }
}
