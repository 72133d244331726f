import type { Node } from "../graph/graph.ts";
import { last } from "../layers/define.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { type Flow, scaling, type Signal, spread } from "./signal.ts";
import { sizeOf } from "./sizes.ts";

/**
 * Multi-head attention at the start: scores are products of independent projections, of variance E[q²]·E[k²]; softmax of
 * n normal scores of variance s² has Σp² ≈ e^{s²} / n, so that a mean of nearly all values is given, whose common part
 * stays and whose own part shrinks by Σp². An estimate: the tokens of real data are not independent.
 */
export function throughAttention(node: Node, inputs: readonly Node[], [x, ...more]: readonly Signal[]): Flow {
  const context = node.args["context"] ? more[0] : undefined;
  const from = context ?? x!;
  const source = (context ? inputs[1]! : inputs[0]!).type!.shape;
  const { window, axis } = node.args as { window?: number; axis?: number };
  const positions = node.layer!.name === "window_attention2d" ? window! ** 2 : Math.min(sizeOf(source.at(axis ?? 0)), window ?? Infinity);
  return mixing(node, x!, from, context, positions, sizeOf(last(node.type!.shape)), sizeOf(last(source)), inputs.length);
}

/** `n` positions are seen by each; c channels, of the context cFrom. What biases add to the scores is left out: it is small at the start. */
function mixing(node: Node, x: Signal, from: Signal, context: Signal | undefined, n: number, c: number, cFrom: number, count: number): Flow {
  const kernel = (key: string) => {
    const { init, shape } = node.weights.find((w) => w.key === key)!.spec;
    return { variance: initializerOf(init.name).variance(init.args, fans(shape as number[])), shape: shape as number[] };
  };
  const [wq, wk, wv, wo] = [kernel("query"), kernel("key"), kernel("value"), kernel("output")];
  const inner = wq.shape[1]!;
  // Heads that share keys and values send their gradients to the same ones.
  const shared = inner / wk.shape[1]!;
  const q = wq.variance * c * x.square;
  const k = wk.variance * cFrom * from.square;
  const v: Signal = { mean: 0, square: wv.variance * cFrom * from.square, cross: wv.variance * cFrom * from.cross, derived: false };
  // Scores of one row share what its query has in common with all keys, which softmax cancels.
  const scores = q * wk.variance * cFrom * spread(from);
  const sharp = Math.min(1, (Math.exp(Math.min(scores, 50)) / n) * (node.args["causal"] === true ? Math.log(n) : 1));
  const mixed = { square: sharp * v.square + (1 - sharp) * v.cross, cross: v.cross };
  const out = wo.variance * inner;
  const g = wo.variance * c;
  const own = spread(v);
  const values = wv.variance * inner;
  const byKey = sharp * own * q;
  const byQuery = sharp * own * k;
  const toContext = { gg: g * (values * sharp + wk.variance * inner * byKey), gc: g * values * (1 - sharp), cg: 0, cc: g * values };
  const toQuery = scaling(g * wq.variance * inner * byQuery, 0);
  const self = { ...toContext, gg: toContext.gg + toQuery.gg };
  const back = context ? [toQuery, toContext] : [self];
  // A bias of the scores has a small part in what comes out, and gets as small a gradient.
  while (back.length < count) back.push(scaling(0));
  const gains = [
    { key: "query", self: g * byQuery * n * x.square, cross: 0 },
    { key: "key", self: shared * g * byKey * n * from.square, cross: 0 },
    { key: "value", self: shared * g * sharp * n * from.square, cross: shared * g * n * n * from.cross },
    { key: "output", self: n * mixed.square, cross: n * (n - 1) * mixed.cross },
  ];
  return { signal: { mean: 0, square: out * mixed.square, cross: out * mixed.cross, derived: false }, back, gains };
}
