import type { TrainSettings } from "../analysis.ts";
import type { Head } from "../heads.ts";
import type { Model } from "../graph/graph.ts";
import { sizesFor } from "../ops/solving.ts";
import { asked, BACK, count, drawsOf, MOST_AT_ONCE, type Slice, slicesOf, workOf } from "../signal/index.ts";

/** What is trained, and on what. */
export interface Plan {
  readonly model: Model;
  readonly heads: readonly Head[];
  readonly settings: TrainSettings;
  /** Of the whole run. */
  readonly stepsPerEpoch: number;
  /** The look at the data that the rows come from: one object as long as they stay; what else they follow from; and "digits.csv". */
  readonly source: object;
  readonly read: string;
  readonly of: string;
  /** As they flow in: of several inputs one after another. */
  readonly rows: readonly ArrayLike<number>[];
  /** By output, by row: what is compared with, [outputs]. */
  readonly targets: readonly (readonly Float64Array[])[];
  /** By output, by row: factors of the losses. */
  readonly factors?: readonly (readonly number[] | undefined)[];
}

/** Multiplications and entries that a rehearsal may cost. */
export const MOST = 400_000_000;
/** Steps that are enough to see where a training goes, and that are needed to see anything. */
const [MOST_STEPS, FEWEST_STEPS] = [200, 12];
/** Rows of a step where it would be too dear with more, and without which there is none. */
const FEWEST_ROWS = 16;
/** At the beginning and after each of so many equal parts of the steps all rows are looked at. */
export const PARTS = 4;
/** A layer is done at once: none that takes longer than some tens of milliseconds. */
const AT_ONCE = 4_000_000;
/** What an optimizer does for an entry of a weight, in multiplications. */
export const AN_UPDATE = 10;
/** Larger models are not rehearsed, nor what has a larger weight: that is drawn, and changed, at once. */
const [MOST_NODES, MOST_ENTRIES] = [1_000, 2_000_000];

/** Not even the fewest steps would fit; told by counts alone. */
export function isTooDear({ totals, nodes }: Model, { batch }: Pick<TrainSettings, "batch">): boolean {
  const { params, macs } = totals;
  return nodes.length > MOST_NODES || params > MOST_AT_ONCE || (typeof macs === "number" && (1 + BACK) * Math.min(batch, FEWEST_ROWS) * FEWEST_STEPS * macs > MOST);
}

/** How much of a plan is done. */
export interface Extent {
  readonly rows: Plan["rows"];
  readonly steps: number;
  /** Rows in each step. */
  readonly batch: number;
  /** By node, of one row, in multiplications. */
  readonly works: readonly number[];
  /** By input, what of a row flows in. */
  readonly slices: readonly Slice[];
}

/** As many rows as no layer takes too long for, and as many steps as `most` allows; undefined where these are too few. */
export function extentOf({ model, settings, stepsPerEpoch, rows: given }: Plan, most: number): Extent | undefined {
  const { nodes } = model;
  const slices = slicesOf(model, given[0]?.length ?? 0);
  const sizes = slices && sizesFor(slices.flatMap((s) => s.shape), asked(model));
  const draws = nodes.reduce((n, node) => (node.sharesWith === undefined ? node.weights.reduce((m, w) => m + drawsOf(w), n) : n), 0);
  if (!slices || !sizes || draws > MOST_AT_ONCE || nodes.some((n) => n.weights.some((w) => count(w.spec.shape) > MOST_ENTRIES))) return undefined;
  const works = nodes.map((node) => workOf(node, sizes));
  const all = works.reduce((a, b) => a + b, 0);
  const rows = given.slice(0, Math.floor(AT_ONCE / Math.max(1, ...works)));
  const update = AN_UPDATE * model.totals.params;
  const left = most - draws - 2 * (PARTS + 1) * rows.length * all;
  const asMany = Math.min(settings.batch, rows.length);
  // Fewer rows where not enough steps could be taken.
  const fitting = Math.floor((left / MOST_STEPS - update) / (all * (1 + BACK)));
  const batch = Math.max(Math.min(asMany, FEWEST_ROWS), Math.min(asMany, fitting));
  const steps = Math.min(MOST_STEPS, stepsPerEpoch * settings.epochs, Math.floor(left / (batch * all * (1 + BACK) + update)));
  return rows.length >= FEWEST_ROWS && steps >= FEWEST_STEPS ? { rows, steps, batch, works, slices } : undefined;
}
