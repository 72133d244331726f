import type { Model, TrainSettings } from "../language/index.ts";
import { augmenter } from "./augment/index.ts";
import { classWeights } from "./classes.ts";
import type { Part } from "./data/part.ts";
import { TrainerError } from "./errors.ts";
import type { LoopRun } from "./loop.ts";
import { suits } from "./metrics.ts";
import type { TrainPlan } from "./plan.ts";

/** What a run does to each batch, from its settings; everything that does not fit model and data is thrown here, before training. */
export async function dresser(settings: TrainSettings, model: Model, { heads, seed }: TrainPlan, train: Part): Promise<LoopRun["dress"]> {
  for (const { name } of settings.metrics ?? []) {
    const [head] = heads;
    if (head.reconstructs) throw new TrainerError("bad-setting", `metrics: ${name} compares with the label, and target = input; leave it out`);
    if (!heads.some((h) => suits(name, h))) throw new TrainerError("bad-setting", `metrics: ${name} is for ${head.kind === "number" ? "classes, and the label is a number; mae, rmse and r2 are for numbers" : "numbers, and the label is a class"}`);
  }
  const factors = await classWeights(settings, heads, train);
  const augment = augmenter(settings.augment, model, heads, seed);
  if (!factors && !augment) return () => ({});
  return (table, rows, step) => ({
    ...augment?.(table, rows, step),
    ...(factors && { weights: Float32Array.from({ length: rows.length * heads.length }, (_, i) => factors[i % heads.length]?.[table.y[rows[Math.floor(i / heads.length)]! * heads.length + (i % heads.length)]!] ?? 1) }),
  });
}
