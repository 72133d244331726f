import { averagedScores } from "./averaged.ts";
import { foldsSummary } from "./folds.ts";
import type { EndEvent, FoldEvent, MemberEvent, Trained } from "./protocol.ts";
import type { Trial } from "./trials.ts";

/** The event that says how a member or a fold has ended. */
export function endOf({ which: { member, fold } }: Trial, trained: Trained): MemberEvent | FoldEvent {
  return fold === undefined ? { event: "member", member: member!, ...trained } : { event: "fold", fold, ...trained };
}

/** How a run of several trainings has ended, once the last has: scores are of the averaged predictions. */
export async function endOfAll(trials: readonly Trial[], finished: readonly Trained[], with_: Parameters<typeof averagedScores>[2]): Promise<Omit<EndEvent, "event" | "checkpoint">> {
  const averaged = await averagedScores(trials, finished, with_);
  if (averaged === "cancelled") return { reason: "cancelled", testLoss: null, testAccuracy: null };
  const events = trials.map((trial, i) => endOf(trial, finished[i]!));
  const own = averaged?.rows === "test" ? averaged.own : undefined;
  const [members, folds] = [events.filter((e) => e.event === "member"), events.filter((e) => e.event === "fold")];
  return {
    reason: "completed", testLoss: own?.loss ?? null, testAccuracy: own?.accuracy ?? null, ...(own?.metrics && { testMetrics: own.metrics }), ...(own?.outputs && { testOutputs: own.outputs }),
    ...(members.length > 0 ? { ensemble: { members, ...averaged } } : { folds: foldsSummary(folds, averaged) }),
  };
}
