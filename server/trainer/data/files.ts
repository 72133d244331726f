import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { TrainerError } from "../errors.ts";

/** A path of a data block, from the folder of its .nnet file. */
export const pathFrom = (folder: string, path: string): string => (isAbsolute(path) ? path : resolve(folder, path));

/** Size in bytes of a file that is there; throws `data-missing`. `source` is the word of the language that named it. */
export async function readableFile(file: string, source: string): Promise<number> {
  const info = await stat(file).catch((e: NodeJS.ErrnoException) => {
    throw isAbsent(e) ? new TrainerError("data-missing", `there is no file ${file}; the path in source = ${source}("…") is relative to the .nnet file`, { file }) : unreadable(file, e);
  });
  if (!info.isFile()) throw new TrainerError("data-missing", `${file} is not a file; source = ${source}("…") names one file`, { file });
  return info.size;
}

export const isAbsent = (e: NodeJS.ErrnoException): boolean => e.code === "ENOENT" || e.code === "ENOTDIR";

export function unreadable(file: string, e: Error): TrainerError {
  return new TrainerError("data-missing", `${file} cannot be read: ${e.message}`, { file });
}
