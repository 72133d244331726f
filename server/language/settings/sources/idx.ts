import { path, required } from "../../params.ts";
import { defineSource } from "./define.ts";

export const idx = defineSource({
  name: "idx",
  doc: "MNIST's own format (LeCun, Cortes and Burges): one file of arrays, one of labels, plain or gzip. A row's shape is the file's: 28×28 images are [28, 28, 1] for a model that takes a channel axis.",
  rows: "own",
  params: {
    images: required(path(["gz", "idx", "idx1-ubyte", "idx3-ubyte"]), "Path of the file of arrays, such as train-images-idx3-ubyte.gz."),
    labels: required(path(["gz", "idx", "idx1-ubyte", "idx3-ubyte"]), "Path of the file of labels, one for each array: whole numbers are classes, others are numbers."),
  },
});
