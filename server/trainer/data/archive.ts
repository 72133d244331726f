import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { checkNpySize, NPY_START, npyOffset, NpyError, type NpyHeader, npyTexts, npyValue, npyValues, readNpyHeader } from "../../formats/npy.ts";
import { type ReadAt, type ZipEntry, zipEntries, ZipError, zipStart } from "../../formats/zip.ts";
import { didYouMean } from "../../language/suggest.ts";
import { TrainerError } from "../errors.ts";
import { readableFile, unreadable } from "./files.ts";

/** What is read whole: labels, words, and arrays whose rows' values lie far apart. */
const MOST_WHOLE = 2 ** 31 - 1;

/** Arrays of numbers: all in C order, or some rows at a time. */
export interface Rows {
  /** Of a row: its own axes. */
  readonly shape: readonly number[];
  readonly count: number;
  /** So many rows at a time, the last ones fewer: [rows, …shape]. */
  blocks(rows: number): AsyncGenerator<Float64Array, undefined>;
}

/** An .npz file: arrays by name. Every error is a TrainerError with the file and the array. */
export class Archive {
  readonly file: string;
  readonly names: readonly string[];
  private readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly size: number;

  private constructor(file: string, size: number, entries: ReadonlyMap<string, ZipEntry>) {
    [this.file, this.size, this.entries, this.names] = [file, size, entries, [...entries.keys()]];
  }

  static async open(file: string): Promise<Archive> {
    const size = await readableFile(file, "npz");
    try {
      const entries = reading(file, (read) => zipEntries(read, size));
      const arrays = new Map(entries.flatMap((e) => (e.name.endsWith(".npy") ? [[e.name.slice(0, -".npy".length), e]] : [])));
      if (arrays.size === 0) throw new ZipError("it has no arrays");
      return new Archive(file, size, arrays);
    } catch (e) {
      throw e instanceof ZipError ? malformed(file, `this is no .npz file that can be read: ${e.message} (numpy.savez writes one).`) : e;
    }
  }

  /** Words of an array, [rows]; undefined where it holds numbers. */
  async texts(name: string): Promise<string[] | undefined> {
    const start = await this.start(name);
    return this.told(name, () => (/^.*'descr'\s*:\s*'[<>|]?[US]\d/s.test(start.toString("latin1")) ? this.whole(name).then(npyTexts) : Promise.resolve(undefined)));
  }

  /** Its numbers and axes, the rows' included. */
  async values(name: string): Promise<{ readonly shape: readonly number[]; readonly values: Float64Array }> {
    return this.told(name, async () => npyValues(await this.whole(name)));
  }

  async rows(name: string): Promise<Rows> {
    return this.told(name, async () => {
      const header = readNpyHeader(await this.start(name));
      checkNpySize(header, this.entryOf(name).size);
      const [count, ...shape] = header.shape;
      if (count === undefined) throw new NpyError("it holds one number, and its first axis would count the rows");
      if (count === 0) throw new NpyError("it has no rows");
      const width = shape.reduce((a, b) => a * b, 1);
      if (width === 0) throw new NpyError("its rows have no values");
      return { shape, count, blocks: (rows) => this.blocks(name, header, width, rows) };
    });
  }

  private async *blocks(name: string, header: NpyHeader, width: number, rows: number): AsyncGenerator<Float64Array, undefined> {
    const { type, offset, fortran, shape } = header;
    if (fortran && shape.length > 1) {
      const { values } = await this.values(name);
      for (let at = 0; at < values.length; at += rows * width) yield values.subarray(at, at + rows * width);
      return;
    }
    const read = npyValue(type);
    const each = rows * width * type.size;
    let [waiting, held, before] = [[] as Buffer[], 0, offset];
    const block = (bytes: Buffer): Float64Array => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return Float64Array.from({ length: bytes.length / type.size }, (_, i) => read(view, i * type.size));
    };
    for await (const chunk of this.bytes(name)) {
      const own = chunk.subarray(Math.min(before, chunk.length));
      before -= chunk.length - own.length;
      waiting.push(own);
      held += own.length;
      if (held < each) continue;
      let all = Buffer.concat(waiting);
      for (; all.length >= each; all = all.subarray(each)) yield block(all.subarray(0, each));
      [waiting, held] = [[all], all.length];
    }
    if (held > 0) yield block(Buffer.concat(waiting));
  }

  private entryOf(name: string): ZipEntry {
    const found = this.entries.get(name);
    if (found) return found;
    const near = didYouMean(name, this.names);
    throw new TrainerError("data-no-column", `there is no array ${name} in it${near.text || `; it has ${this.names.slice(0, 12).join(", ")}${this.names.length > 12 ? ", …" : ""}`}`, { file: this.file });
  }

  /** The header and some values. */
  private async start(name: string): Promise<Buffer> {
    return this.told(name, async () => {
      let found = Buffer.alloc(0);
      for await (const chunk of this.bytes(name)) {
        found = Buffer.concat([found, chunk]);
        if (found.length >= NPY_START && found.length >= npyOffset(found)) break;
      }
      return found;
    });
  }

  private async whole(name: string): Promise<Buffer> {
    const { size } = this.entryOf(name);
    if (size > MOST_WHOLE) throw new NpyError("it is read whole and larger than 2 GiB; save it in C order: numpy.ascontiguousarray(array)");
    const chunks: Buffer[] = [];
    for await (const chunk of this.bytes(name)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Unpacked; damage is told at the end. */
  private async *bytes(name: string): AsyncGenerator<Buffer, undefined> {
    const { file, size } = this;
    const entry = this.entryOf(name);
    let [crc, done] = [0, 0];
    try {
      const start = reading(file, (read) => zipStart(read, entry, size));
      const input = createReadStream(file, { start, end: start + entry.packed - 1 });
      const stream: Readable = entry.deflated ? input.on("error", (e) => input.destroy(e)).pipe(createInflateRaw()) : input;
      input.on("error", (e) => stream.destroy(e));
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          done += chunk.length;
          if (done > entry.size) break;
          crc = crc32(chunk, crc);
          yield chunk;
        }
      } finally {
        input.destroy();
      }
    } catch (e) {
      const { code, message } = e as NodeJS.ErrnoException;
      if (e instanceof ZipError || code?.startsWith("Z_")) throw malformed(file, `array ${name} cannot be read: ${e instanceof ZipError ? message : `its packed data is broken (${message})`}.`);
      throw e instanceof TrainerError || e instanceof NpyError ? e : unreadable(file, e as Error);
    }
    if (done !== entry.size || crc !== entry.crc) throw malformed(file, `array ${name} is damaged: its checksum is another than when it was saved.`);
  }

  private async told<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (e) {
      throw e instanceof NpyError ? malformed(this.file, `array ${name} cannot be read: ${e.message}.`) : e;
    }
  }
}

function reading<T>(path: string, work: (read: ReadAt) => T): T {
  const file = openSync(path, "r");
  try {
    return work((at, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, at));
    });
  } finally {
    closeSync(file);
  }
}

const malformed = (file: string, why: string): TrainerError => new TrainerError("data-malformed", why, { file });
