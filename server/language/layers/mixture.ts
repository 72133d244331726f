import { formatShape, sameShape } from "../ops/dim.ts";
import { whole, withDefault } from "../params.ts";
import { defineLayer, last } from "./define.ts";
import { HIDDEN } from "./positions.ts";

export const mixture = defineLayer({
  name: "mixture",
  family: "merging",
  doc: "A mixture of experts: Σ gᵢ·expertᵢ, where g is the softmax of the k largest scores at each position and 0 elsewhere. The last operand holds the scores, one for each expert. Shazeer et al. 2017; Mixtral, Jiang et al. 2024. Every expert is computed and counted; k says which ones matter.",
  example: "input words int [32]\nembedding(1000, 16) as x\nlet scores = x -> dense(4, bias = false)\nmixture(scores, k = 2) for i in 0..4 { dense(32) -> silu -> dense(16) }",
  params: { k: withDefault(whole(), 2, "How many experts a position gets.") },
  inputs: "many",
  check: (a, inputs) => {
    const [experts, scores] = [inputs.slice(0, -1), inputs[inputs.length - 1]!];
    const first = experts[0]!;
    const other = experts.find((e) => !sameShape(e, first));
    if (other) return { code: "shapes-do-not-fit", message: `mixture: its experts give ${formatShape(first)} and ${formatShape(other)}; all must give the same` };
    const n = experts.length;
    if (last(scores) !== n || !(scores.length === 1 || sameShape(scores.slice(0, -1), first.slice(0, -1)))) {
      const wanted = formatShape([...first.slice(0, -1), n]);
      return { code: "shapes-do-not-fit", message: `mixture has ${n} expert${n === 1 ? "" : "s"} and needs scores of shape ${wanted} as its last operand, received ${formatShape(scores)}; let scores = in -> dense(${n}, bias = false)` };
    }
    if (a.k > n) return { code: "k-too-large", message: `k = ${a.k} exceeds the ${n} experts`, arg: "k", fit: { arg: "k", value: String(n), title: `k = ${n}` } };
    return undefined;
  },
  forward: (ops, a, inputs) => {
    const scores = inputs[inputs.length - 1]!;
    const experts = inputs.slice(0, -1);
    const axis = ops.shape(scores).length - 1;
    const least = ops.neg(ops.max(ops.neg(ops.kMax(scores, a.k, axis)), [axis], true));
    const gates = ops.softmax(a.k === experts.length ? scores : ops.where(ops.sub(least, scores), ops.constant(HIDDEN), scores));
    return experts.map((expert, i) => ops.mul(expert, ops.slice(gates, axis, i, 1))).reduce((x, y) => ops.add(x, y));
  },
  also: ["moe", "mixture_of_experts", "experts", "sparse_moe"],
});
