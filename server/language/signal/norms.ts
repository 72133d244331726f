import type { Node } from "../graph/graph.ts";
import { type Flow, NO_GAINS, scaling, type Signal } from "./signal.ts";
import { positions, sizeOf } from "./sizes.ts";

/**
 * Normalizations divide by the deviation of what they average over, forward and backward alike. Batch norm: over inputs
 * and positions, which leaves out what a channel has in common (Yang et al. 2019: ReLU before it makes gradients grow by
 * π / (π − 1) a layer). Group norm: over positions and k channels, with the deviation of their means.
 */
export function throughNorm(node: Node, input: Node, x: Signal): Flow {
  const { epsilon, groups } = node.args as { epsilon: number; groups?: number };
  const shape = input.type!.shape;
  const channels = sizeOf(shape[shape.length - 1]);
  switch (node.layer!.name) {
    case "batch_norm": {
      const variance = Math.max(x.square - x.cross, 0);
      return divided(x, variance, epsilon, { mean: 0, square: variance, cross: 0 });
    }
    case "rms_norm":
      return divided(x, x.square, epsilon, x);
    default: {
      const [k, p] = node.layer!.name === "group_norm" ? [channels / groups!, positions(shape)] : [channels, 1];
      // E[m²] of the mean over the group, less what is one number for all groups.
      const between = Math.max(x.cross - x.mean * x.mean, 0) / k + Math.max(x.square - x.cross, 0) / (k * p);
      const variance = Math.max(x.square - x.mean * x.mean - between, 0);
      return divided(x, variance, epsilon, { mean: 0, square: variance, cross: Math.max(x.cross - x.mean * x.mean, 0) * (1 - 1 / k) });
    }
  }
}

function divided(x: Signal, variance: number, epsilon: number, centred: Pick<Signal, "mean" | "square" | "cross">): Flow {
  const factor = 1 / (variance + epsilon);
  return { signal: { mean: centred.mean * Math.sqrt(factor), square: centred.square * factor, cross: centred.cross * factor, derived: x.derived }, back: [scaling(factor)], gains: NO_GAINS };
}
