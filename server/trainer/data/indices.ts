import type { Model } from "../../language/index.ts";
import { placeOf, TrainerError } from "../errors.ts";
import type { Encoding } from "./encoding.ts";
import { beginnings, type Raw, type RawColumn, sizeOf } from "./raw.ts";

/** Whole numbers that flow into embeddings. */

const isInt = (model: Model, input: number): boolean => model.nodes[input]!.type!.dtype === "int";

/** All that flows into the model are indices. */
export const isIndices = (model: Model): boolean => model.inputs.every((id) => isInt(model, id));

/** For each column whether it flows into an input of whole numbers. `feeds`: columns of each input; none: all of one. */
export function indexColumns(model: Model, feeds: readonly number[] | undefined): readonly boolean[] {
  return (feeds ?? []).flatMap((count, i) => Array<boolean>(count).fill(isInt(model, model.inputs[i]!)));
}

/** Indices that the embeddings behind an input have rows for: below this. */
export function tokensOf(model: Model, input: number): number {
  return Math.min(...model.nodes.flatMap((n) => (n.layer?.takesIndices && n.inputs[0] === input ? [n.args["tokens"] as number] : [])));
}

/** Checks rows of a model that takes indices: whole, and below the number of tokens of the embedding that they flow into. */
export function indexCheck(raw: Raw, model: Model, feeds: readonly number[] | undefined): ((values: Float32Array, row: number, number: number) => void) | undefined {
  if (!model.inputs.some((id) => isInt(model, id))) return undefined;
  const { width } = raw.values;
  const category = feeds ? undefined : raw.columns?.find((c) => c.kind === "category");
  if (category) throw new TrainerError("data-index", `column ${category.name} holds words, and model ${model.name} takes indices; for sentences write source = text("…"), for categories features = inputs(${model.nodes[model.inputs[0]!]!.name} = ${category.name})`, { file: raw.file, line: 1 });
  const at = raw.columns ? beginnings(raw.columns) : Array.from({ length: width }, (_, i) => i);
  const counts = feeds ?? [at.length];
  const limits = counts.flatMap((count, i) => Array<number | undefined>(count).fill(isInt(model, model.inputs[i]!) ? tokensOf(model, model.inputs[i]!) : undefined));
  const sizes = at.map((_, i) => (raw.columns ? numbersAt(raw.columns[i]!) : 1));
  return (values, row, number) => {
    for (let i = 0; i < at.length; i++) {
      const tokens = limits[i];
      if (tokens === undefined) continue;
      const from = row * width + at[i]!;
      let place = from;
      while (place < from + sizes[i]! && isIndex(values[place]!, tokens)) place++;
      if (place === from + sizes[i]!) continue;
      const v = values[place]!;
      const where = raw.columns ? `in column ${raw.columns[i]!.name}` : `in row ${number + 1}`;
      throw new TrainerError("data-index", `${Number(v.toPrecision(7))} ${where} is no index: embedding takes whole numbers from 0 to ${tokens - 1}`, { file: raw.file, ...(raw.lines && { line: raw.lines[number]!, column: raw.places![i]! }) });
    }
  };
}

const isIndex = (v: number, tokens: number): boolean => Number.isInteger(v) && v >= 0 && v < tokens;

/** Indices that a column of a row has: those of categories and texts are known to be some. */
const numbersAt = (column: RawColumn): number => (column.kind === "number" || column.kind === "array" ? sizeOf(column) : 0);

/** Categories that flow into embeddings: a column for each input, and a row of the embedding for each category. */
export function checkCategories({ columns, inputs }: Encoding, file: string, model: Model): void {
  let at = 0;
  for (const [i, count] of (inputs ?? []).entries()) {
    const own = columns?.slice(at, (at += count)).filter((c) => c.index && c.categories) ?? [];
    const input = model.nodes[model.inputs[i]!]!;
    if (own.length > 0 && count > 1) throw new TrainerError("data-index", `column ${own[0]!.name} holds categories, which are numbered from 1, and flows into input ${input.name} with ${count - 1} more; give it an input and an embedding of its own`, placeOf(input));
    const tokens = tokensOf(model, input.id);
    const needed = (own[0]?.categories!.length ?? 0) + 1;
    if (own.length > 0 && needed > tokens) throw new TrainerError("data-index", `column ${own[0]!.name} of ${file} has ${needed - 1} categories, which with the unknown one are ${needed} indices, and the embedding behind input ${input.name} has ${tokens}; write embedding(${needed}, …)`, placeOf(input));
  }
}
