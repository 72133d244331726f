import { type DataSettings, sharesOf } from "../../language/index.ts";
import type { Table } from "../engines/engine.ts";
import { TrainerError } from "../errors.ts";
import { withArrays } from "./arrays.ts";
import { type Among, Encoder, type Encoding, fitColumns, fitNormalization, notesOfUnknown, type Unknown, widthOf } from "./encoding.ts";
import { classesFor, labelRows, type Labels } from "./labels.ts";
import { type Part, partOf } from "./part.ts";
import { checkCategories, indexCheck, indexColumns, isIndices } from "./indices.ts";
import { type Meeting, shapeFor } from "./prepare.ts";
import { everyRow } from "./batches.ts";
import type { Raw } from "./raw.ts";
import { split, type Split } from "./split.ts";
import { chunks } from "./stored.ts";
import { byLength, withTexts } from "./text/columns.ts";
import { fitText } from "./text/fit.ts";
import { pad, partOfLengths } from "./text/part.ts";

/** A data block that has been read: its source, and the one of its test rows where it names one. */
export interface Sources {
  readonly main: Raw;
  readonly test: Raw | undefined;
}

/** What training takes. */
export interface Prepared {
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
  readonly encoding: Encoding;
  /** Of a row; of sentences the longest. */
  readonly shape: readonly number[];
  /** For a person: what was found on the way. */
  readonly notes: readonly string[];
}

/** The parts' rows: by shares, by column, or with a source of its own for the test. */
export function partsOf({ main, test }: Sources, settings: DataSettings, seed: number): Split {
  const shares = sharesOf(settings);
  const labels = main.labels!;
  if (!shares) {
    const rows = (part: number) => everyRow(main.rows).filter((i) => main.parts![i] === part);
    const found = { train: rows(0), validation: rows(1), test: rows(2) };
    if (found.train.length === 0) throw new TrainerError("data-split", `no row of column ${settings.split as string} says train`, { file: main.file, line: 1 });
    return test ? { ...found, test: everyRow(test.rows) } : found;
  }
  const [train, validation, rest] = shares;
  const parts = split(main.rows, [train!, validation!, rest ?? 0], seed, classesFor(labels)?.values);
  return test ? { ...parts, test: everyRow(test.rows) } : parts;
}

/** Classes of the test source by the numbers that training knows them by. */
export function sameClasses({ main, test }: Sources): Sources {
  if (!test?.labels) return { main, test };
  const same = test.labels.map((own, i) => inClassesOf(main.labels![i]!, own, main, test));
  return { main, test: { ...test, labels: same } };
}

function inClassesOf(label: Labels, found: Labels, main: Raw, test: Raw): Labels {
  const kinds = { class: "classes", number: "numbers" };
  if (found.kind !== label.kind) throw new TrainerError("data-classes", `its labels are ${kinds[found.kind]}, and those of ${main.file} are ${kinds[label.kind]}`, { file: test.file });
  if (found.kind === "number") return found;
  const { classes } = label as Extract<Labels, { kind: "class" }>;
  const known = new Map(classes.map((c, i) => [c, i]));
  const order = found.classes.map((c, i) => {
    const at = known.get(c);
    if (at === undefined) {
      const row = found.values.indexOf(i);
      throw new TrainerError("data-classes", `class ${JSON.stringify(c)} is not among the classes of ${main.file} (${classes.slice(0, 6).join(", ")}${classes.length > 6 ? ", …" : ""}); nothing can be predicted as it`, { file: test.file, ...(test.lines && { line: test.lines[row]! }) });
    }
    return at;
  });
  return { kind: "class", classes, values: found.values.map((i) => order[i]!) };
}

/** Fits on the training rows and makes tables of all parts. Throws TrainerErrors. */
export function prepare(sources: Sources, parts: Split, meeting: Meeting): Prepared {
  const { main, test = main } = sources;
  const isTraining = marks(main.rows, parts.train);
  const { encoding, shape } = fitted(sources, isTraining, meeting);
  const { text } = encoding;
  if (text) {
    const part = (raw: Raw, rows: Int32Array) => partOfLengths(pad(raw.sentences!, raw.labels, rows, text));
    return { train: part(main, parts.train), validation: part(main, parts.validation), test: part(test, parts.test), encoding, shape, notes: notesOf(sources) };
  }
  const unknown: string[] = [];
  const part = (raw: Raw, rows: Int32Array) => {
    const among = { from: 0, unknown: new Map() as Unknown };
    const tables = tablesOf(raw, encoding, shape, rows, meeting, among);
    unknown.push(...notesOfUnknown(among.unknown));
    return tables.length === 1 ? { ...partOf(tables[0]!.table), ids: tables[0]!.rows } : partOfLengths({ tables: tables.map((t) => t.table), rows: tables.map((t) => t.rows) });
  };
  return { train: part(main, parts.train), validation: part(main, parts.validation), test: part(test, parts.test), encoding, shape, notes: [...notesOf(sources), ...unknown] };
}

export function fitted({ main, test }: Sources, isTraining: Uint8Array, meeting: Meeting): { encoding: Encoding; shape: readonly number[] } {
  if (main.sentences) {
    const text = fitText(main, isTraining, meeting);
    return { encoding: { columns: main.columns!.map(({ name }) => ({ name })), text }, shape: [text.lengths.at(-1)!] };
  }
  const { feeds, settings } = meeting.data;
  const fit = { ...fitColumns(main, isTraining, settings, indexColumns(meeting.model, feeds)), ...(feeds && { inputs: feeds }) };
  const columns = withArrays(withTexts(fit, main, isTraining, meeting), main, isTraining, meeting);
  checkCategories(columns, main.file, meeting.model);
  const shape = shapeFor(main, columns, meeting);
  if (test && test.width !== main.width) throw new TrainerError("data-width", `a row has ${test.width} values, and a row of ${main.file} has ${main.width}`, { file: test.file });
  return { encoding: isIndices(meeting.model) ? columns : fitNormalization(main, isTraining, columns, shape, settings), shape };
}

/** Every row of a model that takes indices, or the first that is none. */
export function everyIndex(raw: Raw, { model, data }: Meeting): void {
  const check = indexCheck(raw, model, data.feeds);
  if (check) for (const { from, rows, values } of chunks(raw.values)) for (let row = 0; row < rows; row++) check(values, row, from + row);
}

export const notesOf = ({ main, test }: Sources): string[] => [...main.notes, ...(test?.notes ?? [])];

export function marks(rows: number, training: Int32Array): Uint8Array {
  const found = new Uint8Array(rows);
  for (const row of training) found[row] = 1;
  return found;
}

/** Some rows, encoded: in one table in the order given, or in one for each length of their texts. `shape`: where these are longest. */
export function tablesOf(raw: Raw, encoding: Encoding, shape: readonly number[], rows: Int32Array, meeting: Meeting, among?: Among): { table: Table; rows: Int32Array }[] {
  return (byLength(raw, encoding, rows) ?? [{ length: Infinity, rows }]).map((group) => {
    const own = group.length === Infinity ? shape : [widthOf(raw, encoding, group.length)];
    return { table: tableOf(raw, encoding, own, group.rows, meeting, group.length, among), rows: group.rows };
  });
}

function tableOf(raw: Raw, encoding: Encoding, shape: readonly number[], rows: Int32Array, { model, data }: Meeting, length: number, among: Among | undefined): Table {
  const check = indexCheck(raw, model, encoding.inputs);
  const encoder = new Encoder(raw, encoding, isIndices(model) ? 1 : data.settings.scale, length, among);
  const x = new Float32Array(rows.length * encoder.width);
  const places = new Int32Array(raw.rows).fill(-1);
  for (const [i, row] of rows.entries()) places[row] = i;
  for (const { from, rows: count, values } of chunks(raw.values)) {
    for (let row = 0; row < count; row++) {
      const to = places[from + row]!;
      if (to < 0) continue;
      check?.(values, row, from + row);
      encoder.row(values, row, x, to * encoder.width, from + row);
    }
  }
  const y = raw.labels ? labelRows(raw.labels, rows) : new Float32Array(0);
  return { rows: rows.length, shape, x, y };
}
