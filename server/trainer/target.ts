import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { analyse, type Host } from "../language/index.ts";
import { type Block, blockOf } from "./block.ts";
import { TrainerError } from "./errors.ts";

/** A file's train block. */
export interface Target extends Block {
  readonly file: string;
  /** Hex, of the text. */
  readonly sha256: string;
}

export function readTarget(file: string, modelName: string | undefined, text?: string): Target {
  const source = text ?? readSource(file);
  const block = blockOf(analyse(file, source, diskHost), modelName);
  return { file, sha256: createHash("sha256").update(source).digest("hex"), ...block };
}

function readSource(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (e) {
    const missing = (e as NodeJS.ErrnoException).code === "ENOENT";
    throw new TrainerError("file-missing", missing ? `there is no file ${file}` : `${file} cannot be read: ${(e as Error).message}`, { file });
  }
}

const diskHost: Host = {
  read: (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
  resolve: (from, relative) => (isAbsolute(relative) ? relative : resolve(dirname(from), relative)),
};
