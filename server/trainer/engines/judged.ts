import type { Head, TrainPlan } from "../plan.ts";
import type { Judged, StepResult } from "./engine.ts";

/**
 * How an engine gives what a step's rows were judged to be, as numbers: loss and right answers; of several outputs the
 * loss, then both of each.
 */
export const numbersOf = ({ heads }: TrainPlan): number => (heads.length === 1 ? 2 : 1 + 2 * heads.length);

/** From `numbersOf` numbers at `at`. */
export function resultOf({ heads }: TrainPlan, numbers: ArrayLike<number>, at = 0): StepResult {
  const judged = (from: number, i: number): Judged => ({ loss: numbers[from]!, correct: heads[i]!.kind === "number" ? undefined : numbers[from + 1]! });
  if (heads.length === 1) return judged(at, 0);
  return { loss: numbers[at]!, correct: undefined, heads: heads.map((_, i) => judged(at + 1 + 2 * i, i)) };
}

/** Probabilities where an output gives their logarithms: `values` [rows, outputs of all heads]. */
export function probable(heads: readonly Head[], values: Float32Array): Float32Array {
  if (!heads.some((h) => h.logarithmic)) return values;
  const isLogarithm = heads.flatMap(({ outputs, logarithmic }) => Array<boolean>(outputs).fill(logarithmic));
  return values.map((v, i) => (isLogarithm[i % isLogarithm.length] ? Math.exp(v) : v));
}
