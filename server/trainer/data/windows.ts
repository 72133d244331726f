import { isInMemory, type Raw, sentencesOf } from "./raw.ts";
import { chunks } from "./stored.ts";
import { codesByRow, gathered } from "./text/sentences.ts";

/** Some rows of a source, in memory. */
export interface Window {
  /** The first row. */
  readonly from: number;
  readonly raw: Raw;
}

/** All rows in order: at once where they are in memory, else some at a time. */
export function* windows(raw: Raw, most: number): Generator<Window> {
  if (isInMemory(raw)) return yield { from: 0, raw };
  const { width } = raw;
  const texts = sentencesOf(raw).map((t) => t && { words: t.words, rows: codesByRow(t) });
  for (const { from, rows, values } of chunks(raw.values)) {
    for (let at = 0; at < rows; at += most) {
      const count = Math.min(most, rows - at);
      const own = texts.map((t) => t && gathered(t.words, Array.from({ length: count }, () => t.rows.next().value!.slice())));
      const x = values.subarray(at * width, (at + count) * width);
      yield { from: from + at, raw: { ...raw, rows: count, values: { kind: "memory", x, width, rows: count }, lines: raw.lines?.subarray(from + at, from + at + count), ...(raw.sentences ? { sentences: own[0]! } : raw.texts && { texts: own }) } };
    }
  }
}
