import type { TrainSettings } from "../language/index.ts";
import type { OptionValue } from "../language/values.ts";
import type { StepResult } from "./engines/engine.ts";
import { type Answers, scoresOf, suits } from "./metrics.ts";
import { type Head, type TrainPlan, widthOfHeads } from "./plan.ts";
import type { Scored } from "./protocol.ts";

/** Sums over rows of what they were judged to be; `heads`: of each output, where there are several. */
export interface Sums {
  readonly loss: number;
  readonly correct: number;
  readonly heads?: readonly { readonly loss: number; readonly correct: number }[] | undefined;
}

/** `times`: the rows of a result that is a mean; 1 of one that is a sum. */
export function added(sums: Sums, { loss, correct, heads }: StepResult, times: number): Sums {
  return {
    loss: sums.loss + loss * times,
    correct: sums.correct + (correct ?? 0),
    ...(heads && { heads: heads.map((h, i) => ({ loss: (sums.heads?.[i]!.loss ?? 0) + h.loss * times, correct: (sums.heads?.[i]!.correct ?? 0) + (h.correct ?? 0) })) }),
  };
}

/** Means over the rows. Of several outputs there is no one accuracy, and metrics are of each. */
export function scored({ heads }: TrainPlan, sums: Sums, rows: number, metrics?: readonly Scored["metrics"][]): Scored {
  const of = (head: Head, own: { loss: number; correct: number }, i: number): Scored => {
    const found = metrics?.[i];
    return { loss: own.loss / rows, accuracy: head.kind === "number" ? null : own.correct / rows, ...(found && { metrics: found }) };
  };
  if (heads.length === 1) return of(heads[0], sums, 0);
  return { loss: sums.loss / rows, accuracy: null, outputs: Object.fromEntries(heads.map((head, i) => [head.name, of(head, sums.heads?.[i] ?? { loss: 0, correct: 0 }, i)])) };
}

/** The block's metrics that are for this output's label; at the end, of numbers two in any case. */
export function metricsOf({ metrics }: Pick<TrainSettings, "metrics">, head: Head, atEnd: boolean): readonly OptionValue[] {
  const own = (metrics ?? []).filter((m) => suits(m.name, head));
  if (own.length > 0 || !atEnd) return own;
  return (head.kind === "number" && head.outputs === 1 ? ["mae", "r2"] : []).map((name) => ({ kind: "option", name, args: {} }));
}

/** Answers of all outputs to some rows. */
export interface AllAnswers {
  /** [rows, outputs of all heads], row-major. */
  readonly outputs: Float32Array;
  /** [rows, heads], row-major. */
  readonly labels: Float32Array;
}

/** The answers of each output. */
export function answersOf(plan: TrainPlan, { outputs, labels }: AllAnswers): readonly Answers[] {
  const { heads } = plan;
  if (heads.length === 1) return [{ outputs, labels }];
  const whole = widthOfHeads(plan);
  let from = 0;
  return heads.map(({ outputs: width }, i) => {
    const start = from;
    from += width;
    return { outputs: columnsOf(outputs, whole, start, width), labels: columnsOf(labels, heads.length, i, 1) };
  });
}

/** Columns `from` up to `from + width` of [rows, whole]. */
export function columnsOf(values: Float32Array, whole: number, from: number, width: number): Float32Array {
  const found = new Float32Array((values.length / whole) * width);
  for (let row = 0; row * whole < values.length; row++) found.set(values.subarray(row * whole + from, row * whole + from + width), row * width);
  return found;
}

/** Metrics of each output; undefined of one that has none. */
export function metricScores(plan: TrainPlan, metrics: readonly (readonly OptionValue[])[], answers: AllAnswers): readonly Scored["metrics"][] {
  const each = answersOf(plan, answers);
  return plan.heads.map((head, i) => (metrics[i]!.length === 0 ? undefined : scoresOf(metrics[i]!, head, each[i]!)));
}
