import type { Finding } from "../findings.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { entryOf, fileOf, settingEdit, settingSite } from "./fixes.ts";
import { enoughSteps, hardlyMoves } from "./adaptive-rate.ts";
import { FEWEST_STEPS, stepsOf, trainingRows, warmupOf } from "./rates.ts";
import { hardlyLearns } from "./steady-rate.ts";
import { rateOf } from "./steps.ts";
import { count } from "./places.ts";

/**
 * Epochs, batch and schedule against the rows. A run has epochs · ⌈rows / batch⌉ steps; a warm-up that is longer never
 * ends, patience that is longer never stops, a drop that comes later never comes (all derived).
 * Guards: rows that are not known; small tables, where one step an epoch is all there is.
 */
export const trainingLength = defineCheck({
  code: "training-length",
  *train(train) {
    const { settings } = train;
    if (!settings) return;
    const steps = stepsOf(train);
    yield* againstRows(train, steps);
    const { schedule, epochs, early_stop } = settings;
    const { args } = schedule;
    const warmup = warmupOf(train);
    const lr = settings.optimizer.args["lr"] as number;
    if (steps !== undefined && warmup > 0 && warmup >= steps) {
      yield report(train, "schedule", "warning", `the warm-up of ${count(warmup)} steps is longer than the whole run of ${count(steps)} (derived: epochs · ⌈rows / batch⌉): the learning rate ${lr} is never reached`);
    }
    const every = schedule.name === "step" ? (args["every"] as number) : undefined;
    if (every !== undefined && every >= epochs) yield report(train, "schedule", "information", `the learning rate would drop every ${count(every)} epochs, and the run has ${count(epochs)}: it never does`);
    const patience = early_stop?.args["epochs"] as number | undefined;
    if (patience !== undefined && patience >= epochs) yield report(train, "early_stop", "information", `a patience of ${count(patience)} epochs in a run of ${count(epochs)} never stops it`);
  },
});

function* againstRows(train: Trained, steps: number | undefined): Iterable<Finding> {
  const rows = trainingRows(train.data);
  const { batch, epochs } = train.settings!;
  if (rows === undefined || steps === undefined) return;
  const measured = train.data!.profile!.complete ? "counted" : "estimated";
  // A small table in one step, by the batch that nobody chose, is fine.
  if (batch > rows && entryOf(train.declaration, "batch")) {
    const better = Math.min(rows, rows >= 256 ? 32 : 8);
    yield report(train, "batch", "information", `a batch of ${count(batch)} is more than the ${count(rows)} training rows (${measured}): every epoch is one step`, better, "batch");
  } else if (steps < FEWEST_STEPS) {
    const better = Math.ceil(Math.max(FEWEST_STEPS, rateOf(train) ? 0 : enoughSteps(train)) / Math.ceil(rows / batch));
    const idle = rateOf(train) ? hardlyLearns(train) : hardlyMoves(train);
    yield report(train, "epochs", idle ? "warning" : "information", `the whole run has ${count(steps)} steps (derived: ${count(epochs)} epochs · ⌈${count(rows)} rows / ${count(batch)}⌉, rows ${measured}); weights move a little in each, and ${FEWEST_STEPS} are few`, better, "epochs");
  }
}

function report({ declaration, model }: Trained, key: string, severity: "warning" | "information", message: string, better?: number, change?: string): Finding {
  const file = fileOf(model);
  const fixes = better !== undefined && change !== undefined ? [{ title: `Use ${change} = ${better}`, edits: [settingEdit(file, declaration, change, String(better))] }] : undefined;
  return { code: "training-length", severity, site: settingSite(file, declaration, key), message, ...(fixes && { fixes }) };
}
