import { dirname, isAbsolute, resolve } from "node:path";
import { type DataSettings, type Dim, formatShape, type Model } from "../../language/index.ts";
import type { Table } from "../engines/engine.ts";
import { TrainerError } from "../errors.ts";
import type { Head } from "../plan.ts";
import type { Columns } from "./table.ts";

/** What the model needs of the data, for messages. */
export interface Meeting {
  readonly model: Model;
  readonly data: { readonly name: string; readonly settings: DataSettings };
}

/** The CSV file of a data block, absolute. */
export function sourceOf(settings: DataSettings, nnetFile: string): { file: string; delimiter: string } {
  const { path, delimiter } = settings.source.args as { path: string; delimiter: string };
  return { file: isAbsolute(path) ? path : resolve(dirname(nnetFile), path), delimiter };
}

/** The rows as the model takes them, scaled; or what does not fit, with its place, before anything is trained. */
export function tableFor(columns: Columns, { model, data }: Meeting): Table {
  const shape = data.settings.shape ?? [columns.features.length];
  const width = shape.reduce((a, b) => a * b, 1);
  const { file } = columns;
  if (width !== columns.features.length) {
    throw new TrainerError("data-width", `data ${data.name} has shape = ${formatShape(shape)}, which is ${width} numbers a row, and the file has ${columns.features.length} feature columns (${ends(columns.features)}); change shape, or choose columns by features = […]`, { file, line: 1, column: Math.min(width, columns.features.length) + 1 });
  }
  const input = inputOf(model);
  if (!fits(shape, input.shape)) {
    const same = input.shape.every((d) => typeof d === "number") && input.shape.reduce<number>((a, b) => a * (b as number), 1) === width;
    throw new TrainerError("data-width", `model ${model.name} takes ${formatShape(input.shape)}, and data ${data.name} gives rows of ${formatShape(shape)}; ${same ? `write shape = ${formatShape(input.shape)} in data ${data.name}` : `change input to ${formatShape(shape)}`}`, { file, line: 1 });
  }
  if (input.int) checkIndices(columns, model);
  const { scale } = data.settings;
  const x = input.int || scale === 1 ? columns.x : columns.x.map((v) => v * scale);
  return { rows: columns.rows, shape, x, y: columns.label?.values ?? new Float32Array(0) };
}

/** Classes of the file against the model's outputs. */
export function checkClasses(columns: Columns, head: Head, { model }: Meeting): void {
  const { label, file } = columns;
  if (!label) return;
  const at = { file, line: 1 };
  if (label.kind === "number") {
    if (head.outputs !== 1) throw new TrainerError("data-classes", `the label is a number, and model ${model.name} gives ${head.outputs} outputs for each row; end it in dense(1), or use loss = cross_entropy if the numbers are classes`, at);
    return;
  }
  const { classes } = label;
  const fraction = classes.find((c) => c.includes("."));
  if (fraction !== undefined && classes.every((c) => Number.isFinite(Number(c)))) {
    throw new TrainerError("data-classes", `the label holds numbers such as ${fraction}, which are no classes; for numbers use loss = mse and a last layer without softmax or sigmoid`, at);
  }
  const needed = head.kind === "binary" ? 2 : head.outputs;
  if (classes.length === needed) return;
  const what = classes.length === 1 ? "one class alone" : `${classes.length} classes`;
  const fix = head.kind === "binary" ? `one sigmoid unit tells two classes apart; end it in dense(${classes.length}) -> softmax` : `end it in dense(${Math.max(classes.length, 2)})`;
  throw new TrainerError("data-classes", `the label has ${what} (${ends(classes)}), and model ${model.name} has ${head.outputs} ${head.outputs === 1 ? "output" : "outputs"}; ${classes.length === 1 ? "there is nothing to tell apart" : fix}`, at);
}

function inputOf(model: Model): { shape: readonly Dim[]; int: boolean } {
  if (model.inputs.length !== 1) throw new TrainerError("several-inputs", `model ${model.name} has ${model.inputs.length} inputs, and a row of a CSV file is one; train a model with one input`);
  const type = model.nodes[model.inputs[0]!]!.type!;
  return { shape: type.shape, int: type.dtype === "int" };
}

/** A symbol takes any size, the same one everywhere. */
function fits(shape: readonly number[], input: readonly Dim[]): boolean {
  const sizes = new Map<string, number>();
  return shape.length === input.length && input.every((d, i) => {
    if (typeof d === "number") return d === shape[i];
    const known = sizes.get(d.key);
    sizes.set(d.key, shape[i]!);
    return known === undefined || known === shape[i];
  });
}

/** Indices are whole, and below the number of tokens of the embedding that they flow into. */
function checkIndices(columns: Columns, model: Model): void {
  const tokens = Math.min(...model.nodes.flatMap((n) => (n.layer?.takesIndices && n.inputs[0] === model.inputs[0] ? [n.args["tokens"] as number] : [])));
  const width = columns.features.length;
  for (const [i, v] of columns.x.entries()) {
    if (Number.isInteger(v) && v >= 0 && v < tokens) continue;
    const [row, place] = [Math.floor(i / width), i % width];
    throw new TrainerError("data-index", `${v} in column ${columns.features[place]} is no index: embedding takes whole numbers from 0 to ${tokens - 1}`, { file: columns.file, line: columns.lines[row]!, column: columns.places[place]! });
  }
}

const ends = (names: readonly string[]) => (names.length > 6 ? `${names.slice(0, 3).join(", ")}, … ${names[names.length - 1]}` : names.join(", "));
