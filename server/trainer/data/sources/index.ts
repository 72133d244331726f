import type { SourceReader } from "../raw.ts";
import { readCsv, readTsv } from "./csv.ts";
import { readFolder } from "./folder.ts";
import { generators } from "./generators.ts";
import { readIdx } from "./idx.ts";
import { readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import { readText } from "./text.ts";

/** The reader of every source of the language (server/language/settings/sources/). */
export const readers: Readonly<Record<string, SourceReader>> = { csv: readCsv, tsv: readTsv, text: readText, idx: readIdx, npy: readNpy, npz: readNpz, folder: readFolder, ...generators };
