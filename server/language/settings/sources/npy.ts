import { path, required } from "../../params.ts";
import { defineSource } from "./define.ts";

export const npy = defineSource({
  name: "npy",
  doc: "NumPy's .npy (versions 1 to 3, C and Fortran order): the first axis counts the rows, the others are a row's shape.",
  rows: "own",
  params: {
    path: required(path(["npy"]), "Path of the array of features."),
    labels: required(path(["npy"]), "Path of an array with one label a row: whole numbers (and true/false) are classes where the model's end says so. Or one-hot rows, [rows, classes]."),
  },
});
