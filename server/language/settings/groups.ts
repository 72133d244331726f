import { column, columns, either, oneOf, type ParamType, real, required } from "../params.ts";
import { losses } from "./losses.ts";
import { options } from "./options.ts";
import { wordParams } from "./sources/text.ts";

/** A column that is no number and no category. */
const texts = options({
  name: "text",
  doc: "A column of sentences, cut into words that are numbered by a vocabulary of the training part and padded, for an input of whole numbers. Inputs that flow into one `shared` embedding have one vocabulary.",
  params: { column: required(column(), "The column that is text."), ...wordParams },
});

/** Which columns flow into which input. */
export const groups = options({
  name: "inputs",
  doc: "Columns of each input of a model that has several, by the input's name. One column may flow into several. An input of whole numbers takes words too: each category of the training part is a number from 1, any other value 0.",
  params: {},
  rest: { names: "NAME", of: "input", param: required(either(columns(), oneOf(texts, "text(column, …)")), "Columns that flow into the input of this name, in order, or one column of sentences.") },
});

const perOutput = <V>(doc: string, type: ParamType<V>, each: string) => options({ name: "outputs", doc, params: {}, rest: { names: "NAME", of: "output", param: required(type, each) } });

/** Which column is what which output is compared with. */
export const labelGroups = perOutput("The column that each output of a model that has several is compared with, by the output's name.", column(), "The column that the output of this name predicts.");

export const lossGroups = perOutput("A loss for each output of a model that has several, by the output's name; of those left out, the one that belongs to their label. What training makes small is the sum of all.", oneOf(losses, `a loss: ${Object.keys(losses).join(", ")}`), "What training makes small of the output of this name.");

export const weightGroups = perOutput("A factor for the loss of each output, by the output's name; 1 of those left out.", real({ min: 0 }), "How much the loss of the output of this name counts.");
