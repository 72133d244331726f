import { csv } from "./csv.ts";
import type { SourceDef } from "./define.ts";
import { folder } from "./folder.ts";
import { generators } from "./generators.ts";
import { idx } from "./idx.ts";
import { npy } from "./npy.ts";
import { npz } from "./npz.ts";
import { text } from "./text.ts";
import { tsv } from "./tsv.ts";

/** Every source, by its name. */
export const sources: Readonly<Record<string, SourceDef>> = Object.fromEntries([csv, tsv, text, idx, npy, npz, folder, ...generators].map((s): [string, SourceDef] => [s.name, s as SourceDef]));
