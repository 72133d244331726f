import { type Dim, fitsShape, formatShape, type Model } from "../../language/index.ts";
import { shapesFor } from "../../language/ops/solving.ts";
import type { ReadyData } from "../block.ts";
import { placeOf, TrainerError } from "../errors.ts";
import type { Head } from "../plan.ts";
import { unmetNeed } from "../shapes.ts";
import { type Encoding, inputWidths, namesOf, widthOf } from "./encoding.ts";
import type { LabelFacts } from "./labels.ts";
import type { RowKind } from "./raw.ts";

/** What the model needs of the data, for messages. */
export interface Meeting {
  readonly model: Model;
  readonly data: ReadyData;
}

/** The shape of a row as the model takes it; or what does not fit, with its place, before anything is trained. */
export function shapeFor(raw: RowKind, encoding: Encoding, { model, data }: Meeting): readonly number[] {
  const { file } = raw;
  const features = widthOf(raw, encoding);
  const widths = inputWidths(encoding);
  if (widths) return fedShape(widths, encoding, model, file);
  const input = inputOf(model);
  const shape = data.settings.shape ?? natural(raw, features, input.shape);
  const width = shape.reduce((a, b) => a * b, 1);
  if (width !== features) {
    const names = namesOf(encoding);
    const has = names ? `the file has ${features} feature columns (${ends(names)})` : `a row of ${file} is ${formatShape(raw.shape ?? [features])}, ${features} numbers`;
    throw new TrainerError("data-width", `data ${data.name} has shape = ${formatShape(shape)}, which is ${width} numbers a row, and ${has}; change shape${names ? ", or choose columns by features = […]" : ""}`, { file, ...(raw.places && { line: 1, column: Math.min(width, raw.places.length) + 1 }) });
  }
  if (!fitsShape(shape, input.shape)) {
    const whole = shapesFor(width, [input.shape])?.[0];
    const takes = input.shape.reduce<number>((a, b) => a * (typeof b === "number" ? b : 1), 1);
    const place = raw.places && { line: 1, column: raw.places[Math.min(takes, raw.places.length - 1)]! };
    throw new TrainerError("data-width", `model ${model.name} takes ${formatShape(input.shape)}, and data ${data.name} gives rows of ${formatShape(shape)}; ${whole ? `write shape = ${formatShape(whole)} in data ${data.name}` : `change input to ${formatShape(shape)}`}`, { file, ...place });
  }
  const unmet = unmetNeed(model, shape);
  if (unmet) throw new TrainerError("data-width", `${unmet.node.layer?.name ?? model.name} needs ${unmet.need}, and rows of data ${data.name} give ${unmet.sizes}; make it smaller, or give it longer rows`, placeOf(unmet.node));
  return shape;
}

/** Each input is filled by its columns. */
function fedShape(widths: readonly number[], encoding: Encoding, model: Model, file: string): readonly number[] {
  const names = namesOf(encoding);
  const texts = textsOf(encoding);
  let from = 0;
  const shapes = model.inputs.map((id, i) => {
    const input = model.nodes[id]!;
    const { shape } = input.type!;
    const width = widths[i]!;
    from += width;
    const symbol = model.inputs.length > 1 && !texts[i] && shape.find((d) => typeof d !== "number");
    const found = symbol ? undefined : shapesFor(width, [shape])?.[0];
    if (found) return found;
    const given = names?.slice(from - width, from);
    throw new TrainerError("data-width", `input ${input.name} of model ${model.name} takes ${formatShape(shape)}, and its columns give ${width} ${width === 1 ? "number" : "numbers"} a row${given ? ` (${ends(given)})` : ""}; change the input to [${width}], or its columns in features = inputs(…)`, { ...placeOf(input), ...(placeOf(input).file === undefined && { file }) });
  });
  return shapes.length === 1 ? shapes[0]! : [from];
}

/** For each input whether a text flows into it. */
function textsOf({ columns, inputs }: Encoding): readonly boolean[] {
  let at = 0;
  return (inputs ?? []).map((count) => columns?.slice(at, (at += count)).some((c) => c.text) === true);
}

/** Of a source that knows its rows' shape: with an axis of one channel more where the model has one. */
function natural({ shape }: RowKind, features: number, input: readonly Dim[]): readonly number[] {
  if (!shape) return [features];
  return !fitsShape(shape, input) && fitsShape([...shape, 1], input) ? [...shape, 1] : shape;
}

/** Classes of the file against the model's outputs. */
export function checkClasses(labels: readonly LabelFacts[], { file, labelPlaces }: Pick<RowKind, "file" | "labelPlaces">, heads: readonly Head[], { model }: Meeting): void {
  for (const [i, head] of heads.entries()) {
    const place = labelPlaces?.[i];
    const name = heads.length === 1 ? `model ${model.name}` : `output ${head.name} of model ${model.name}`;
    // Of a reconstruction no label is compared with.
    if (!head.reconstructs) checkLabel(labels[i]!, head, name, place === undefined ? { file } : { file, line: 1, column: place });
  }
}

function checkLabel(label: LabelFacts, head: Head, name: string, at: { readonly file: string; readonly line?: number; readonly column?: number }): void {
  if (label.kind === "number") {
    if (head.outputs !== 1) throw new TrainerError("data-classes", `the label is a number, and ${name} gives ${head.outputs} outputs for each row; end it in dense(1), or use loss = cross_entropy if the numbers are classes`, at);
    return;
  }
  const classes = label.classes!;
  const fraction = classes.find((c) => c.includes("."));
  if (fraction !== undefined && classes.every((c) => Number.isFinite(Number(c)))) {
    throw new TrainerError("data-classes", `the label holds numbers such as ${fraction}, which are no classes; for numbers use loss = mse and a last layer without softmax or sigmoid`, at);
  }
  const needed = head.kind === "binary" ? 2 : head.outputs;
  if (classes.length === needed) return;
  const what = classes.length === 1 ? "one class alone" : `${classes.length} classes`;
  const fix = head.kind === "binary" ? `one sigmoid unit tells two classes apart; end it in dense(${classes.length}) -> softmax` : `end it in dense(${Math.max(classes.length, 2)})`;
  throw new TrainerError("data-classes", `the label has ${what} (${ends(classes)}), and ${name} has ${head.outputs} ${head.outputs === 1 ? "output" : "outputs"}; ${classes.length === 1 ? "there is nothing to tell apart" : fix}`, at);
}

export function inputOf(model: Model): { shape: readonly Dim[]; int: boolean } {
  if (model.inputs.length !== 1) throw new TrainerError("several-inputs", `model ${model.name} has ${model.inputs.length} inputs, and one array is all that a row of its data is; take csv, with features = inputs(…)`, placeOf(model.nodes[model.inputs[1] ?? -1]));
  const type = model.nodes[model.inputs[0]!]!.type!;
  return { shape: type.shape, int: type.dtype === "int" };
}

const ends = (names: readonly string[]) => (names.length > 6 ? `${names.slice(0, 3).join(", ")}, … ${names[names.length - 1]}` : names.join(", "));
