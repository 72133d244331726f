import type { Node, Weight } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { throughAttention } from "./attention.ts";
import { throughKernel } from "./linear.ts";
import { throughMerge } from "./merges.ts";
import { throughNorm } from "./norms.ts";
import { throughAverage } from "./pooling.ts";
import { throughTime } from "./recurrent.ts";
import { type Back, type Flow, IDENTITY, NO_GAINS, scaling, type Signal, STANDARD } from "./signal.ts";
import { count, sizeOf } from "./sizes.ts";

type Rule = (node: Node, inputs: readonly Node[], signals: readonly Signal[]) => Flow | undefined;

const kept = (signal: Signal, back: readonly Back[] = IDENTITY): Flow => ({ signal, back, gains: NO_GAINS });

/** Each entry stays or goes, what stays grows: E[mask²] = 1 / (1 − rate). */
const drops: Rule = ({ args }, _, [x]) => {
  const keep = 1 / (1 - (args["rate"] as number));
  return kept({ ...x!, square: x!.square * keep }, [scaling(keep, 1)]);
};

/** One draw for all positions: what they have in common grows as well. */
const dropsTogether: Rule = ({ args }, _, [x]) => {
  const keep = 1 / (1 - (args["rate"] as number));
  return kept({ ...x!, square: x!.square * keep }, [scaling(keep)]);
};

const passes: Rule = (_node, _inputs, [x]) => kept(x!);

/** Only some entries go on. */
const selects: Rule = (node, [input], [x]) => {
  const share = Math.min(1, count(node.type!.shape) / count(input!.type!.shape));
  return kept(x!, [scaling(share, share * share)]);
};

const repeats: Rule = (node, [input], [x]) => {
  const times = count(node.type!.shape) / count(input!.type!.shape);
  return kept(x!, [{ gg: times, gc: times * (times - 1), cg: 0, cc: times * times }]);
};

/** The variance that a learned table starts with. */
function startOf(node: Node, key: string): number {
  const { init, shape } = node.weights.find((w) => w.key === key)!.spec;
  return initializerOf(init.name).variance(init.args, fans(shape as number[]));
}

/**
 * By kind of layer, where a family has no rule for it: what the theory knows. A layer without a rule has no numbers until a
 * probe has run it; nothing else is needed to add one.
 */
const OF_LAYER: Readonly<Record<string, Rule>> = {
  identity: passes,
  // Positions become features: their gradients come through different weights.
  flatten: (_node, _inputs, [x]) => kept(x!, [scaling(1, 0)]),
  reshape: passes,
  permute: passes,
  reverse: passes,
  dropout: drops,
  spatial_dropout: dropsTogether,
  drop_path: dropsTogether,
  slice: selects,
  crop: selects,
  gaussian_noise: ({ args }, _, [x]) => kept({ ...x!, square: x!.square + (args["deviation"] as number) ** 2 }),
  rescaling: ({ args }, _, [x]) => {
    const { scale, offset } = args as { scale: number; offset: number };
    const more = offset * offset + 2 * scale * offset * x!.mean;
    return kept({ ...x!, mean: scale * x!.mean + offset, square: scale * scale * x!.square + more, cross: scale * scale * x!.cross + more }, [scaling(scale * scale)]);
  },
  normalization: (_node, _inputs, [x]) => kept(STANDARD, [scaling(1 / Math.max(x!.square - x!.cross, 1e-14))]),
  layer_scale: ({ args }, _, [x]) => {
    const f = (args["start"] as number) ** 2;
    return kept({ ...x!, mean: x!.mean * (args["start"] as number), square: x!.square * f, cross: x!.cross * f }, [scaling(f)]);
  },
  embedding: (node) => {
    const variance = startOf(node, "table");
    const [tokens] = node.weights[0]!.spec.shape as [number];
    const gain = { key: "table", self: count(node.type!.shape.slice(0, -1)) / tokens, cross: 0 };
    return { signal: { mean: 0, square: variance, cross: variance / tokens, derived: true }, back: [scaling(0)], gains: [gain] };
  },
  unembedding: (node, _inputs, [x]) => {
    const variance = startOf(node, "table");
    const [tokens, size] = node.weights[0]!.spec.shape as [number, number];
    return { signal: { mean: 0, square: variance * size * x!.square, cross: variance * size * x!.cross, derived: true }, back: [scaling(variance * tokens)], gains: NO_GAINS };
  },
  position_embedding: (node, _inputs, [x]) => {
    const variance = startOf(node, "rows");
    return kept({ ...x!, square: x!.square + variance });
  },
  sine_position_encoding: (_node, _inputs, [x]) => kept({ ...x!, square: x!.square + 0.5, derived: false }),
  // Of sin² and cos² half each, and of their slopes.
  fourier_features: ({ args }, _inputs, [x]) => {
    const { count, first, ratio, keep } = args as { count: number; first: number; ratio: number; keep: boolean };
    const share = keep ? 1 / (2 * count + 1) : 0;
    const growth = ratio * ratio;
    const slopes = first * first * (growth === 1 ? count : (growth ** count - 1) / (growth - 1)) + Number(keep);
    return { signal: { mean: share * x!.mean, square: share * x!.square + (1 - share) / 2, cross: share * x!.cross, derived: false }, back: [scaling(slopes, 0)], gains: NO_GAINS };
  },
  parameter: (node) => {
    const variance = startOf(node, "values");
    return { signal: { mean: 0, square: variance, cross: 0, derived: true }, back: [scaling(0)], gains: NO_GAINS };
  },
  class_token: (node, [input], [x]) => {
    const share = sizeOf(input!.type!.shape[0]) / sizeOf(node.type!.shape[0]);
    return kept({ ...x!, mean: x!.mean * share, square: x!.square * share, cross: x!.cross * share, derived: false });
  },
  upsample: repeats,
  // One place of each window has the entry: what two places have in common is left where both have one.
  max_unpool2d: (node, [input], [x]) => {
    const share = count(input!.type!.shape) / count(node.type!.shape);
    return { signal: { mean: x!.mean * share, square: x!.square * share, cross: x!.cross * share * share, derived: false }, back: [scaling(1, share), scaling(0)], gains: NO_GAINS };
  },
  zero_pad: (node, [input], [x]) => {
    const share = count(input!.type!.shape) / count(node.type!.shape);
    return kept({ ...x!, mean: x!.mean * share, square: x!.square * share, cross: x!.cross * share * share });
  },
  global_avg_pool: (node, [input], [x]) => throughAverage(node, input!, x!),
  avg_pool: (node, [input], [x]) => throughAverage(node, input!, x!),
  attention: (node, inputs, x) => throughAttention(node, inputs, x),
  window_attention2d: (node, inputs, x) => throughAttention(node, inputs, x),
  relative_position_bias: (node) => {
    const variance = startOf(node, "table");
    return { signal: { mean: 0, square: variance, cross: 0, derived: true }, back: [scaling(0)], gains: NO_GAINS };
  },
  locally_connected2d: (node, [input], [x]) => {
    const kernel = node.weights.find((w) => w.key === "kernel")!;
    const [, window] = kernel.spec.shape as [number, number];
    const v = initializerOf(kernel.spec.init.name).variance(kernel.spec.init.args, fans(kernel.spec.shape as number[]));
    const out = v * window;
    // Another kernel at each position: nothing in common stays but between inputs.
    const back = (v * window * count(node.type!.shape)) / count(input!.type!.shape);
    return { signal: { mean: 0, square: out * x!.square, cross: out * x!.cross, derived: false }, back: [scaling(back, 0)], gains: [{ key: "kernel", self: x!.square, cross: 0 }] };
  },
  // On the last axis, of n scores with variance s²: Σp² ≈ e^{s²} / n.
  softmax: (_node, [input], [x]) => {
    const n = sizeOf(input!.type!.shape[input!.type!.shape.length - 1]);
    const s = Math.min(Math.max(x!.square - x!.mean * x!.mean, 0), Math.log(n));
    const square = Math.exp(s) / (n * n);
    return kept({ mean: 1 / n, square, cross: Math.max(square * Math.exp(-Math.max(x!.square - x!.cross, 0)), 1 / (n * n)), derived: false }, [scaling(square * (1 - 1 / n))]);
  },
};

const MAX_POOLS = new Set(["max_pool", "global_max_pool", "k_max_pool"]);
export const isMaxPool = (node: Node) => MAX_POOLS.has(node.layer!.kind);

/** The kernel of a layer that sums products with it. */
export function kernelOf({ layer, weights }: Node): Weight | undefined {
  if ((layer!.name !== "dense" && layer!.family !== "convolution") || layer!.kind in OF_LAYER) return undefined;
  const [first] = weights;
  return first?.spec.decays ? first : weights.find((w) => w.spec.decays);
}

export const flowThrough: Rule = (node, inputs, signals) => {
  const { layer } = node;
  const special = OF_LAYER[layer!.kind];
  if (special) return special(node, inputs, signals);
  const [x] = signals;
  const kernel = kernelOf(node);
  if (kernel) return throughKernel(node, kernel, inputs[0]!, x!);
  if (layer!.family === "normalization") return throughNorm(node, inputs[0]!, x!);
  if (layer!.family === "merging") return throughMerge(node, inputs, signals);
  if (layer!.family === "sequence") return throughTime(node, inputs[0]!, x!);
  return undefined;
};

