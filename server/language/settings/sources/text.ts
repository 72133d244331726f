import { bool, column, optional, type Params, path, required, text as inQuotes, whole, withDefault } from "../../params.ts";
import { defineSource } from "./define.ts";

/** How sentences become numbers: of this source, and of a column that flows into one input of several. */
export const wordParams = {
  vocabulary: withDefault(whole({ min: 3 }), 20_000, "Largest number of different indices, padding and unknown words included: the most frequent words of the training part."),
  length: withDefault(whole(), 256, "Words past this many are left out."),
  lowercase: withDefault(bool(), true, "Whether `The` and `the` are one word."),
  punctuation: withDefault(bool(), true, "Whether each punctuation mark is a word of its own; otherwise it is left out."),
} satisfies Params;

export const text = defineSource({
  name: "text",
  doc: "Sentences with labels: a column of a CSV file. They are cut into words, numbered by a vocabulary of the training part (0 is padding, 1 an unknown word) and padded to a few lengths, for a model that begins with `input words int [N]`.",
  rows: "text",
  params: {
    path: required(path(["csv", "tsv", "txt"]), "Path of the file, relative to this one."),
    column: optional(column(), "The column that is text.", "the only column beside the label"),
    delimiter: withDefault(inQuotes(), ",", "What stands between two values."),
    ...wordParams,
  },
});
