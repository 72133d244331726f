import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { decode, fit, ImageError } from "../../formats/images.ts";
import { NpyError, npyValues } from "../../formats/npy.ts";
import { type FileFeed, formatShape } from "../../language/index.ts";
import { TrainerError } from "../errors.ts";
import { FileStamp, type NamedFilesRead } from "./file-stamp.ts";
import { isAbsent, pathFrom, unreadable } from "./files.ts";
import type { Place } from "./labels.ts";
import { numbersOf } from "./raw.ts";

interface Column {
  readonly name: string;
  /** Its place among the table's columns, from 0. */
  readonly at: number;
  readonly files: FileFeed | undefined;
}

interface Waiting {
  readonly values: Float32Array;
  readonly names: readonly string[];
  readonly line: number;
}

/** Rows of a table in which some columns name files: they wait until the table is read, since files are read one at a time. */
export class NamedFiles {
  private readonly table: string;
  private readonly columns: readonly Column[];
  private readonly rows: Waiting[] = [];
  private readonly stamp = new FileStamp();

  constructor(table: string, columns: readonly Column[]) {
    this.table = table;
    this.columns = columns;
  }

  /** `values`: of each column; `names`: of those that name files. */
  row(values: Float32Array, names: readonly string[], line: number): void {
    this.rows.push({ values: values.slice(), names, line });
  }

  /** Every row, with the numbers of its files in the place of their names. Throws TrainerErrors with the row's place. */
  async read(take: (values: Float32Array) => void): Promise<void> {
    const folder = dirname(this.table);
    const out = new Float32Array(this.columns.reduce((sum, { files }) => sum + (files ? numbersOf(files) : 1), 0));
    for (const { values, names, line } of this.rows) {
      let [at, next] = [0, 0];
      for (const [i, { name, at: column, files }] of this.columns.entries()) {
        if (!files) {
          out[at++] = values[i]!;
          continue;
        }
        const path = pathFrom(folder, names[next++]!.trim());
        this.stamp.add(path);
        out.set(await arrayOf(path, files, name, { file: this.table, line, column: column + 1 }), at);
        at += numbersOf(files);
        // Messages (cancel) are seen here.
        await setImmediate();
      }
      take(out);
    }
    this.rows.length = 0;
  }

  /** The files that were read. */
  take(): NamedFilesRead {
    return this.stamp.take();
  }
}

async function arrayOf(path: string, files: FileFeed, column: string, place: Place): Promise<ArrayLike<number>> {
  const bytes = await readFile(path).catch((e: NodeJS.ErrnoException) => {
    if (!isAbsent(e)) throw unreadable(path, e);
    throw new TrainerError("data-missing", `there is no file ${path}; names in column ${column} are read from the folder of the table`, place);
  });
  try {
    return files.kind === "image" ? imageOf(bytes, files) : npyOf(bytes, files);
  } catch (e) {
    if (!(e instanceof ImageError || e instanceof NpyError)) throw e;
    throw new TrainerError("data-malformed", `${path}: ${e instanceof NpyError ? `this is no array for its input: ${e.message}.` : e.message}`, place);
  }
}

function imageOf(bytes: Buffer, { shape }: FileFeed): Float32Array {
  const [height, width, channels] = shape as readonly [number, number, number];
  return fit(decode(bytes), height, width, channels);
}

/** One channel may be left out. */
function npyOf(bytes: Buffer, { shape }: FileFeed): Float64Array {
  const found = npyValues(bytes);
  const own = shape.join();
  if (found.shape.join() !== own && [...found.shape, 1].join() !== own) throw new NpyError(`it is ${formatShape(found.shape)}, and the input takes ${formatShape(shape)}`);
  const bad = found.values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new NpyError(`its value ${bad + 1} is ${Number.isNaN(found.values[bad]) ? "not a number (NaN)" : "infinite"}; correct it, for example with numpy.nan_to_num`);
  return found.values;
}
