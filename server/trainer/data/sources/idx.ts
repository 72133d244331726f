import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { IdxError, type IdxHeader, isGzip, readIdxHeader } from "../../../formats/idx.ts";
import { TrainerError } from "../../errors.ts";
import { pathFrom, readableFile, unreadable } from "../files.ts";
import { type LabelKind, type Labels, labelsOf } from "../labels.ts";
import type { Raw, ReadRequest } from "../raw.ts";
import { Store } from "../store.ts";

export async function readIdx(request: ReadRequest): Promise<Raw> {
  const args = request.args as { images: string; labels: string };
  const file = request.prediction?.file ?? pathFrom(request.folder, args.images);
  const store = new Store(request.settings.memory, request.spill);
  try {
    const sizes = await readValues(file, (v) => store.push(v));
    if (sizes.length < 2) throw malformed(file, `it has ${sizes.length} axis, and arrays have a first axis for the rows and others for each row's shape; images and labels may be swapped`);
    const shape = sizes.slice(1);
    const width = shape.reduce((a, b) => a * b, 1);
    const values = store.take(width);
    const rows = sizes[0]!;
    return { file, rows, columns: undefined, width, values, shape, labels: request.expected && [await labels(pathFrom(request.folder, args.labels), file, rows, request.expected[0]!)], parts: undefined, lines: undefined, places: undefined, notes: [] };
  } catch (e) {
    store.discard();
    throw e;
  }
}

async function labels(file: string, images: string, rows: number, expected: LabelKind): Promise<Labels> {
  const values: number[] = [];
  const sizes = await readValues(file, (v) => values.push(v));
  if (sizes.length !== 1) throw malformed(file, `it has ${sizes.length} axes, and labels have one; images and labels may be swapped`);
  if (values.length !== rows) throw malformed(file, `it has ${values.length} labels, and ${images} has ${rows} rows; every row needs one`);
  return labelsOf(values, expected);
}

/** Streams the values of a plain or gzipped file and answers its sizes. Throws TrainerErrors. */
async function readValues(file: string, take: (value: number) => void): Promise<number[]> {
  await readableFile(file, "idx");
  let [left, header, count, done] = [Buffer.alloc(0) as Buffer, undefined as IdxHeader | undefined, 0, 0];
  try {
    for await (const chunk of await bytesOf(file)) {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      if (!header) {
        header = readIdxHeader(left);
        if (!header) continue;
        count = header.sizes.reduce((a, b) => a * b, 1);
        left = left.subarray(header.offset);
      }
      const { type, sizes } = header;
      const whole = left.length - (left.length % type.size);
      if (done + whole / type.size > count) throw malformed(file, `it has more values than its sizes ${sizes.join(" × ")} say`);
      const view = new DataView(left.buffer, left.byteOffset, whole);
      for (let at = 0; at < whole; at += type.size) take(finite(type.read(view, at), done++, file));
      left = left.subarray(whole);
    }
  } catch (e) {
    if (e instanceof TrainerError) throw e;
    if (e instanceof IdxError) throw malformed(file, e.message);
    const { code, message } = e as NodeJS.ErrnoException;
    throw code?.startsWith("Z_") ? malformed(file, `its gzip data is broken (${message})`) : unreadable(file, e as Error);
  }
  if (!header) throw malformed(file, "it ends within its header");
  const { sizes } = header;
  if (done < count || left.length > 0) throw malformed(file, `it has ${done} values, and its sizes ${sizes.join(" × ")} say ${count}: it is cut off`);
  return [...sizes];
}

async function bytesOf(file: string): Promise<AsyncIterable<Buffer>> {
  const handle = await open(file, "r");
  const start = Buffer.alloc(2);
  await handle.read(start, 0, 2, 0);
  await handle.close();
  const input = createReadStream(file);
  return isGzip(start) ? input.on("error", (e) => input.destroy(e)).pipe(createGunzip()) : input;
}

function finite(value: number, i: number, file: string): number {
  if (Number.isFinite(value)) return value;
  throw new TrainerError("data-not-numeric", `value ${i + 1} is ${Number.isNaN(value) ? "not a number (NaN)" : "infinite"}`, { file });
}

function malformed(file: string, why: string): TrainerError {
  return new TrainerError("data-malformed", `this is no IDX file that can be read: ${why}.`, { file });
}
