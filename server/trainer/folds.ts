import { classesFor, type Labels } from "./data/labels.ts";
import type { Split } from "./data/split.ts";
import { TrainerError } from "./errors.ts";
import type { Averaged, EndEvent, FoldEvent } from "./protocol.ts";
import { generator, shuffle } from "./random.ts";
import { spread } from "./spread.ts";

/** Cross-validation: each of k parts held out once. Kohavi 1995. */

/**
 * For each fold its held-out rows as the validation part and all others as the training part; the test part stays. Throws
 * `bad-setting` where there are not enough rows.
 */
export function foldSplits({ split, labels }: { readonly split: Split; readonly labels: readonly Labels[] }, folds: number, seed: number): readonly Split[] {
  const rows = Int32Array.from([...split.train, ...split.validation]).sort();
  if (rows.length < folds) throw new TrainerError("bad-setting", `folds = ${folds} needs as many rows outside of the test part, and there are ${rows.length}; ${fewer(rows.length)}`);
  const label = classesFor(labels);
  const groups = grouped(rows, label?.values);
  const [rarest, least] = [...groups].reduce<[number, number]>(([c, n], [key, group]) => (group.length < n ? [key, group.length] : [c, n]), [0, Infinity]);
  if (least < folds) {
    throw new TrainerError("bad-setting", `folds = ${folds} needs each class in each fold, and class ${label?.classes[rarest] ?? rarest} has ${least === 1 ? "1 row" : `${least} rows`} outside of the test part; ${fewer(least)}`);
  }
  const parts = Array.from({ length: folds }, (): number[] => []);
  const random = generator(seed, "folds");
  // Dealt one after another, from class to class: a class' shares differ by at most one row, and so do the folds.
  let next = 0;
  for (const [, group] of groups) for (const row of shuffle(Int32Array.from(group), random)) parts[next++ % folds]!.push(row);
  return parts.map((held, i): Split => ({
    train: shuffle(Int32Array.from(parts.flatMap((part, j) => (j === i ? [] : part))), random),
    validation: shuffle(Int32Array.from(held), random),
    test: split.test,
  }));
}

/** A fold's training rows may lack what the others have: a category, and with it a feature. */
export function heldOut<T>(fold: number, folds: number, prepare: () => T): T {
  try {
    return prepare();
  } catch (e) {
    if (!(e instanceof TrainerError)) throw e;
    const { event: _, code, message, ...place } = e.event;
    throw new TrainerError(code, `With fold ${fold} of ${folds} held out: ${message}`, place);
  }
}

const fewer = (most: number): string => (most < 2 ? "leave folds out, or add rows" : `folds = ${most} is the most`);

/** Rows by class, in the classes' order; numbers are one group. */
function grouped(rows: Int32Array, classes: Float32Array | undefined): [number, number[]][] {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const key = classes ? classes[row]! : 0;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].sort(([a], [b]) => a - b);
}

export function foldsSummary(folds: readonly FoldEvent[], averaged: Averaged | undefined): NonNullable<EndEvent["folds"]> {
  const of = (part: "validation" | "test") => folds.flatMap((f) => f[part] ?? []);
  const tests = of("test");
  return { folds, validation: spread(of("validation")), ...(tests.length > 0 && { test: spread(tests) }), ...(averaged && { averaged }) };
}
