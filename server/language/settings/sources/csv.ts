import { path, required, text, withDefault } from "../../params.ts";
import { defineSource } from "./define.ts";

export const csv = defineSource({
  name: "csv",
  doc: "A file of comma-separated values with a header line (RFC 4180). One row an example.",
  rows: "columns",
  params: {
    path: required(path(["csv", "tsv", "txt"]), "Path of the file, relative to this one."),
    delimiter: withDefault(text(), ",", "What stands between two values."),
  },
});
