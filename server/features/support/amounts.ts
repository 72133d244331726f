import { type Amounts, amountsOf, bytesText, CONVENTION } from "../../language/graph/amounts.ts";
import type { Model } from "../../language/index.ts";
import { add } from "../../language/ops/dim.ts";
import { receptiveFields } from "../../language/graph/receptive.ts";
import { count, counted } from "./text.ts";

/** What a model amounts to, a line each. */
export function amountsText(model: Model, batch?: number): string[] {
  const { totals: t } = model;
  const { weights, activations, batch: rows } = amountsOf(model, batch);
  const lines = [
    `**${counted(t.params, "parameter")}**: ${count(t.trainable)} trained, ${count(t.nonTrainable)} not`,
    `${count(t.macs)} MACs, ${count(t.flops)} FLOPs a row (derived; ${CONVENTION})`,
    `${bytesText(weights)} of weights, ${bytesText(activations)} of activations for a batch of ${rows} (derived: 4 bytes an entry)`,
  ];
  const field = largest(model);
  if (field) lines.push(`Receptive field: ${field} of the input`);
  return lines;
}

/** Weights and activations together: "1.2 MiB for a batch of 32". */
export function memoryText({ weights, activations, batch }: Amounts): string {
  return `${bytesText(add(weights, activations))} for a batch of ${batch}`;
}

function largest(model: Model): string | undefined {
  let most: readonly number[] | undefined;
  for (const field of receptiveFields(model)) if (field && (!most || Math.min(...field) > Math.min(...most))) most = field;
  return most?.some((n) => n > 1) ? most.map((n) => count(n)).join("×") : undefined;
}
