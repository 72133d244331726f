import { basename } from "node:path";
import type { ColumnProfile, DataProfile } from "../../language/index.ts";
import { readIdxHeader } from "../idx.ts";
import { hotAt, npyValue, readNpyHeader } from "../npy.ts";
import { Column } from "./column.ts";
import { Features, isMeasured } from "./features.ts";
import { type Start, startOf, STEP, type Steps } from "./steps.ts";

/** Bytes of values, and of labels, that are looked at. */
const MOST_VALUES = 4 << 20;
const MOST_LABELS = 4 << 20;

/** Numbers in C order, as far as they were read. */
interface Numbers {
  readonly sizes: readonly number[];
  /** Values that were read whole. */
  readonly length: number;
  readonly at: (i: number) => number;
}

function idxNumbers({ bytes }: Start): Numbers | undefined {
  const header = readIdxHeader(bytes);
  if (!header) return undefined;
  const { type, sizes, offset } = header;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  return { sizes, length: Math.floor(view.byteLength / type.size), at: (i) => type.read(view, i * type.size) };
}

function npyNumbers({ bytes }: Start): Numbers | undefined {
  const { type, shape, offset, fortran } = readNpyHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  const read = npyValue(type);
  // In Fortran order a row's values lie far apart: its shape alone is known.
  const length = fortran && shape.length > 1 ? 0 : Math.floor(view.byteLength / type.size);
  return { sizes: shape, length, at: (i) => read(view, i * type.size) };
}

/** The header says how many rows there are and of which shape; labels are read whole where they are few, rows as far as the bound goes. */
function arrays(numbersOf: (start: Start) => Numbers | undefined, values: string, oneChannel: boolean): Steps {
  return function* (request) {
    const labels = labelsOf(numbersOf(startOf(request.files["labels"]!, MOST_LABELS)), request.files["labels"]!, !oneChannel);
    yield;
    const numbers = numbersOf(startOf(request.files[values]!, MOST_VALUES));
    const [total, ...rest] = numbers?.sizes ?? [];
    if (!labels || !numbers || total === undefined || total === 0 || (oneChannel && rest.length === 0)) return undefined;
    yield;
    const shape = rest.length > 0 ? rest : [1];
    if (!isMeasured(shape, numbers.length)) return profileOf(labels, undefined, total, shape);
    // 28×28 pixels are an image of one channel.
    const features = new Features(oneChannel && shape.length === 2 ? [...shape, 1] : shape);
    const { width } = features;
    const rows = Math.min(total, Math.floor(numbers.length / width));
    const row = new Float64Array(width);
    for (let r = 0, since = 0; r < rows; r++, since += width) {
      if (since > STEP) {
        since = 0;
        yield;
      }
      for (let i = 0; i < width; i++) row[i] = numbers.at(r * width + i);
      features.add(row);
    }
    return profileOf(labels, features, total, shape);
  };
}

function profileOf({ column, rows, at }: Labels, features: Features | undefined, total: number, shape: readonly number[]): DataProfile {
  const { first = [], measured = 0 } = features ?? {};
  const firstLabels = features?.at.filter((i) => i < rows).map(at) ?? [];
  return { rows, complete: rows === total, total, columns: features?.profile() ?? [], label: column, shape, first, firstLabels, ...(measured !== rows && { measured }) };
}

interface Labels {
  readonly column: ColumnProfile;
  readonly rows: number;
  /** Of a row. */
  readonly at: (row: number) => number;
}

function labelsOf(numbers: Numbers | undefined, path: string, oneHot: boolean): Labels | undefined {
  if (!numbers || numbers.length === 0) return undefined;
  const column = new Column(basename(path));
  const [count, width = 1] = numbers.sizes;
  if (oneHot && numbers.sizes.length === 2 && width > 1) {
    const rows = Math.min(count!, Math.floor(numbers.length / width));
    const hot = Array.from({ length: rows }, (_, row) => hotAt(numbers.at, row, width));
    // Of a class without a row the labels say nothing that a look could tell.
    if (new Set(hot).size !== width || hot.includes(undefined)) return undefined;
    for (const k of hot) column.number(k!);
    return { column: column.profile(rows), rows, at: (row) => hot[row]! };
  }
  const rows = Math.min(numbers.length, numbers.sizes.reduce((a, b) => a * b, 1));
  for (let i = 0; i < rows; i++) {
    const value = numbers.at(i);
    if (!Number.isFinite(value)) return undefined;
    column.number(value);
  }
  return { column: column.profile(rows), rows, at: numbers.at };
}

export const idx = arrays(idxNumbers, "images", true);
export const npy = arrays(npyNumbers, "path", false);
