import * as module from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./cache.ts";

/**
 * Keeps what Node compiles from here on for the next start, some hundred kilobytes a program, in the user's own cache
 * folder: code that runs is not taken from a folder that others can write to. A file is of one version of Node and of
 * one text, and written anew when either changes. Where it can't be written, or Node is older than 22.1, nothing is kept;
 * NODE_DISABLE_COMPILE_CACHE=1 switches it off.
 */
export function keepCompiled(): void {
  try {
    (module as Partial<typeof module>).enableCompileCache?.(join(cacheFolder(), "compiled"));
  } catch {
    // A machine without a home folder.
  }
}
