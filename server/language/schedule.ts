import type { TrainSettings } from "./analysis.ts";

/** The learning rate of step `step` (from 0): Keras' and PyTorch's shapes, with a linear rise over `warmup` steps first. */
export function learningRate(settings: Pick<TrainSettings, "optimizer" | "schedule">, step: number, stepsPerEpoch: number, epochs: number): number {
  const base = settings.optimizer.args["lr"] as number;
  const { name } = settings.schedule;
  const args = settings.schedule.args as Readonly<Record<string, number>>;
  const all = stepsPerEpoch * epochs;
  const warmup = args["warmup"] ?? 0;
  if (step < warmup) return (base * (step + 1)) / warmup;
  if (name === "step") return base * args["factor"]! ** Math.floor(Math.floor(step / stepsPerEpoch) / args["every"]!);
  if (name === "cosine") return between(base, 0, (step - warmup) / Math.max(all - warmup, 1));
  if (name === "one_cycle") {
    // The last step of the rise is the highest, the last of all the lowest.
    const top = args["rise"]! * all - 1;
    return step <= top ? between(base / RISE, base, step / Math.max(top, 1)) : between(base, base / RISE / FALL, (step - top) / Math.max(all - 1 - top, 1));
  }
  return base;
}

/** PyTorch's `div_factor` and `final_div_factor`. */
const RISE = 25;
const FALL = 1e4;

/** From one to the other along half a cosine. */
const between = (from: number, to: number, share: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(share, 1)))) / 2;

/** Of this many steps, how many of them at the optimizer's full rate would go as far; `plateau`, which depends on the run, counts as full. */
export function fullSteps(settings: Pick<TrainSettings, "optimizer" | "schedule">, stepsPerEpoch: number, epochs: number): number {
  const all = stepsPerEpoch * epochs;
  const parts = Math.min(all, PARTS);
  const lr = settings.optimizer.args["lr"] as number;
  let sum = 0;
  for (let i = 0; i < parts; i++) sum += learningRate(settings, Math.floor(((i + 0.5) * all) / parts), stepsPerEpoch, epochs);
  return lr > 0 ? (sum / lr) * (all / parts) : 0;
}

/** At which a long run is looked at. */
const PARTS = 1_000;
