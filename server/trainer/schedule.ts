import type { TrainSettings } from "../language/index.ts";

type Scheduled = Pick<TrainSettings, "optimizer" | "schedule">;

/** The learning rate of step `step` (from 0): Keras' and PyTorch's shapes, with a linear rise over `warmup` steps first. */
export function learningRate(settings: Scheduled, step: number, stepsPerEpoch: number, epochs: number): number {
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

/** What `plateau` remembers; plain, so that a run can be resumed. */
export interface Plateau {
  /** Factor of the learning rate by now. */
  readonly factor: number;
  readonly best: number;
  /** Epochs since. */
  readonly since: number;
}

export const NO_PLATEAU: Plateau = { factor: 1, best: Number.MAX_VALUE, since: 0 };

/** After an epoch of this validation loss. */
export function afterEpoch({ optimizer, schedule }: Scheduled, before: Plateau, loss: number): Plateau {
  if (schedule.name !== "plateau") return before;
  const { factor, patience, least } = schedule.args as { factor: number; patience: number; least: number };
  if (loss < before.best * (loss < 0 ? 1 : 1 - BETTER)) return { ...before, best: loss, since: 0 };
  const since = before.since + 1;
  if (since < patience) return { ...before, since };
  const floor = least / (optimizer.args["lr"] as number);
  return { ...before, factor: Math.min(before.factor, Math.max(before.factor * factor, floor)), since: 0 };
}

/** A smaller gain is none (PyTorch's `threshold`, relative). */
const BETTER = 1e-4;
