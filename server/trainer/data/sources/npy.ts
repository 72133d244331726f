import { open, readFile } from "node:fs/promises";
import { checkNpySize, hotAt, NPY_START, npyOffset, NpyError, type NpyHeader, npyValue, npyValues, readNpyHeader } from "../../../formats/npy.ts";
import { TrainerError } from "../../errors.ts";
import { pathFrom, readableFile } from "../files.ts";
import { type Labels, labelsOf } from "../labels.ts";
import type { Raw, ReadRequest } from "../raw.ts";
import { Store } from "../store.ts";
import type { Stored } from "../stored.ts";

/** What is read at once. */
const BYTES = 1 << 22;
/** Fortran order has a row's values far apart: such a file is read whole. */
const MOST_WHOLE = 2 ** 31 - 1;

export async function readNpy(request: ReadRequest): Promise<Raw> {
  const args = request.args as { path: string; labels: string };
  const file = request.prediction?.file ?? pathFrom(request.folder, args.path);
  const { header, values } = await features(file, request);
  const rows = header.shape[0]!;
  const labels = request.expected && (await labelsFrom(pathFrom(request.folder, args.labels), file, rows, request));
  return { file, rows, columns: undefined, width: values.width, values, shape: header.shape.length > 1 ? header.shape.slice(1) : [1], labels, parts: undefined, lines: undefined, places: undefined, notes: [] };
}

async function features(file: string, request: ReadRequest): Promise<{ header: NpyHeader; values: Stored }> {
  const size = await readableFile(file, "npy");
  const store = new Store(request.settings.memory, request.spill);
  const handle = await open(file, "r");
  try {
    const start = Buffer.alloc(NPY_START);
    await handle.read(start, 0, NPY_START, 0);
    const head = Buffer.alloc(Math.min(npyOffset(start), size));
    await handle.read(head, 0, head.length, 0);
    const header = readNpyHeader(head);
    checkNpySize(header, size);
    const { shape, type, offset } = header;
    if (shape.length === 0 || shape[0] === 0) throw new NpyError(shape.length === 0 ? "it holds one number, and its first axis would count the rows" : "it has no rows");
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    if (width === 0) throw new NpyError("its rows have no values");
    if (header.fortran && shape.length > 1) {
      if (size > MOST_WHOLE) throw new NpyError("it is in Fortran order and larger than 2 GiB; save it in C order: numpy.save(path, numpy.ascontiguousarray(array))");
      const { values } = npyValues(await readFile(file));
      for (let i = 0; i < values.length; i++) store.push(finite(values[i]!, i, width, file));
    } else {
      const read = npyValue(type);
      const buffer = Buffer.alloc(Math.min(BYTES, size));
      let count = 0;
      for (let at = offset; at < size; ) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length - (buffer.length % type.size), size - at), at);
        if (bytesRead < type.size) throw new NpyError("it became shorter while it was read");
        const whole = bytesRead - (bytesRead % type.size);
        const view = new DataView(buffer.buffer, buffer.byteOffset, whole);
        for (let i = 0; i < whole; i += type.size, count++) store.push(finite(read(view, i), count, width, file));
        at += whole;
      }
    }
    return { header, values: store.take(width) };
  } catch (e) {
    store.discard();
    throw e instanceof NpyError ? broken(file, e) : e;
  } finally {
    await handle.close();
  }
}

async function labelsFrom(file: string, features: string, rows: number, { expected }: ReadRequest): Promise<Raw["labels"]> {
  await readableFile(file, "npy");
  try {
    const { shape, values } = npyValues(await readFile(file));
    if (shape.length === 2 && shape[0] === rows && shape[1]! > 1) return [hotLabels(values, rows, shape[1]!)];
    if (values.length !== rows) throw new NpyError(`it has ${values.length} labels (${shape.join(" × ") || "one number"}), and ${features} has ${rows} rows; every row needs one`);
    for (const [i, v] of values.entries()) finite(v, i, 1, file);
    return [labelsOf(values, expected![0]!)];
  } catch (e) {
    throw e instanceof NpyError ? broken(file, e) : e;
  }
}

/** One class a row, as the place of its 1: there are as many classes as places. */
export function hotLabels(values: Float64Array, rows: number, count: number, error: (why: string) => Error = (why) => new NpyError(why)): Labels {
  const found = Float32Array.from({ length: rows }, (_, row) => {
    const hot = hotAt((i) => values[i]!, row, count);
    if (hot === undefined) throw error(`its rows have ${count} values, and row ${row + 1} is not one 1 among zeros, which says its class; for numbers give one a row`);
    return hot;
  });
  return { kind: "class", classes: Array.from({ length: count }, (_, k) => String(k)), values: found };
}

/** `array`: its name, where a file has several. */
export function finite(value: number, i: number, width: number, file: string, array?: string): number {
  if (Number.isFinite(value)) return value;
  const row = Math.floor(i / width);
  throw new TrainerError("data-not-numeric", `${array === undefined ? "" : `array ${array}: `}row ${row + 1}${width > 1 ? `, value ${(i % width) + 1},` : ""} is ${Number.isNaN(value) ? "not a number (NaN)" : "infinite"}; correct the array, for example with numpy.nan_to_num`, { file });
}

function broken(file: string, e: NpyError): TrainerError {
  return new TrainerError("data-malformed", `this is no array that can be read: ${e.message}.`, { file });
}
