import { changesImages } from "../../language/augmentable.ts";
import type { OptionValue } from "../../language/values.ts";
import type { Step, Table } from "../engines/engine.ts";
import type { Head } from "../plan.ts";
import { generator, shuffle } from "../random.ts";
import { joined, type Map, moved, moves } from "./affine.ts";
import { gamma, type Row } from "./define.ts";
import { entries } from "./entries.ts";

/** What a batch's rows become at a step. */
export type Augment = (table: Table, rows: Int32Array, step: number) => Pick<Step, "x" | "targets">;

/** Entries of a row. */
interface Range {
  readonly from: number;
  readonly shape: readonly number[];
}

/** Undefined where nothing is to be done. `imageIn`: where the image lies in a row of this shape; left out, it is all of it. */
export function augmenter(list: readonly OptionValue[] | undefined, heads: readonly Head[], seed: number, imageIn: (row: readonly number[]) => Range = (shape) => ({ from: 0, shape })): Augment | undefined {
  if (!list || list.length === 0) return undefined;
  const mixup = list.find((a) => a.name === "mixup");
  return (table, rows, step) => {
    const width = table.shape.reduce((a, b) => a * b, 1);
    const x = new Float32Array(rows.length * width);
    const image = list.some(({ name }) => changesImages(name)) ? imageIn(table.shape) : undefined;
    for (const [i, row] of rows.entries()) {
      const random = generator(seed, "augment", step, i);
      const other = () => rowOf(table, width, Math.floor(random() * table.rows));
      x.set(changed({ values: rowOf(table, width, row).slice(), shape: table.shape, random, other }, list, image), i * width);
    }
    return mixup ? mixed(x, targetsOf(table, rows, heads), rows.length, mixup.args["alpha"] as number, generator(seed, "mixup", step)) : { x };
  };
}

const rowOf = ({ x }: Table, width: number, row: number): Float32Array => x.subarray(row * width, (row + 1) * width);

/** Moves are joined into one map, at the place of the first. */
function changed(row: Row, list: readonly OptionValue[], image: Range | undefined): Float32Array {
  const { values } = row;
  const picture = image && { ...row, shape: image.shape, values: values.subarray(image.from, image.from + image.shape.reduce((a, b) => a * b, 1)) };
  const maps = list.flatMap(({ name, args }): Map[] => (moves[name] ? [moves[name](picture!, args)] : []));
  let isMoved = false;
  for (const { name, args } of list) {
    if (moves[name] && !isMoved) {
      picture!.values.set(moved(picture!.values, picture!.shape as [number, number, number], maps.reduce(joined)));
      isMoved = true;
    }
    entries[name]?.apply(changesImages(name) ? picture! : row, args);
  }
  return values;
}

/** λ once for the batch, as in the paper's own code. */
function mixed(x: Float32Array, targets: Float32Array, rows: number, alpha: number, random: () => number): Pick<Step, "x" | "targets"> {
  const [p, q] = [gamma(alpha, random), gamma(alpha, random)];
  const lambda = p + q > 0 ? p / (p + q) : 1;
  const partners = shuffle(Int32Array.from({ length: rows }, (_, i) => i), random);
  const mix = (values: Float32Array): Float32Array => {
    const width = values.length / rows;
    return values.map((v, i) => lambda * v + (1 - lambda) * values[partners[Math.floor(i / width)]! * width + (i % width)]!);
  };
  return { x: mix(x), targets: mix(targets) };
}

/** Labels in the outputs' shape [rows, outputs], of several outputs one after another: one-hot for classes. */
export function targetsOf({ y }: Table, rows: Int32Array, heads: readonly Pick<Head, "kind" | "outputs">[]): Float32Array {
  const width = heads.reduce((sum, { outputs }) => sum + outputs, 0);
  const targets = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    let at = i * width;
    for (const [k, { kind, outputs }] of heads.entries()) {
      const label = y[row * heads.length + k]!;
      if (kind === "classes") targets[at + label] = 1;
      else targets[at] = label;
      at += outputs;
    }
  }
  return targets;
}
