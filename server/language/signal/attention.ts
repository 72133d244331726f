import type { Node } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { type Flow, scaling, type Signal, spread } from "./signal.ts";
import { sizeOf } from "./sizes.ts";

/**
 * Multi-head attention at the start: scores are products of independent projections, of variance E[q²]·E[k²]; softmax of
 * n normal scores of variance s² has Σp² ≈ e^{s²} / n, so that a mean of nearly all values is given, whose common part
 * stays and whose own part shrinks by Σp². An estimate: the tokens of real data are not independent.
 */
export function throughAttention(node: Node, inputs: readonly Node[], [x, context]: readonly Signal[]): Flow {
  const from = context ?? x!;
  const source = (inputs[1] ?? inputs[0]!).type!.shape;
  const [n, c, cFrom] = [sizeOf(source[0]), sizeOf(node.type!.shape[1]), sizeOf(source[1])];
  const kernel = (key: string) => {
    const { init, shape } = node.weights.find((w) => w.key === key)!.spec;
    return { variance: initializerOf(init.name).variance(init.args, fans(shape as number[])), shape: shape as number[] };
  };
  const [wq, wk, wv, wo] = [kernel("query"), kernel("key"), kernel("value"), kernel("output")];
  const inner = wq.shape[1]!;
  const q = wq.variance * c * x!.square;
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
  const gains = [
    { key: "query", self: g * byQuery * n * x!.square, cross: 0 },
    { key: "key", self: g * byKey * n * from.square, cross: 0 },
    { key: "value", self: g * sharp * n * from.square, cross: g * n * n * from.cross },
    { key: "output", self: n * mixed.square, cross: n * (n - 1) * mixed.cross },
  ];
  return { signal: { mean: 0, square: out * mixed.square, cross: out * mixed.cross, derived: false }, back: context ? [toQuery, toContext] : [self], gains };
}
