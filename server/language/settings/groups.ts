import { columns, required } from "../params.ts";
import { options } from "./options.ts";

/** Which columns flow into which input. */
export const groups = options({
  name: "inputs",
  doc: "Columns of each input of a model that has several, by the input's name. One column may flow into several. An input of whole numbers takes words too: each category of the training part is a number from 1, any other value 0.",
  params: {},
  rest: { names: "NAME", param: required(columns(), "Columns that flow into the input of this name, in order.") },
});
