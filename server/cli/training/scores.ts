import { type Scored, shownBy, type Spread } from "../../trainer/protocol.ts";
import { measure, percent } from "../text.ts";

/** Scores in words. */

export const metricsText = (metrics: Scored["metrics"]): string => Object.entries(metrics ?? {}).map(([name, value]) => `, ${name} ${measure(value)}`).join("");
export const scoresText = ({ loss, accuracy, metrics }: Scored): string => `loss ${measure(loss)}${accuracy === null ? "" : `, accuracy ${percent(accuracy)}`}${metricsText(metrics)}`;

/** One number for a table's cell. */
export function cellOf(score: Pick<Scored, "loss" | "accuracy">): string {
  const told = shownBy(score);
  return "accuracy" in told ? percent(told.accuracy) : measure(told.loss);
}

/** `mae 0.31 ± 0.02, …`; `whole`: with loss and accuracy. */
export function spreadText({ mean, deviation }: Spread, whole: boolean): string {
  const metrics = Object.entries(mean.metrics ?? {}).map(([name, value]) => `${name} ${measure(value)} ± ${measure(deviation.metrics?.[name] ?? null)}`);
  if (!whole) return metrics.join(", ");
  return [`loss ${measure(mean.loss)} ± ${measure(deviation.loss)}`, ...(mean.accuracy === null ? [] : [`accuracy ${percent(mean.accuracy)} ± ${percent(deviation.accuracy)}`]), ...metrics].join(", ");
}

export const gainText = (gain: number | null): string => (gain === null ? "–" : `${gain < 0 ? "−" : "+"}${(100 * Math.abs(gain)).toFixed(1)} points`);
