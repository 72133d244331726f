import { column, columns, either, oneOf, type ParamType, real, required, withDefault } from "../params.ts";
import { losses } from "./losses.ts";
import { options } from "./options.ts";
import { wordParams } from "./sources/text.ts";

const scaled = (what: string, by: number, shown?: string) => ({ column: required(column(), what), scale: withDefault(real({ above: 0 }), by, "Every number is multiplied by this, and not by the block's `scale`.", shown) });

/** Columns that are no numbers and no categories. */
const columnKinds = options(
  {
    name: "text",
    doc: "A column of sentences, cut into words that are numbered by a vocabulary of the training part and padded, for an input of whole numbers. Inputs that flow into one `shared` embedding have one vocabulary.",
    params: { column: required(column(), "The column that is text."), ...wordParams },
  },
  {
    name: "image",
    doc: "A column that names a PNG or JPEG in each row, from the folder of the table. Images are resized (bilinear) to the shape of their input, [height, width, channels], 1 channel being grey, 3 colour, 4 colour and opacity; values are 0 to 255, times `scale`, which is 1/255. `normalize` is of each channel.",
    params: scaled("The column that names image files.", 1 / 255, "1/255: values from 0 to 1"),
  },
  {
    name: "array",
    doc: "A column that names a NumPy array (.npy) in each row, of its input's shape, from the folder of the table. `normalize` is of each channel, which is the last axis.",
    params: scaled("The column that names .npy files.", 1),
  },
);

/** Which columns flow into which input. */
export const groups = options({
  name: "inputs",
  doc: "Columns of each input of a model that has several, by the input's name. One column may flow into several. An input of whole numbers takes words too: each category of the training part is a number from 1, any other value 0.",
  params: {},
  rest: { names: "NAME", of: "input", param: required(either(columns(), oneOf(columnKinds, Object.keys(columnKinds).map((name) => `${name}(column, …)`).join(", "))), "Columns that flow into the input of this name, in order, or one column of sentences or of names of files.") },
});

const perOutput = <V>(doc: string, type: ParamType<V>, each: string) => options({ name: "outputs", doc, params: {}, rest: { names: "NAME", of: "output", param: required(type, each) } });

/** Which column is what which output is compared with. */
export const labelGroups = perOutput("The column that each output of a model that has several is compared with, by the output's name.", column(), "The column that the output of this name predicts.");

export const lossGroups = perOutput("A loss for each output of a model that has several, by the output's name; of those left out, the one that belongs to their label. What training makes small is the sum of all.", oneOf(losses, `a loss: ${Object.keys(losses).join(", ")}`), "What training makes small of the output of this name.");

export const weightGroups = perOutput("A factor for the loss of each output, by the output's name; 1 of those left out.", real({ min: 0 }), "How much the loss of the output of this name counts.");
