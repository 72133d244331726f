import type { Fix } from "../findings.ts";
import type { Rehearsal, Rehearsed } from "../rehearsal/index.ts";
import { rowsText } from "../signal/index.ts";
import type { Trained } from "./define.ts";
import { rateFix } from "./rates.ts";

/** Codes of what says why a training diverges or stands still: as information, it becomes the finding. */
export const CAUSES = [
  "learning-rate", "vanishing-gradient", "exploding-gradient", "dead-relu", "constant-init", "saturated-units", "narrow-layers", "narrow-bottleneck", "scores-alike", "features-unscaled",
  "training-length", "weight-penalty", "dropout-rate", "output-range", "loss-against-activation", "loss-against-label", "last-layer", "activations-in-a-row", "receptive-field-short", "positions-lost",
];

/** "200 steps of adam(lr = 0.001) in batches of 32 (measured in a rehearsal, n = 64 rows of digits.csv)" */
export function stepsText({ steps, batch, rows, losses, broke, plan: { of, settings } }: Rehearsal): string {
  const { name, args } = settings.optimizer;
  return `${broke ? losses.length : steps} steps of ${name}(lr = ${args["lr"] as number}) in batches of ${batch} (measured in a rehearsal, ${rowsText({ rows: rows.length, of })})`;
}

/** A loss, as it is told. */
export function number(x: number): string {
  const size = Math.abs(x);
  return size >= 1e6 || (size > 0 && size < 1e-3) ? x.toExponential(2) : String(Number(x.toPrecision(size >= 1 && size < 10 ? 4 : 3)));
}

/** The learning rate that a rehearsal showed to do, if one did. */
export function curesOf({ cure }: Rehearsed): { readonly text: string; readonly fixes: (train: Trained) => Fix[] } {
  if (!cure) return { text: "", fixes: () => [] };
  return { text: `; with lr = ${cure.rate} ${cure.steps} steps come to ${number(cure.loss)}`, fixes: (train) => rateFix(train, String(cure.rate)) };
}
