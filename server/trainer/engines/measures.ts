import { scalarOps } from "../../language/ops/scalar.ts";
import type { Model, Node } from "../../language/index.ts";
import type { LayerNumbers } from "../protocol.ts";

/** What one layer is like in one step, before the step's update. */
export interface LayerMeasures extends LayerNumbers {
  /** Id of the node. */
  readonly node: number;
}

/** Numbers of a node, in the order in which an engine gives them: squared norms of gradient, weights and update, then the output's. */
export const NUMBERS = 7;

/** From the engine's numbers, `NUMBERS` for each node of the model up to its output. */
export function measuresOf(model: Model, numbers: Float32Array): LayerMeasures[] {
  return model.nodes.flatMap((node): LayerMeasures[] => {
    if (!node.layer || (node.id + 1) * NUMBERS > numbers.length) return [];
    const [gradient, weights, update, mean, variance, zeros, saturated] = numbers.subarray(node.id * NUMBERS, (node.id + 1) * NUMBERS) as unknown as [number, number, number, number, number, number, number];
    const learns = learningWeights(node).length > 0;
    return [{
      node: node.id,
      gradientNorm: learns ? Math.sqrt(gradient) : null,
      weightNorm: learns ? Math.sqrt(weights) : null,
      updateRatio: learns && weights > 0 ? Math.sqrt(update / weights) : null,
      mean, variance, zeros,
      saturated: rangeEnds(node) ? saturated : null,
    }];
  });
}

/** Of what a node gives: mean, variance, shares of zeros and of saturated entries. */
export function outputNumbers(node: Node, values: Float32Array): [mean: number, variance: number, zeros: number, saturated: number] {
  const ends = rangeEnds(node);
  let [sum, squares, zeros, past] = [0, 0, 0, 0];
  for (const v of values) {
    sum += v;
    if (v === 0) zeros++;
    if (ends && (v <= ends.low || v >= ends.high)) past++;
  }
  const mean = sum / values.length;
  for (const v of values) squares += (v - mean) ** 2;
  return [mean, squares / values.length, zeros / values.length, past / values.length];
}

/** Names of the weights that a node owns and that learn. */
export function learningWeights(node: Node): string[] {
  return node.sharesWith === undefined ? node.weights.filter((w) => w.spec.trainable).map((w) => w.name) : [];
}

/** Share of the range, at either end, where an activation counts as saturated. */
const OUTER = 0.025;
/** An input where what tends to an end has reached it in single precision. */
const FAR = 100;

/** Below `low` or above `high` the output of this activation is saturated; undefined for other layers, and where one side is open. */
export function rangeEnds(node: Node): { readonly low: number; readonly high: number } | undefined {
  const [from, to] = [-FAR, FAR].map((x) => at(node, x));
  if (from === undefined || to === undefined || from >= to) return undefined;
  const open = [-FAR, FAR].some((x) => Math.abs(at(node, 2 * x)! - at(node, x)!) > 1e-6);
  if (open) return undefined;
  return { low: from + OUTER * (to - from), high: to - OUTER * (to - from) };
}

/** Activations that give exactly 0 on a half-line (ReLU and its kin): their units can be dead. */
export const canDie = (node: Node): boolean => at(node, -FAR) === 0 && at(node, -2 * FAR) === 0;

/** An activation as a function of a number; undefined for what is none, or mixes entries, or has weights. */
function at({ layer, args }: Node, x: number): number | undefined {
  if (!layer?.activation || layer.hasWeights) return undefined;
  try {
    return layer.forward<number>(scalarOps, args, [x], {}) + 0;
  } catch (e) {
    if (e instanceof TypeError) return undefined;
    throw e;
  }
}
