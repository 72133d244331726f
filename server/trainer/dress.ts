import { imageInputs } from "../language/augmentable.ts";
import type { Model, TrainSettings } from "../language/index.ts";
import { augmenter } from "./augment/index.ts";
import { classWeights } from "./classes.ts";
import type { Part } from "./data/part.ts";
import type { LoopRun } from "./loop.ts";
import type { TrainPlan } from "./plan.ts";
import { inputShapes } from "./shapes.ts";

/** What a run does to each batch, from its settings. */
export async function dresser(settings: TrainSettings, { heads, seed }: TrainPlan, train: Part, model: Model): Promise<LoopRun["dress"]> {
  const factors = await classWeights(settings, heads, train);
  const augment = augmenter(settings.augment, heads, seed, (row) => imageOf(model, row));
  if (!factors && !augment) return () => ({});
  return (table, rows, step) => ({
    ...augment?.(table, rows, step),
    ...(factors && { weights: Float32Array.from({ length: rows.length * heads.length }, (_, i) => factors[i % heads.length]?.[table.y[rows[Math.floor(i / heads.length)]! * heads.length + (i % heads.length)]!] ?? 1) }),
  });
}

/** Where the image lies in a row, which is all inputs one after another. */
function imageOf(model: Model, row: readonly number[]): { readonly from: number; readonly shape: readonly number[] } {
  const shapes = inputShapes(model, row);
  const at = imageInputs(model)[0]!;
  return { from: shapes.slice(0, at).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0), shape: shapes[at]! };
}
