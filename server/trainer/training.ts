import type { Model } from "../language/index.ts";
import type { WeightData } from "./engines/engine.ts";
import { evaluate, type LoopRun, trainLoop } from "./loop.ts";
import type { Part } from "./data/part.ts";
import type { EndEvent, Scored, Trained } from "./protocol.ts";
import type { SavedRun } from "./resume.ts";
import type { Ready } from "./trials.ts";

/** What all trainings of a run have in common. */
export interface Around extends Pick<LoopRun, "emit" | "cancelled" | "measure" | "keeper"> {
  readonly model: Model;
  readonly save: (ready: Ready, weights: ReadonlyMap<string, WeightData>, epoch: number) => Promise<void>;
}

export interface Result {
  readonly end: Omit<EndEvent, "event" | "checkpoint">;
  /** How it ended, as one of several; undefined where it was cancelled. */
  readonly trained: Trained | undefined;
}

/** One training from its start, or from where an earlier process left off, to its end. Its events say which it is. */
export async function trainOne(ready: Ready, session: LoopRun["session"], from: SavedRun | undefined, { emit, save, ...around }: Around): Promise<Result> {
  let kept = from?.position.best?.epoch;
  const run: LoopRun = {
    ...around, session, from, settings: ready.settings, plan: ready.plan, train: ready.train, validation: ready.validation, test: ready.test, dress: ready.dress,
    emit: (event) => emit({ ...event, ...ready.which }),
    save: (weights, epoch) => save(ready, weights, (kept = epoch)),
  };
  // What lies there may be of a later epoch than the one to go on from.
  if (from?.best) await save(ready, from.best, kept!);
  const end = await trainLoop(run);
  const { reason, testLoss, testAccuracy: accuracy, testMetrics: metrics, testOutputs: outputs } = end;
  if (reason === "cancelled" || kept === undefined) return { end, trained: undefined };
  const validation = Object.keys(ready.which).length === 0 ? null : await scored(run, ready.validation, kept);
  if (validation === "cancelled") return { end: { reason: "cancelled", testLoss: null, testAccuracy: null }, trained: undefined };
  const test = testLoss === null ? null : { loss: testLoss, accuracy, ...(metrics && { metrics }), ...(outputs && { outputs }) };
  return { end, trained: { seed: ready.settings.seed, reason, epoch: kept, validation, test, checkpoint: ready.checkpoint } };
}

/** By the weights that are kept. */
async function scored(run: LoopRun, part: Part, epoch: number): Promise<Scored | null | "cancelled"> {
  return part.rows === 0 ? null : evaluate(run, part, epoch, true);
}
