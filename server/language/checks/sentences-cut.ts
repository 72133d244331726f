import type { Fix } from "../findings.ts";
import type { WordsProfile } from "../host.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { entryOf, fileOf, settingSite } from "./fixes.ts";
import { labelOf } from "./label.ts";
import { count, percent } from "./places.ts";

/**
 * Of what whole sentences tell, the share that is left. Measured on short reviews, cut to 3, 5, 8, 10, 12 and 16 words, of which
 * 0.55, 0.69, 0.78, 0.85, 0.93 and 1.00 is left: accuracy 0.50, 0.53, 0.64, 0.74, 0.79 and 0.97; with 5, 12, 22, 32 and
 * 52 words numbered (0.73, 0.80, 0.87, 0.94, 0.96): 0.52, 0.49, 0.52, 0.51 and 0.71.
 */
const LEFT = 0.95;
/** Of the sentences the new length leaves so many whole. */
const WHOLE = 0.9;

/**
 * Sentences that `length` or `vocabulary` makes the same though their labels differ: a model gives equal rows one answer,
 * so of the rows that were read no more are right than have the most frequent label of their sentence (the error of the best
 * rule; Duda and Hart 1973). Counted, and compared with what whole sentences tell.
 * Guards: what is left out must make them the same, so long sentences cut to a part that still differs are none; labels that
 * contradict each other anyway; numbers as labels.
 */
export const sentencesCut = defineCheck({
  code: "sentences-cut",
  needsData: true,
  *train(train) {
    const words = train.data?.profile?.words;
    const told = words?.told;
    if (!told || labelOf(train)?.kind !== "class") return;
    if (told.cut < LEFT * told.whole) yield cutShort(train, words, told);
    else if (told.known < LEFT * told.whole) yield unknown(train, told);
  },
});

type Told = NonNullable<WordsProfile["told"]>;

function cutShort(train: Trained, { lengths }: WordsProfile, { rows, whole, cut }: Told): CheckFinding {
  const length = train.data!.settings!.source.args["length"] as number;
  const enough = within(lengths, WHOLE);
  return report(train, `after ${length === 1 ? "the first word" : `${count(length)} words`} sentences are cut off, and then so many read the same under different labels that no model is right for more than ${percent(cut)} of ${count(rows)} rows, against ${percent(whole)} by whole sentences (counted); half of them have ${count(within(lengths, 1 / 2))} words or more: use length = ${count(enough)}`, "length", enough);
}

function unknown(train: Trained, { rows, words, cut, known }: Told): CheckFinding {
  const vocabulary = train.data!.settings!.source.args["vocabulary"] as number;
  const enough = words + 2;
  return report(train, `a vocabulary of ${count(vocabulary)} numbers the ${count(vocabulary - 2)} most frequent of ${count(words)} words, and all others read the same: no model is right for more than ${percent(known)} of ${count(rows)} rows, against ${percent(cut)} by all words (counted); use vocabulary = ${count(enough)}, and as many rows of the embedding`, "vocabulary", enough);
}

function report({ data, model }: Trained, message: string, name: string, enough: number): CheckFinding {
  const { declaration } = data!;
  const file = fileOf(model);
  const entry = entryOf(declaration, "source");
  const written = entry?.value.kind === "call" ? entry.value.args.find((a) => a.name?.text === name) : undefined;
  const fixes: Fix[] = entry && written ? [{ title: `Use ${name} = ${count(enough)}`, edits: [{ site: { file, line: entry.line ?? declaration.line, span: written.value.span }, text: String(enough) }] }] : [];
  return { code: "sentences-cut", severity: "warning", site: settingSite(file, declaration, "source"), about: [], message, fixes };
}

/** Words within which this share of the sentences ends. */
function within(lengths: ReadonlyMap<number, number>, share: number): number {
  const rows = [...lengths.values()].reduce((a, b) => a + b, 0);
  let seen = 0;
  for (const [words, n] of [...lengths].sort(([a], [b]) => a - b)) if ((seen += n) >= share * rows) return words;
  return 0;
}
