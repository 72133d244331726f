import { featureColumns, labelColumns } from "../../../language/index.ts";
import { TrainerError } from "../../errors.ts";
import { Archive, type Rows } from "../archive.ts";
import { pathFrom } from "../files.ts";
import { type LabelKind, LabelReader, type Labels, labelsOf } from "../labels.ts";
import { numbersOf, type Raw, type RawColumn, type ReadRequest, sizeOf } from "../raw.ts";
import { Store } from "../store.ts";
import { MOST_CATEGORIES, partOf } from "./csv.ts";
import { finite, hotLabels } from "./npy.ts";

/** Numbers of rows that are read at once. */
const NUMBERS = 1 << 18;

interface Feature {
  readonly name: string;
  readonly column: RawColumn;
  readonly count: number;
  readonly blocks: Rows["blocks"];
}

/** Named arrays: each is a column, of numbers, categories or arrays. */
export async function readNpz(request: ReadRequest): Promise<Raw> {
  const { settings, prediction, expected, like } = request;
  const file = prediction?.file ?? pathFrom(request.folder, request.args["path"] as string);
  const archive = await Archive.open(file);
  const split = typeof settings.split === "string" ? settings.split : undefined;
  const targets = labelColumns(settings);
  const others = archive.names.filter((n) => !targets.includes(n) && n !== split);
  const names = prediction?.features ?? like?.map((c) => c.name) ?? featureColumns(settings) ?? others;
  if (names.length === 0) throw new TrainerError("data-no-column", `the only array is the label ${targets[0] ?? ""}; a row needs one of features too`, { file });
  const features: Feature[] = [];
  for (const [i, name] of names.entries()) features.push(await featureOf(archive, name, i, request));
  const rows = features[0]!.count;
  for (const { name, count } of features) if (count !== rows) throw new TrainerError("data-malformed", `array ${name} has ${count} rows, and ${features[0]!.name} has ${rows}; every row needs a place in each`, { file });
  const labels: Labels[] = [];
  for (const [i, kind] of (expected ?? []).entries()) labels.push(await labelIn(archive, targets[i]!, rows, features[0]!.name, kind));
  const parts = expected && split !== undefined ? await partsIn(archive, split, rows) : undefined;
  const columns = features.map((f) => f.column);
  const width = columns.reduce((sum, c) => sum + sizeOf(c), 0);
  const store = new Store(settings.memory, request.spill);
  try {
    await interleave(features, width, file, store);
    const [only] = columns;
    return { file, rows, columns, width, values: store.take(width), shape: columns.length === 1 && only!.kind === "array" ? only!.of.shape : undefined, labels: expected && labels, parts, lines: undefined, places: undefined, notes: [] };
  } catch (e) {
    store.discard();
    throw e;
  }
}

async function featureOf(archive: Archive, name: string, i: number, { settings, prediction, like }: ReadRequest): Promise<Feature> {
  const { file } = archive;
  const known = prediction?.encoding.columns?.[i];
  const texts = await archive.texts(name);
  const isCategory = texts !== undefined || (known ? known.categories !== undefined : like ? like[i]!.kind === "category" : settings.categories?.includes(name) === true);
  if (isCategory) return categoryOf(name, texts ?? (await numbersIn(archive, name)), file, prediction === undefined);
  const { shape, count, blocks } = await archive.rows(name);
  const before = known?.array ?? (like?.[i] as { of?: { shape: readonly number[] } } | undefined)?.of;
  const width = numbersOf({ shape });
  if ((known || like) && width !== (before ? numbersOf(before) : 1)) throw new TrainerError("data-width", `a row of array ${name} has ${width} ${width === 1 ? "number" : "numbers"}, and in training it had ${before ? numbersOf(before) : 1}`, { file });
  return { name, count, blocks, column: shape.length === 0 ? { name, kind: "number" } : { name, kind: "array", of: { kind: "array", shape, scale: settings.scale } } };
}

/** One number a row, as text. */
async function numbersIn(archive: Archive, name: string): Promise<string[]> {
  const { shape, values } = await archive.values(name);
  if (values.length !== shape[0]) throw new TrainerError("data-categories", `categories names ${name}, whose rows are [${shape.slice(1).join(", ")}], and a category is one number or word a row`, { file: archive.file });
  return Array.from(values, (v, row) => String(finite(v, row, 1, archive.file)));
}

function categoryOf(name: string, texts: readonly string[], file: string, bounded: boolean): Feature {
  const numbers = new Map<string, number>();
  const codes = Float64Array.from(texts, (text) => {
    const word = text.trim();
    if (!numbers.has(word)) numbers.set(word, numbers.size);
    return numbers.get(word)!;
  });
  if (bounded && numbers.size > MOST_CATEGORIES) throw new TrainerError("data-categories", `array ${name} has more than ${MOST_CATEGORIES} different values, so it is no category: leave it out by features = […], or give its numbers to an embedding`, { file });
  return {
    name, count: texts.length, column: { name, kind: "category", words: [...numbers.keys()] },
    async *blocks(rows): AsyncGenerator<Float64Array, undefined> {
      for (let at = 0; at < codes.length; at += rows) yield await Promise.resolve(codes.subarray(at, at + rows));
    },
  };
}

/** Row after row: of each array the values of one. */
async function interleave(features: readonly Feature[], width: number, file: string, store: Store): Promise<void> {
  const each = Math.max(1, Math.floor(NUMBERS / width));
  const widths = features.map((f) => sizeOf(f.column));
  const all = features.map((f) => f.blocks(each));
  try {
    for (let first = 0; first < features[0]!.count; first += each) {
      const blocks: Float64Array[] = [];
      for (const [i, of] of all.entries()) {
        const { value } = await of.next();
        if (!value) throw new TrainerError("data-malformed", `array ${features[i]!.name} became shorter while it was read`, { file });
        blocks.push(value);
      }
      const rows = blocks[0]!.length / widths[0]!;
      for (let row = 0; row < rows; row++) {
        for (const [i, block] of blocks.entries()) for (let k = 0, at = row * widths[i]!; k < widths[i]!; k++) store.push(finite(block[at + k]!, first * widths[i]! + at + k, widths[i]!, file, features[i]!.name));
      }
    }
    // What is damaged is told at an array's end.
    for (const of of all) await of.next();
  } finally {
    for (const of of all) await of.return(undefined);
  }
}

async function labelIn(archive: Archive, name: string, rows: number, features: string, expected: LabelKind): Promise<Labels> {
  const { file } = archive;
  const few = (count: number) => new TrainerError("data-malformed", `array ${name} has ${count} labels, and ${features} has ${rows} rows; every row needs one`, { file });
  const texts = await archive.texts(name);
  if (texts) {
    if (texts.length !== rows) throw few(texts.length);
    const reader = new LabelReader(`array ${name}`, expected, true);
    for (const text of texts) reader.add(text, { file });
    return reader.take();
  }
  const { shape, values } = await archive.values(name);
  if (shape.length === 2 && shape[0] === rows && shape[1]! > 1) return hotLabels(values, rows, shape[1]!, (why) => new TrainerError("data-malformed", `array ${name}: ${why}`, { file }));
  if (values.length !== rows) throw few(values.length);
  for (const [i, v] of values.entries()) finite(v, i, 1, file, name);
  return labelsOf(values, expected);
}

async function partsIn(archive: Archive, name: string, rows: number): Promise<Uint8Array> {
  const { file } = archive;
  const texts = await archive.texts(name);
  if (texts?.length !== rows) throw new TrainerError("data-split", texts ? `array ${name} has ${texts.length} rows, and the features have ${rows}` : `array ${name} holds numbers; write train, validation or test for each row, or shares: split = [0.8, 0.1, 0.1]`, { file });
  return Uint8Array.from(texts, (text) => partOf(text, name, { file }));
}
