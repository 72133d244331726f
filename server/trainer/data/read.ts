import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DataSettings, formatShape, sources } from "../../language/index.ts";
import { pathFrom } from "./files.ts";
import { type Sources, sameClasses } from "./dataset.ts";
import type { LabelKind } from "./labels.ts";
import type { Meeting } from "./prepare.ts";
import type { Raw } from "./raw.ts";
import { readers } from "./sources/index.ts";

export interface ReadOptions {
  /** Absolute path of the .nnet file. */
  readonly file: string;
  readonly settings: DataSettings;
  /** Of each output. */
  readonly expected: readonly LabelKind[];
  readonly seed: number;
  /** Into how many parts the rows outside of the test part are dealt. */
  readonly folds?: number | undefined;
  /** Folder of the run, for rows that are too many for memory. */
  readonly folder: string;
}

/** Reads the sources of a data block. Throws TrainerErrors with the place of what is wrong. */
export async function readSources({ file, settings, expected, seed, folder }: ReadOptions, { feeds, texts: textsByInput, files: filesByInput }: Meeting["data"]): Promise<Sources> {
  const byColumn = <T>(byInput: readonly T[] | undefined) => feeds && byInput?.flatMap((of, i) => Array.from({ length: feeds[i]! }, () => of));
  const [texts, files] = [byColumn(textsByInput), byColumn(filesByInput)];
  const read = (source: DataSettings["source"], spill: string, like?: Raw["columns"]): Promise<Raw> =>
    readers[source.name]!({ args: source.args, folder: dirname(file), settings, expected, seed, like, texts, files, spill: join(folder, `${spill}.${process.pid}.tmp`) });
  const main = await read(settings.source, "rows");
  // A generator's test rows are others than its training rows.
  const test = settings.test && (await read({ ...settings.test, args: { ...settings.test.args, seed: settings.test.args["seed"] ?? seed + 1 } }, "test-rows", main.columns));
  return sameClasses({ main, test });
}

/** What the rows and their parts follow from, as 16 hex digits: the files as they are now, the settings, and what the model takes. */
export function fingerprint({ file, settings, expected, seed, folds }: ReadOptions, { model, data }: Meeting): string {
  const files = filesOf(settings, file).map(stamp);
  const inputs = model.inputs.map((id) => [model.nodes[id]!.type!.dtype, formatShape(model.nodes[id]!.type!.shape)]);
  return createHash("sha256").update(JSON.stringify([VERSION, settings, expected, seed, inputs, data.feeds, data.texts, data.files, folds, files])).digest("hex").slice(0, 16);
}

/** Files and folders that a data block names, absolute. */
export function filesOf({ source, test }: Pick<DataSettings, "source" | "test">, nnetFile: string): readonly string[] {
  return [source, test].flatMap((s) => (s ? Object.entries(sources[s.name]!.params).flatMap(([name, p]) => (p.type.path ? [pathFrom(dirname(nnetFile), s.args[name] as string)] : [])) : []));
}

/** Changes with what a cache holds. */
const VERSION = 6;

function stamp(path: string): readonly (string | number)[] {
  try {
    const { size, mtimeMs } = statSync(path);
    return [path, size, mtimeMs];
  } catch {
    return [path];
  }
}
