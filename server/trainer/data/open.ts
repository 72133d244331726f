import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { foldSplits, heldOut } from "../folds.ts";
import { isRunning } from "../whole.ts";
import type { TrainPlan } from "../plan.ts";
import { everyIndex, fitted, marks, notesOf, partsOf, prepare, type Prepared, type Sources } from "./dataset.ts";
import { stampOf } from "./file-stamp.ts";
import { factsOf, type LabelFacts } from "./labels.ts";
import type { Part } from "./part.ts";
import { checkClasses, type Meeting, shapeFor } from "./prepare.ts";
import { spilledOf, isInMemory } from "./raw.ts";
import { fingerprint, type ReadOptions, readSources } from "./read.ts";
import { partOfShards } from "./shards/part.ts";
import { type Cache, type CacheRequest, entriesOf, findCache, joined, stampNow, vocabularies, writeCache } from "./shards.ts";
import type { Split } from "./split.ts";

type Heads = TrainPlan["heads"];

/** A data block, read: it can be prepared once it is known how the model is trained. */
export interface Dataset {
  /** Of each output. */
  readonly labels: readonly LabelFacts[];
  /** Changes with the files that rows name, and with those in a folder: as they were when they were read. */
  readonly stamp: string | undefined;
  /** Fits encodings on the training rows and makes the parts. Once: the rows as read are given up. Throws TrainerErrors. */
  prepare(heads: Heads): Prepared;
  /** The same with each fold held out as the validation part. Throws `bad-setting` where there are not enough rows. */
  folds(count: number): readonly ((heads: Heads) => Prepared)[];
}

/** Reads the data of a run; rows that are too many for memory are put into shards in its folder, once. */
export async function openDataset(options: ReadOptions, meeting: Meeting): Promise<Dataset> {
  const named = { folder: options.folder, name: meeting.data.name, fingerprint: fingerprint(options, meeting) };
  const before = { ...named, stamp: await stampNow(named) };
  const known = findCache(before);
  if (known) return cached(known, meeting, before.stamp);
  const sources = await readSources(options, meeting.data);
  const all = [sources.main, ...(sources.test ? [sources.test] : [])];
  if (all.every(isInMemory)) return inMemory(sources, options, meeting);
  const spilled = all.flatMap(spilledOf);
  try {
    const request = { ...named, stamp: stampOf(all) };
    return cached(toShards(sources, options, meeting, request), meeting, request.stamp);
  } finally {
    for (const path of spilled) rmSync(path, { force: true });
  }
}

function inMemory(sources: Sources, { settings, seed }: ReadOptions, meeting: Meeting): Dataset {
  const labels = sources.main.labels!.map(factsOf);
  // No function but this variable holds the rows, so that they go with it: the encoded ones are as many once more.
  let read: { readonly sources: Sources; readonly split: Split } | undefined = { sources, split: partsOf(sources, settings, seed) };
  const from = (own: Sources, parts: Split, heads: Heads): Prepared => {
    checkClasses(labels, own.main, heads, meeting);
    return prepare(own, parts, meeting);
  };
  return {
    labels,
    stamp: stampOf([sources.main, ...(sources.test ? [sources.test] : [])]),
    prepare(heads) {
      if (!read) throw new Error("the rows as read have been given up");
      const { sources: own, split } = read;
      read = undefined;
      return from(own, split, heads);
    },
    folds(count) {
      const { sources: own, split } = read!;
      return foldSplits({ split, labels: own.main.labels! }, count, seed).map((parts, i) => (heads) => heldOut(i + 1, count, () => from(own, parts, heads)));
    },
  };
}

function toShards(sources: Sources, { settings, seed, folder, folds }: ReadOptions, meeting: Meeting, request: CacheRequest): Cache {
  const { main, test = main } = sources;
  const parts = partsOf(sources, settings, seed);
  const splits = folds === undefined ? [parts] : foldSplits({ split: parts, labels: main.labels! }, folds, seed);
  const fit = (train: Int32Array) => fitted(sources, marks(main.rows, train), meeting).encoding;
  const encodings = splits.map(({ train }, i) => (folds === undefined ? fit(train) : heldOut(i + 1, folds, () => fit(train))));
  for (const raw of [main, sources.test]) if (raw && !raw.sentences) everyIndex(raw, meeting);
  mkdirSync(folder, { recursive: true });
  const { columns, codes } = joined(main, sources.test);
  const own = folds === undefined ? [{ name: "train", raw: main, rows: parts.train }, { name: "validation", raw: main, rows: parts.validation }] : splits.map(({ validation }, i) => ({ name: `fold-${i + 1}`, raw: main, rows: validation }));
  const rows = [...own, { name: "test", raw: test, rows: parts.test, ...(sources.test && codes && { codes }) }];
  const facts = { file: main.file, columns, width: main.width, shape: main.shape, places: main.places, labelPlaces: main.labelPlaces, labels: main.labels!.map(factsOf), words: vocabularies(main, encodings) };
  return writeCache(request, [main, ...(sources.test ? [sources.test] : [])], rows, { raw: facts, encodings, notes: notesOf(sources) }, seed, settings.memory);
}

function cached(cache: Cache, meeting: Meeting, stamp: string | undefined): Dataset {
  const { raw, encodings, notes } = cache;
  const { labels } = raw;
  const last = cache.names.length - 1;
  /** Parts by their number. */
  const from = (number: number, training: readonly number[], validation: number) => (heads: Heads): Prepared => {
    checkClasses(labels, raw, heads, meeting);
    const encoding = encodings[number]!;
    const shape = encoding.text ? [encoding.text.lengths.at(-1)!] : shapeFor(raw, encoding, meeting);
    const [train, held, test] = [training, [validation], [last]].map((parts) => partOfShards(cache, parts, number, shape, meeting)) as [Part, Part, Part];
    const shards = cache.shards.reduce((sum, s) => sum + s.length, 0);
    return { train, validation: held, test, encoding, shape, notes: [...notes, `The rows are more than memory = ${meeting.data.settings.memory} bytes hold: they are read from ${shards} shards in ${cache.folder}.`] };
  };
  const folds = Array.from({ length: last }, (_, i) => i);
  return { labels, stamp, prepare: from(0, [0], 1), folds: () => encodings.map((_, i) => from(i, folds.filter((k) => k !== i), i)) };
}

/** What runs that were killed have left of spilled rows. */
export function removeSpilled(folder: string): void {
  for (const entry of entriesOf(folder)) {
    const pid = /^(?:rows|test-rows|.*\.rows)\.(\d+)\.tmp(?:\.\w+)*$/.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, entry), { recursive: true, force: true });
  }
}
