export interface WordOptions {
  readonly lowercase: boolean;
  /** Each mark is a word of its own; otherwise marks are left out. */
  readonly punctuation: boolean;
}

/** Letters and digits with the marks that combine with them, and apostrophes between letters: "don't" is one word. */
const WORD = /[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}_]/gu;

/** A sentence cut into words: Unicode text in its composed form, in lower case if asked for; everything else that is no space is a punctuation mark. */
export function wordsOf(text: string, { lowercase, punctuation }: WordOptions): string[] {
  const composed = text.normalize("NFC");
  const words = (lowercase ? composed.toLowerCase() : composed).match(WORD) ?? [];
  return punctuation ? words : words.filter((w) => /^[\p{L}\p{N}\p{M}_]/u.test(w));
}
