import { learningRate } from "../schedule.ts";
import { leftByLine } from "./linear.ts";
import { lossOf, type Moment, type Rehearsal } from "./rehearsal.ts";

/** What a rehearsal shows of the whole run. */
export type Verdict =
  /** The loss became infinite or not a number at this step (from 1), or climbed and stayed there. */
  | { readonly kind: "diverges"; readonly step?: number }
  /** The loss stays near that of an answer that is the same for every row; the whole run comes to `reach` at this pace. */
  | { readonly kind: "stalls"; readonly reach: number }
  | { readonly kind: "learns" };

/**
 * Of the way from the best constant answer to the least loss, what a run has to come. Of 500 networks (bench/README.md)
 * every healthy one comes more than eight times as far.
 */
const ENOUGH = 0.1;
/** Where a line through the rows leaves more, so little is in them that less may be all there is. */
const OF_A_LINE = 0.25;
/** Rows are told apart by less than this only in the last digits. */
const NO_SPREAD = 1e-10;
/** A loss that is so many times what it was, and what a constant answer has, does not come back. */
const CLIMBED = 3;

export function verdictOf(rehearsal: Rehearsal): Verdict | undefined {
  const { moments, constant, floor, rows, plan: { targets } } = rehearsal;
  if (!rehearsal.whole || constant - floor <= 1e-9) return undefined;
  if (rehearsal.broke) return { kind: "diverges", step: rehearsal.losses.length };
  if (rehearsal.learns) return { kind: "learns" };
  const [, , before, late, last] = moments;
  if (!before || !late || !last) return undefined;
  if ([before, late, last].every((m) => m.loss > CLIMBED * Math.max(moments[0]!.loss, constant))) return { kind: "diverges" };
  // The best weights are what a run keeps: where it goes up and down, they count.
  const best = Math.min(...moments.slice(1).map(lossOf), ...(rehearsal.batch === rows.length ? rehearsal.losses.slice(1) : []));
  const reach = reachOf(rehearsal, before, late, last);
  const enough = Math.min(ENOUGH, OF_A_LINE * (1 - Math.max(...targets.map((t) => leftByLine(rows, t.slice(0, rows.length))))));
  const limit = constant - Math.max(enough, 1e-3) * (constant - floor);
  return best > limit && reach > limit ? { kind: "stalls", reach } : { kind: "learns" };
}

/**
 * The loss of the whole run at the pace of the last quarter, which grows as it has grown from the quarter before: on a
 * plateau the gradient grows along with what tells rows apart. By the sum of learning rates, not by steps.
 */
function reachOf({ plan: { settings, stepsPerEpoch }, steps, constant }: Rehearsal, before: Moment, late: Moment, last: Moment): number {
  const all = stepsPerEpoch * settings.epochs;
  const rate = (from: number, to: number): number => {
    const parts = Math.min(to - from, 1_000);
    let sum = 0;
    for (let i = 0; i < parts; i++) sum += learningRate(settings, from + Math.floor(((i + 0.5) * (to - from)) / parts), stepsPerEpoch, settings.epochs);
    return parts > 0 ? (sum / parts) * (to - from) : 0;
  };
  const quarters = rate(steps, all) / rate(late.step, last.step);
  const [gain, earlier] = [Math.max(lossOf(late) - lossOf(last), 0), Math.max(lossOf(before) - lossOf(late), 0)];
  const spreads = Math.max(last.spread / late.spread || 1, late.spread / before.spread || 1);
  const told = late.spread > NO_SPREAD || last.spread > NO_SPREAD;
  const growth = told ? Math.max(1, earlier > 0 ? gain / earlier : 1, spreads * spreads) : 1;
  const times = growth === 1 ? quarters : (growth * (growth ** quarters - 1)) / (growth - 1);
  const reach = gain === 0 ? lossOf(last) : lossOf(last) - gain * times;
  return told ? reach : Math.max(reach, constant);
}
