import type { Model } from "../../language/index.ts";
import { add, type Dim, mul } from "../../language/ops/dim.ts";
import { fields } from "./facts.ts";
import { count, counted } from "./text.ts";

/** Bytes of one entry: training and prediction use 32-bit floats. */
const ENTRY = 4;

export interface Amounts {
  readonly weights: Dim;
  /** Bytes of every result of a batch, as training keeps them for the way back. */
  readonly activations: Dim;
}

export function amountsOf(model: Model, batch: number): Amounts {
  let entries: Dim = 0;
  for (const node of model.nodes) entries = add(entries, node.cost.activations);
  return { weights: ENTRY * model.totals.params, activations: mul(ENTRY * batch, entries) };
}

/** What a model amounts to, a line each. */
export function amountsText(model: Model, batch = 32): string[] {
  const { totals: t } = model;
  const { weights, activations } = amountsOf(model, batch);
  const lines = [
    `**${counted(t.params, "parameter")}**: ${count(t.trainable)} trained, ${count(t.nonTrainable)} not`,
    `${count(t.macs)} MACs, ${count(t.flops)} FLOPs a row (derived; a MAC is 2 FLOPs, an elementwise step 1)`,
    `${bytes(weights)} of weights, ${bytes(activations)} of activations for a batch of ${batch} (derived: 4 bytes an entry)`,
  ];
  const field = largest(model);
  if (field) lines.push(`Receptive field: ${field} of the input`);
  return lines;
}

/** 1.2 MiB; a symbolic size stays one. */
export function bytes(n: Dim): string {
  if (typeof n !== "number") return `${count(n)} bytes`;
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let size = n;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? count(size) : size >= 100 ? count(Math.round(size)) : String(Number(size.toPrecision(3)))} ${units[unit]!}`;
}

function largest(model: Model): string | undefined {
  let most: readonly number[] | undefined;
  for (const field of fields(model)) if (field && (!most || Math.min(...field) > Math.min(...most))) most = field;
  return most?.some((n) => n > 1) ? most.map((n) => count(n)).join("×") : undefined;
}
