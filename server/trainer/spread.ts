import type { Scored, Spread } from "./protocol.ts";

/** Mean and sample standard deviation (n − 1) of several scores. */
export function spread(scores: readonly Scored[]): Spread {
  const mean = each(scores, average);
  const deviation = each(scores, (values) => {
    const centre = average(values);
    return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
  });
  return { mean, deviation };
}

export const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Of a metric that some have no value of, nothing is said. */
function each(scores: readonly Scored[], of: (values: readonly number[]) => number): Scored {
  const names = Object.keys(scores[0]!.metrics ?? {}).filter((name) => scores.every((s) => s.metrics?.[name] !== undefined));
  return {
    loss: of(scores.map((s) => s.loss)),
    accuracy: scores.every((s) => s.accuracy !== null) ? of(scores.map((s) => s.accuracy!)) : null,
    ...(names.length > 0 && { metrics: Object.fromEntries(names.map((name) => [name, of(scores.map((s) => s.metrics![name]!))])) }),
    ...(scores[0]!.outputs && { outputs: Object.fromEntries(Object.keys(scores[0]!.outputs).map((name) => [name, each(scores.map((s) => s.outputs![name]!), of)])) }),
  };
}
