import { bool, oneOf, required, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, learned, weightParams } from "./define.ts";
import { initializers } from "./initializers.ts";

export const relative_position_bias = defineLayer({
  name: "relative_position_bias",
  family: "sequence",
  doc: "A learned number for each head and distance, for the score_bias of attention: [n, c] → [heads, n, n], of which only the length n matters. Short distances have a bucket each, longer ones share some, in steps that grow like their logarithm. Raffel et al. 2020 (T5).",
  example: "input words int [32]\nembedding(1000, 16)\nlet near = relative_position_bias(4)\nadd { rms_norm -> attention(4, score_bias = near) } { identity }",
  params: {
    heads: required(whole(), "Number of heads."),
    buckets: withDefault(whole({ min: 4 }), 32, "Number of learned distances; half of them for what comes later."),
    max: withDefault(whole({ min: 2 }), 128, "Distances from here on share the last bucket."),
    causal: withDefault(bool(), false, "All buckets are for what stands before."),
    init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "normal", args: { std: 0.02 } }, "Initial numbers.", "normal(0.02)"),
    frozen: weightParams.frozen,
  },
  check: (_a, [x]) => checkRank("relative_position_bias", x!, 1),
  weights: (a) => ({ table: learned([a.buckets, a.heads], a.init, a.frozen) }),
  forward: (ops, a, [x], w) => {
    const n = ops.shape(x!)[0]!;
    const rows = ops.gather(w.table!, ops.table([n, n], ([i, j]) => bucketOf(j! - i!, a.causal, a.buckets, a.max)));
    return ops.forEachRow(ops.transpose(rows, [2, 0, 1]), x!);
  },
  names: {},
});

/** T5's `_relative_position_bucket`, from 0. */
function bucketOf(distance: number, causal: boolean, buckets: number, max: number): number {
  const own = causal ? buckets : Math.floor(buckets / 2);
  const start = !causal && distance > 0 ? own : 0;
  const far = causal ? Math.max(-distance, 0) : Math.abs(distance);
  const exact = Math.floor(own / 2);
  if (far < exact) return start + far;
  const steps = Math.floor((Math.log(far / exact) / Math.log(max / exact)) * (own - exact));
  return start + Math.min(exact + steps, own - 1);
}
