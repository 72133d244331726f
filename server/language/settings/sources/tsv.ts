import { path, required } from "../../params.ts";
import { defineSource } from "./define.ts";

export const tsv = defineSource({
  name: "tsv",
  doc: "A file of values separated by tabs, with a header line. One row an example.",
  rows: "columns",
  params: { path: required(path(["tsv", "tab", "txt", "csv"]), "Path of the file, relative to this one.") },
});
