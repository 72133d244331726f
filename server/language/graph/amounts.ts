import { grouped } from "../digits.ts";
import { add, type Dim, mul } from "../ops/dim.ts";
import type { Model } from "./graph.ts";

/** Bytes of one entry: training and prediction use 32-bit floats. */
const ENTRY = 4;

/** Rows of a batch where nothing says how many: the default of `batch`. */
export const USUAL_BATCH = 32;

export interface Amounts {
  readonly batch: number;
  /** Bytes of weights; what several nodes share, once. */
  readonly weights: Dim;
  /** Bytes of the results of a batch that training keeps for the way back: see `Cost` in ops/shapes.ts. */
  readonly activations: Dim;
}

export function amountsOf(model: Model, batch = USUAL_BATCH): Amounts {
  let entries: Dim = 0;
  for (const node of model.nodes) entries = add(entries, node.cost.activations);
  return { batch, weights: ENTRY * model.totals.params, activations: mul(ENTRY * batch, entries) };
}

/** 1.2 MiB; a symbolic size stays one. */
export function bytesText(n: Dim): string {
  if (typeof n !== "number") return `${n} bytes`;
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let size = n;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 || size >= 100 ? grouped(Math.round(size)) : String(Number(size.toPrecision(3)))} ${units[unit]!}`;
}

/** How counts are made, said wherever they are shown. */
export const CONVENTION = "a MAC is 2 FLOPs, an entry of any other operation 1";
