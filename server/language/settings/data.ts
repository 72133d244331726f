import { column, either, listOf, oneOf, optional, type Params, real, required, whole, withDefault, word } from "../params.ts";
import { groups, labelGroups } from "./groups.ts";
import { sources } from "./sources/index.ts";

const source = () => oneOf(sources, `a source: ${Object.keys(sources).map((n) => `${n}(…)`).join(", ")}`);
const DEFAULT_SPLIT = [0.8, 0.1, 0.1];

/** Settings of a `data` block. `label` may be a class (words or whole numbers) or a number (regression). */
export const dataSettings = {
  source: required(source(), "Where the rows come from."),
  test: optional(source(), "Another source of the same kind, whose rows are the test part; `split` is then [train, validation].", "a share of the rows, see split"),
  label: optional(either(column(), oneOf(labelGroups, "outputs(NAME = column, …)")), "The column to predict. The other columns are features, in order. Needed where the source has columns. For a model of several outputs, which column each predicts.", "the source's own labels"),
  features: optional(either(listOf(column(), "a list of columns"), oneOf(groups, "inputs(NAME = columns, …)")), "The columns that are features, in order. For a model of several inputs, which of them flow into which.", "every column but the label"),
  categories: optional(listOf(column(), "a list of columns"), "Features that are categories though they look like numbers. Columns of words are categories anyway: each becomes one column a category of the training part, 1 in its own and 0 elsewhere.", "columns of words"),
  missing: withDefault(word(["error", "drop", "mean"]), "error", "What a missing value means (empty, NA, N/A, NaN, null or ?): an error, its row is left out, or the mean of the training part is put in (a category: none).", "error"),
  shape: optional(listOf(whole(), "a list of sizes"), "Shape of one row's features, channels last.", "the source's own; [number of features]"),
  scale: withDefault(real({ above: 0 }), 1, "Every number is multiplied by this."),
  normalize: withDefault(word(["none", "standard", "minmax"]), "none", "From the training part, stored with the weights: `standard` gives each column mean 0 and variance 1, `minmax` puts it into [0, 1]. Where `shape` has several axes, each channel is one column.", "none"),
  split: withDefault(either(listOf(real({ min: 0, max: 1 }), "a list of three shares: train, validation, test"), column()), DEFAULT_SPLIT, "Shares of the rows for training, validation and test: stratified by class, drawn by the seed. Or a column that says `train`, `validation` or `test` in each row."),
  memory: withDefault(whole({ min: 1024 }), 2 ** 30, "Bytes of numbers, and of words at 4 each, that are kept in memory. Beyond them the rows are read from disk in shuffled shards.", "1GiB"),
} satisfies Params;
