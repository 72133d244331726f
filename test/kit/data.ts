import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Prepared } from "../../server/trainer/data/dataset.ts";
import { openDataset } from "../../server/trainer/data/open.ts";
import type { Part } from "../../server/trainer/data/part.ts";
import { errorEvent } from "../../server/trainer/errors.ts";
import { expectedLabels, planOf } from "../../server/trainer/plan.ts";
import type { ErrorEvent } from "../../server/trainer/protocol.ts";
import { readTarget } from "../../server/trainer/target.ts";
import { folderWith } from "./training.ts";

type Content = string | Uint8Array;

interface Options {
  /** The model's input and what follows it. */
  readonly input?: string;
  /** Its end. */
  readonly end?: string;
  readonly seed?: number;
  /** Instead of a fresh folder. */
  readonly folder?: string;
}

/** A data block, read and prepared for a small model. */
export async function prepared(files: Readonly<Record<string, Content>>, data: string, { input = "[2]", end = "dense(2) -> softmax", seed = 1, folder = folderWith({}) }: Options = {}): Promise<Prepared> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return preparedText(join(folder, "m.nnet"), `data d {\n${data}\n}\nmodel M {\n  input x ${input}\n  ${end}\n}\ntrain M on d {\n  seed = ${seed}\n}\n`, seed);
}

/** The data of a whole text, beside whose file the data files lie. */
export async function preparedText(file: string, text: string, seed = 1): Promise<Prepared> {
  const target = readTarget(file, undefined, text);
  const dataset = await openDataset({ file, settings: target.data.settings, expected: expectedLabels(target.model, target.settings), seed, folder: join(dirname(file), ".nnet/runs") }, target);
  return dataset.prepare(planOf(target.model, target.settings, dataset.labels.map((l) => l.kind)).heads);
}

/** What is wrong with it. */
export const problem = async (...args: Parameters<typeof prepared>): Promise<ErrorEvent> => errorEvent(await prepared(...args).then(() => new Error("nothing is wrong"), (e: unknown) => e));

/** Features and label of each row. */
export async function rowsOf(part: Part): Promise<number[][]> {
  const found: number[][] = [];
  for (const piece of part.all(64)) {
    const { x, y, shape } = await piece.table();
    const width = shape.reduce((a, b) => a * b, 1);
    for (const row of piece.batches.flatMap((b) => [...b])) found.push([...x.subarray(row * width, (row + 1) * width), y[row]!]);
  }
  return found;
}
