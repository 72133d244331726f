import type { Node } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { curvatureOf, propagate } from "../signal/index.ts";
import type { Trained } from "./define.ts";
import { consumersOf, kernelOf, NORMS } from "./graph.ts";
import { inputsOf } from "./inputs.ts";

/** A first step that moves what a layer gives by more than this many times its usual size. */
const STEP = 10;
/** The same where nothing is known of the features, on whose size it rests. */
const STEP_UNSEEN = 30;

/** The largest move of a layer's result by the first step of an adaptive optimizer. */
export interface Leap {
  readonly node: Node;
  readonly fanIn: number;
  /** Root mean square of what flows in. */
  readonly size: number;
  /** Against the result's own root mean square, or 1 where that is less. */
  readonly change: number;
  /** The features are known, or so large a step is too large for any. */
  readonly sure: boolean;
}

/**
 * Adaptive optimizers move every weight by the learning rate whatever the gradient (Kingma and Ba 2015, section 2.1;
 * RMSprop's first step by lr / √(1 − ρ)), in one direction for all inputs of a unit, so a result by about
 * lr·fan_in·E|h|. Undefined where that is less than ten times its size, a warmup starts the run, or steps shrink
 * (adagrad). A normalization behind a layer takes its size away.
 */
export function leapOf(train: Trained): Leap | undefined {
  const { model, settings } = train;
  const args = settings?.optimizer.args as Readonly<Record<string, number>> | undefined;
  const name = settings?.optimizer.name;
  if (!args || name === "sgd" || name === "adagrad" || isWarmed(train)) return undefined;
  const rate = name === "rmsprop" ? args["lr"]! / Math.sqrt(1 - args["rho"]!) : args["lr"]!;
  const inputs = inputsOf(train);
  const { signals } = propagate(model, inputs);
  const consumers = consumersOf(model);
  let most: Leap | undefined;
  for (const node of model.nodes) {
    const kernel = kernelOf(node);
    const x = signals[node.inputs[0] ?? -1];
    if (!kernel?.spec.trainable || !x || node.layer!.family === "sequence" || consumers[node.id]!.some((c) => NORMS.has(model.nodes[c]!.layer?.name ?? ""))) continue;
    const fanIn = (kernel.spec.shape as number[]).slice(0, -1).reduce((a, b) => a * b, 1);
    const size = Math.sqrt(x.square);
    // Of a normal, E|h| is √(2/π) of its root mean square.
    const change = (rate * fanIn * Math.sqrt(2 / Math.PI) * size) / Math.max(1, Math.sqrt(signals[node.id]?.square ?? 1));
    if (change > Math.max(STEP, most?.change ?? 0)) most = { node, fanIn, size, change, sure: inputs !== undefined || change > STEP_UNSEEN };
  }
  return most;
}

/**
 * SGD with momentum β diverges where lr > 2·(1 + β)/λ, λ being the largest curvature (LeCun et al. 1998, Efficient
 * BackProp; Polyak 1964), which mean-field theory gives for networks of dense layers (Karakida et al. 2019). Undefined
 * for others, and where a warmup or clipping tames the steps.
 */
export function limitOf(train: Trained): { readonly limit: number; readonly curvature: number } | undefined {
  const { model, settings } = train;
  if (settings?.optimizer.name !== "sgd" || settings.clip || isWarmed(train)) return undefined;
  const curvature = curvatureOf(model, inputsOf(train));
  return curvature ? { curvature, limit: (2 * (1 + (settings.optimizer.args["momentum"] as number))) / curvature } : undefined;
}

function isWarmed({ settings }: Trained): boolean {
  return ((settings?.schedule.args["warmup"] as number | undefined) ?? 0) > 0;
}

/** The most that SGD moves a kernel in so many steps, against the deviation with which it starts: gradients of one row, all in one direction. */
export function farthestOf(train: Trained, steps: number): number | undefined {
  const { model, settings } = train;
  const { name, args } = settings?.optimizer ?? {};
  const inputs = inputsOf(train);
  if (name !== "sgd" || !inputs) return undefined;
  const rate = (steps * (args!["lr"] as number)) / (1 - (args!["momentum"] as number));
  const moves = propagate(model, inputs).kernels.map(({ node, key, rms }) => {
    const { init, shape } = node.weights.find((w) => w.key === key)!.spec;
    return (rate * rms) / Math.sqrt(initializerOf(init.name).variance(init.args, fans(shape as number[])));
  });
  const most = Math.max(...moves);
  return moves.length > 0 && Number.isFinite(most) ? most : undefined;
}
