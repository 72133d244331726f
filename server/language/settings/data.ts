import { column, listOf, oneOf, type OptionDef, optional, type Params, real, required, text, whole, withDefault } from "../params.ts";

const sources: Readonly<Record<string, OptionDef>> = {
  csv: {
    name: "csv",
    doc: "A file of comma-separated values with a header line. One row an example.",
    params: {
      path: required(text(), "Path of the file, relative to this one."),
      delimiter: withDefault(text(), ",", "What stands between two values."),
    },
  },
};

/** Settings of a `data` block. `label` may be a class (words or whole numbers) or a number (regression). */
export const dataSettings = {
  source: required(oneOf(sources, "a source: csv(\"file.csv\")"), "Where the rows come from."),
  label: required(column(), "The column to predict. The other columns are features, in order."),
  features: optional(listOf(column(), "a list of columns"), "The columns that are features, in order.", "every column but the label"),
  shape: optional(listOf(whole(), "a list of sizes"), "Shape of one row's features, channels last.", "[number of features]"),
  scale: withDefault(real({ above: 0 }), 1, "Every feature is multiplied by this."),
  split: withDefault(listOf(real({ min: 0, max: 1 }), "a list of three shares: train, validation, test"), [0.8, 0.1, 0.1], "Shares of the rows for training, validation and test: stratified by class, drawn by the seed."),
} satisfies Params;
