import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import * as zlib from "node:zlib";
import { cacheFolder } from "./cache.ts";

/** What Node's loader of CommonJS does with the text of a file. */
interface Loader {
  _compile(this: NodeModule, text: string, path: string, ...more: unknown[]): unknown;
}

interface Kept {
  readonly runs: number;
  readonly code: Buffer;
}

type Body = (exports: unknown, require: NodeJS.Require, module: NodeModule, path: string, folder: string) => unknown;

/** Of the text and of its code, a checksum each; and how many runs have looked for more to keep. */
const HEAD = 12;
/** Of so many first runs the one that has called most is kept. */
const RUNS = 3;
/** What a check that finds errors ends with. */
const WELL = 1;

/**
 * Keeps what V8 compiles of the bundles beside this one for the next start, about a megabyte each, in the user's own cache
 * folder: code that runs is not taken from a folder that others can write to. Node's own cache holds what is compiled as
 * a file is loaded; this is taken at the end of a run, with every function that was called, and saves a third of a start
 * (bench/editor/process.mjs). A file is of one text, one V8 and one purpose (`of`), and written anew where the text has
 * changed. Where it can't be written, or Node is older than 22.2, nothing is kept; NODE_DISABLE_COMPILE_CACHE=1 switches it off.
 */
export function keepCompiled(of: string): void {
  const { crc32 } = zlib as Partial<typeof zlib>;
  if (!crc32 || process.env["NODE_DISABLE_COMPILE_CACHE"]) return;
  const loader = Module.prototype as unknown as Loader;
  const { _compile: compile } = loader;
  const fresh: (() => void)[] = [];
  loader._compile = function (text, path, ...more) {
    if (dirname(path) !== import.meta.dirname) return compile.call(this, text, path, ...more);
    const file = keptAt(path, of);
    const sum = crc32(text);
    const known = read(file, sum, crc32);
    const script = new Script(Module.wrap(text), { filename: path, ...(known && { cachedData: known.code }) });
    const usable = script.cachedDataRejected ? undefined : known;
    if (!usable || usable.runs < RUNS) {
      fresh.push(() => {
        const code = script.createCachedData();
        const least = usable?.code ?? Buffer.alloc(0);
        write(file, sum, { runs: (usable?.runs ?? 0) + 1, code: code.length > least.length ? code : least }, crc32);
      });
    }
    return (script.runInThisContext() as Body).call(this.exports, this.exports, createRequire(path), this, path, dirname(path));
  };
  process.on("exit", (code) => {
    // Not of a command that there is none of, nor of a run that failed at its start.
    if (code <= WELL) for (const keep of fresh) keep();
  });
}

function keptAt(path: string, of: string): string | undefined {
  try {
    return join(cacheFolder(), "compiled", `${basename(path, ".cjs")}-${of}-${cachedDataVersionTag().toString(16)}`);
  } catch {
    // A machine without a home folder.
    return undefined;
  }
}

/** Undefined where there is none of this text, or it is damaged. */
function read(file: string | undefined, sum: number, crc32: typeof zlib.crc32): Kept | undefined {
  try {
    const bytes = readFileSync(file!);
    const code = bytes.subarray(HEAD);
    return bytes.readUInt32LE(0) === sum && bytes.readUInt32LE(4) === crc32(code) ? { runs: bytes.readUInt32LE(8), code } : undefined;
  } catch {
    return undefined;
  }
}

function write(file: string | undefined, sum: number, { runs, code }: Kept, crc32: typeof zlib.crc32): void {
  try {
    mkdirSync(dirname(file!), { recursive: true });
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(sum, 0);
    head.writeUInt32LE(crc32(code), 4);
    head.writeUInt32LE(runs, 8);
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, Buffer.concat([head, code]));
    renameSync(beside, file!);
  } catch {
    // The next start takes as long as this one.
  }
}
