import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../whole.ts";
import type { Head } from "../plan.ts";
import { everyIndex, fitted, marks, notesOf, partsOf, prepare, type Prepared, type Sources } from "./dataset.ts";
import type { LabelKind } from "./labels.ts";
import type { Part } from "./part.ts";
import { isIndices } from "./indices.ts";
import { checkClasses, type Meeting, shapeFor } from "./prepare.ts";
import { fingerprint, type ReadOptions, readSources } from "./read.ts";
import { type Cache, type CacheRequest, findCache, joined, partOfShards, writeCache } from "./shards.ts";
import type { Split } from "./split.ts";

/** A data block, read: it can be prepared once it is known how the model is trained. */
export interface Dataset {
  readonly label: { readonly kind: LabelKind; readonly classes?: readonly string[] };
  /** Rows of the source, and which of them each part has; undefined where the rows are too many for memory. */
  readonly split: Split | undefined;
  /** The class of each row of the source, by number; undefined for numbers, and where the rows are too many for memory. */
  readonly rowClasses: Float32Array | undefined;
  /** Fits encodings on the training rows and makes the parts; `parts` for others than the block's own. Throws TrainerErrors. */
  prepare(head: Head, parts?: Split): Prepared;
}

/** Reads the data of a run; rows that are too many for memory are put into shards in its folder, once. */
export async function openDataset(options: ReadOptions, meeting: Meeting): Promise<Dataset> {
  const cacheRequest = { folder: options.folder, name: meeting.data.name, fingerprint: fingerprint(options, meeting) };
  const known = findCache(cacheRequest);
  if (known) return cached(known, meeting);
  const sources = await readSources(options);
  if (sources.main.values.kind === "memory" && (sources.test?.values.kind ?? "memory") === "memory") return inMemory(sources, options, meeting);
  try {
    return cached(toShards(sources, options, meeting, cacheRequest), meeting);
  } finally {
    for (const raw of [sources.main, sources.test]) if (raw?.values.kind === "file") rmSync(raw.values.path, { force: true });
  }
}

function inMemory(sources: Sources, { settings, seed }: ReadOptions, meeting: Meeting): Dataset {
  const labels = sources.main.labels!;
  const label = labels.kind === "class" ? { kind: labels.kind, classes: labels.classes } : { kind: labels.kind };
  const split = partsOf(sources, settings, seed);
  return {
    label,
    split,
    rowClasses: labels.kind === "class" ? labels.values : undefined,
    prepare(head, parts = split) {
      checkClasses(label, sources.main, head, meeting);
      return prepare(sources, parts, meeting);
    },
  };
}

function toShards(sources: Sources, { settings, seed, folder }: ReadOptions, meeting: Meeting, request: CacheRequest): Cache {
  const { main, test = main } = sources;
  const parts = partsOf(sources, settings, seed);
  const { encoding } = fitted(sources, marks(main.rows, parts.train), meeting);
  for (const raw of [main, sources.test]) if (raw) everyIndex(raw, meeting);
  mkdirSync(folder, { recursive: true });
  const labels = main.labels!;
  const { columns, codes } = joined(main, sources.test);
  const rows = [{ raw: main, rows: parts.train }, { raw: main, rows: parts.validation }, { raw: test, rows: parts.test, ...(sources.test && codes && { codes }) }];
  const facts = { file: main.file, columns, width: main.width, shape: main.shape, places: main.places, labelPlace: main.labelPlace, classes: labels.kind === "class" ? labels.classes : undefined };
  return writeCache(request, rows, { raw: facts, encoding, notes: notesOf(sources) }, seed, settings.memory);
}

function cached(cache: Cache, meeting: Meeting): Dataset {
  const { raw, encoding, notes } = cache;
  const label = raw.classes ? { kind: "class" as const, classes: raw.classes } : { kind: "number" as const };
  return {
    label,
    split: undefined,
    rowClasses: undefined,
    prepare(head) {
      checkClasses(label, raw, head, meeting);
      const shape = shapeFor(raw, encoding, meeting);
      const scale = isIndices(meeting.model) ? 1 : meeting.data.settings.scale;
      const [train, validation, test] = [0, 1, 2].map((i) => partOfShards(cache, i, shape, scale)) as [Part, Part, Part];
      const shards = cache.shards.reduce((sum, s) => sum + s.length, 0);
      return { train, validation, test, encoding, shape, notes: [...notes, `The rows are more than memory = ${meeting.data.settings.memory} bytes hold: they are read from ${shards} shards in ${cache.folder}.`] };
    },
  };
}

/** What runs that were killed have left of spilled rows. */
export function removeSpilled(folder: string): void {
  let entries: string[] = [];
  try {
    entries = readdirSync(folder);
  } catch {
    return;
  }
  for (const entry of entries) {
    const pid = /^(?:rows|test-rows|.*\.rows)\.(\d+)\.tmp$/.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, entry), { recursive: true, force: true });
  }
}
