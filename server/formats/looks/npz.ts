import { closeSync, openSync, readSync, statSync } from "node:fs";
import { constants, inflateRawSync } from "node:zlib";
import type { ColumnProfile } from "../../language/index.ts";
import { npyFirstTexts, npyValue, readNpyHeader } from "../npy.ts";
import { type ReadAt, type ZipEntry, zipEntries, zipStart } from "../zip.ts";
import { Column } from "./column.ts";
import { Features, isMeasured } from "./features.ts";
import { STEP, type Steps } from "./steps.ts";

/** Bytes that are looked at of all arrays together, and of each one at least. */
const MOST_BYTES = 4 << 20;
const LEAST_BYTES = 1 << 16;
/** More are not looked at. */
const MOST_ARRAYS = 1_000;
/** Packed a thousandfold at best. */
const MOST_UNPACKED = 1 << 26;
const LITTLE_PACKED = 1 << 15;

/** The archive's directory names the arrays; of each the header and its first rows. */
export const npz: Steps = function* ({ files }) {
  const path = files["path"]!;
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const read: ReadAt = (at, length) => {
      const bytes = Buffer.alloc(Math.min(length, Math.max(size - at, 0)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, at));
    };
    const entries = zipEntries(read, size).filter((e) => e.name.endsWith(".npy")).slice(0, MOST_ARRAYS);
    const most = Math.max(LEAST_BYTES, Math.floor(MOST_BYTES / Math.max(entries.length, 1)));
    const arrays: Looked[] = [];
    for (const entry of entries) {
      yield;
      arrays.push(yield* arrayOf(entry.name.slice(0, -".npy".length), startOf(read, entry, size, most)));
    }
    const total = Math.max(0, ...arrays.map((a) => a.total));
    const rows = Math.min(...arrays.map((a) => a.rows));
    if (total === 0 || rows === 0) return undefined;
    return { rows, complete: arrays.every((a) => a.rows === a.total), total, columns: arrays.map((a) => a.column) };
  } finally {
    closeSync(file);
  }
};

interface Looked {
  readonly column: ColumnProfile;
  /** That were read, and all. */
  readonly rows: number;
  readonly total: number;
}

function startOf(read: ReadAt, entry: ZipEntry, size: number, most: number): Buffer {
  const at = zipStart(read, entry, size);
  const bytes = read(at, Math.min(entry.packed, most));
  if (!entry.deflated) return bytes;
  // What is packed is cut somewhere: what came out until there is true.
  const unpacked = (packed: Buffer): Buffer => inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_UNPACKED });
  try {
    return unpacked(bytes).subarray(0, most);
  } catch {
    return unpacked(bytes.subarray(0, LITTLE_PACKED)).subarray(0, most);
  }
}

function* arrayOf(name: string, bytes: Buffer): Generator<void, Looked> {
  const words = npyFirstTexts(bytes);
  const column = new Column(name);
  if (words) {
    for (const text of words.texts) column.add(text);
    return { column: column.profile(words.texts.length), rows: words.texts.length, total: words.rows };
  }
  const { type, shape: sizes, offset, fortran } = readNpyHeader(bytes);
  const [total = 0, ...shape] = sizes;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  const read = npyValue(type);
  const length = Math.floor(view.byteLength / type.size);
  if (shape.length === 0) {
    const rows = Math.min(total, length);
    for (let i = 0; i < rows; i++) column.number(read(view, i * type.size));
    return { column: column.profile(rows), rows, total };
  }
  const width = shape.reduce((a, b) => a * b, 1);
  const unmeasured = { name, numeric: true, numbers: undefined, missing: 0, values: undefined, places: width, shape };
  if (fortran || !isMeasured(shape, length)) return { column: unmeasured, rows: total, total };
  // One column for all places.
  const features = new Features([width, 1]);
  const row = new Float64Array(width);
  const rows = Math.min(total, Math.floor(length / width));
  for (let r = 0, since = 0; r < rows; r++, since += width) {
    if (since > STEP) {
      since = 0;
      yield;
    }
    for (let i = 0; i < width; i++) row[i] = read(view, (r * width + i) * type.size);
    features.add(row);
  }
  const [measured] = features.profile();
  return { column: measured ? { ...measured, name, places: width, shape } : unmeasured, rows, total };
}
