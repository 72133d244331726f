import type { Model } from "../../../language/index.ts";
import { leastSize, rowShapeAt, takesRow } from "../../shapes.ts";
import { TrainerError } from "../../errors.ts";
import { tokensOf } from "../indices.ts";
import { inputOf, type Meeting } from "../prepare.ts";
import type { Raw } from "../raw.ts";
import { fitLengths, fitVocabulary, type TextEncoding } from "./encoding.ts";

/** Vocabulary and lengths of the training rows, as the model takes them; or what does not fit. */
export function fitText(raw: Raw, isTraining: Uint8Array, { model, data }: Meeting): TextEncoding {
  const args = data.settings.source.args as { vocabulary: number; length: number; lowercase: boolean; punctuation: boolean };
  const length = textLength({ model, data }, raw.file);
  const vocabulary = fitVocabulary([raw.sentences!], isTraining, args.vocabulary);
  const tokens = tokensOf(model, model.inputs[0]!);
  if (vocabulary.length + 2 > tokens) {
    throw new TrainerError("data-index", `the vocabulary has ${vocabulary.length + 2} indices, padding and unknown words included, and the embedding of model ${model.name} has ${tokens}; write text("…", vocabulary = ${tokens}), or embedding(${vocabulary.length + 2}, …)`, { file: raw.file });
  }
  const lengths = length === undefined ? [...new Set(fitLengths([raw.sentences!], isTraining, rowShapeAt(model, leastSize(model))[0]!, args.length).map((l) => taken(model, l)))] : [length];
  return { vocabulary, lengths, lowercase: args.lowercase, punctuation: args.punctuation };
}

/** The next length that an input of a computed size takes: [2 * N] an even one. */
export function taken(model: Model, length: number): number {
  for (let n = length; n < 2 * length + MOST_BETWEEN; n++) if (takesRow(model, [n])) return n;
  return length;
}

const MOST_BETWEEN = 4096;

/** Words of a sentence where the model says how many; undefined where it takes any number. */
function textLength({ model, data }: Meeting, file: string): number | undefined {
  const { shape, int } = inputOf(model);
  if (!int || shape.length !== 1) throw new TrainerError("data-width", `data ${data.name} gives sentences, and model ${model.name} takes ${int ? "other shapes" : "numbers"}; begin it with input words int [N] and an embedding`, { file });
  return typeof shape[0] === "number" ? shape[0] : undefined;
}
