import { makeRows, type Made, type MadeArgs } from "../../../language/settings/sources/made.ts";
import { sources } from "../../../language/index.ts";
import { generator } from "../../random.ts";
import type { Labels } from "../labels.ts";
import type { Raw, ReadRequest, SourceReader } from "../raw.ts";
import { readTable } from "./csv.ts";

/** Rows by the formulas of the language. In prediction, rows come from a CSV file with the columns x1, x2, …. */
function reader(name: string, made: Made): SourceReader {
  return async (request: ReadRequest): Promise<Raw> => {
    if (request.prediction) return readTable(request, name, ",");
    const args = request.args as unknown as MadeArgs;
    const { x, y, width, classes } = makeRows(made, args, args.rows, generator(args.seed ?? request.seed, "rows", name));
    return {
      file: `${name}(…)`, rows: args.rows, columns: Array.from({ length: width }, (_, i) => ({ name: `x${i + 1}`, kind: "number" })), width, values: { kind: "memory", x, width, rows: args.rows },
      shape: sources[name]!.shape!(request.args), labels: [{ kind: classes ? "class" : "number", values: y, ...(classes && { classes }) } as Labels],
      parts: undefined, lines: undefined, places: undefined, notes: [],
    };
  };
}

export const generators: Readonly<Record<string, SourceReader>> = Object.fromEntries(Object.values(sources).flatMap(({ name, made }) => (made ? [[name, reader(name, made)]] : [])));
