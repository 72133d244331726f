import { fullSteps } from "../schedule.ts";
import { tangentOf } from "../signal/index.ts";
import type { Trained } from "./define.ts";
import { inputsOf } from "./inputs.ts";
import { stepsOf } from "./rates.ts";
import { rateOf } from "./steps.ts";

/** How far a run of SGD (or Adagrad, which starts as one) can come. */
export interface Progress {
  /** Time constants of what tells classes apart, at most: an error of 1 goes down to e^−times. */
  readonly times: number;
  /** All steps, and how many at the full learning rate go as far. */
  readonly steps: number;
  readonly full: number;
  /** By how much gradients within `clip` can part the outputs of different classes in the whole run; undefined without one. */
  readonly clipped: number | undefined;
  /** False where what two rows have in common could not be taken off: `times` is too large then. */
  readonly exact: boolean;
}

/**
 * Near its start a network follows its tangent kernel Θ (Jacot, Gabriel, Hongler 2018; Lee et al. 2019): an error along
 * an eigenvector of the loss' curvature falls as e^(−lr·λ·t), lr / (1 − momentum) with momentum. What tells k equally
 * frequent classes apart has λ ≤ s·(E|∇f|² − E[∇f·∇f′]) / k, which rows reach that are alike within each class; s is the
 * loss' own curvature. Weights that part all k classes by 1 lie √(k / (E|∇f|² − E[∇f·∇f′])) away, and clipped gradients of
 * norm m go lr·m in a step.
 * Undefined for other optimizers, unknown data, and where the theory has no answer.
 */
export function progressOf(train: Trained): Progress | undefined {
  const { model, settings } = train;
  // Of tokens nothing need be known: what an embedding gives follows from its own start.
  const inputs = inputsOf(train) ?? (model.inputs.every((id) => model.nodes[id]!.type?.dtype === "int") ? [] : undefined);
  const steps = stepsOf(train);
  const rate = rateOf(train);
  if (!settings || !rate || !inputs || steps === undefined) return undefined;
  const tangent = tangentOf(model, inputs, settings.loss?.name);
  if (!tangent) return undefined;
  const full = fullSteps(settings, steps / settings.epochs, settings.epochs);
  const time = full * rate.effective;
  const most = clippedNorm(train);
  const apart = Math.max(tangent.own - tangent.common, 0);
  return {
    steps, full, exact: tangent.exact,
    times: (time * tangent.loss * apart) / tangent.outputs,
    clipped: most === undefined || settings.target === "input" || tangent.outputs === 1 ? undefined : time * most * Math.sqrt(apart / tangent.outputs),
  };
}

/** The largest norm that clipping leaves of all gradients together. */
function clippedNorm({ model, settings }: Trained): number | undefined {
  const { name, args } = settings?.clip ?? {};
  const max = args?.["max"] as number | undefined;
  return max === undefined ? undefined : name === "norm" ? max : max * Math.sqrt(model.totals.trainable);
}

/** Of an adaptive optimizer's step, the share that is left where clipped gradients come near its epsilon. */
export function shareOfStep(train: Trained): number {
  const most = clippedNorm(train);
  const epsilon = train.settings?.optimizer.args["epsilon"] as number | undefined;
  if (most === undefined || epsilon === undefined) return 1;
  const each = most / Math.sqrt(Math.max(train.model.totals.trainable, 1));
  return each / (each + epsilon);
}
