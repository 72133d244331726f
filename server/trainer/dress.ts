import type { TrainSettings } from "../language/index.ts";
import { augmenter } from "./augment/index.ts";
import { classWeights } from "./classes.ts";
import type { Part } from "./data/part.ts";
import type { LoopRun } from "./loop.ts";
import type { TrainPlan } from "./plan.ts";

/** What a run does to each batch, from its settings. */
export async function dresser(settings: TrainSettings, { heads, seed }: TrainPlan, train: Part): Promise<LoopRun["dress"]> {
  const factors = await classWeights(settings, heads, train);
  const augment = augmenter(settings.augment, heads, seed);
  if (!factors && !augment) return () => ({});
  return (table, rows, step) => ({
    ...augment?.(table, rows, step),
    ...(factors && { weights: Float32Array.from({ length: rows.length * heads.length }, (_, i) => factors[i % heads.length]?.[table.y[rows[Math.floor(i / heads.length)]! * heads.length + (i % heads.length)]!] ?? 1) }),
  });
}
