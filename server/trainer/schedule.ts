import type { TrainSettings } from "../language/index.ts";

type Scheduled = Pick<TrainSettings, "optimizer" | "schedule">;

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
