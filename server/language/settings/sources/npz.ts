import { path, required } from "../../params.ts";
import { defineSource } from "./define.ts";

export const npz = defineSource({
  name: "npz",
  doc: "NumPy's .npz (numpy.savez, numpy.savez_compressed): arrays with names, of which the first axis counts the rows. Each is a column: `label` and `features` name them, and so does `inputs(NAME = array, …)` for a model that has several inputs. The arrays of a label are classes or numbers, words, or one-hot rows.",
  rows: "columns",
  arrays: true,
  params: { path: required(path(["npz"]), "Path of the file, relative to this one.") },
});
