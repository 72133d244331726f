import { bool, flowArg, optional, required, whole, withDefault } from "../params.ts";
import { largestDivisor } from "../ops/dim.ts";
import { checkRank } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, type Shape, weightParams } from "./define.ts";

const headSize = (a: { heads: number; size: number | undefined }, x: Shape) => a.size ?? Math.floor((last(x) as number) / a.heads);

export const attention = defineLayer({
  name: "attention",
  family: "sequence",
  doc: "Multi-head attention: softmax(QKᵀ / √size)·V for each head, with learned projections of queries, keys, values and output. Vaswani et al. 2017.",
  example: "input words int [32]\nembedding(1000, 16)\nadd { layer_norm -> attention(4) } { identity }",
  params: {
    heads: required(whole(), "Number of heads."),
    size: optional(whole(), "Size of a head's queries, keys and values.", "channels div heads"),
    causal: withDefault(bool(), false, "Each position sees itself and those before it."),
    context: optional(flowArg(), "Where keys and values come from: another result makes it cross-attention.", "the flow itself"),
    ...weightParams,
  },
  check: (a, [x, context]) => {
    const wrong = checkRank("attention", x!, 1) ?? needsNumber(last(x!), "attention", "its input's channels") ?? (context && (checkRank("attention", context, 1) ?? needsNumber(last(context), "attention", "its context's channels")));
    if (wrong) return wrong;
    const c = last(x!) as number;
    if (a.size === undefined && c % a.heads !== 0) {
      const fits = largestDivisor(c, a.heads);
      return { code: "heads-do-not-divide", message: `attention: ${a.heads} heads do not divide ${c} channels; ${fits} would, or give size`, arg: "heads", fit: { arg: "heads", value: String(fits), title: `heads = ${fits}` } };
    }
    return undefined;
  },
  weights: (a, [x, context]) => {
    const c = last(x!);
    const inner = a.heads * headSize(a, x!);
    return {
      query: kernel([c, inner], a), query_bias: bias([inner], a),
      key: kernel([last(context ?? x!), inner], a), key_bias: bias([inner], a),
      value: kernel([last(context ?? x!), inner], a), value_bias: bias([inner], a),
      output: kernel([inner, c], a), output_bias: bias([c], a),
    };
  },
  forward: (ops, a, [x, context], w) => {
    const from = context ?? x!;
    const size = headSize(a, ops.shape(x!));
    // [n, heads·size] → [heads, n, size]
    const heads = (v: typeof from, k: typeof from, b: typeof from) => {
      const n = ops.shape(v)[0]!;
      return ops.transpose(ops.reshape(ops.add(ops.matmul(v, k), b), [n, a.heads, size]), [1, 0, 2]);
    };
    const q = heads(x!, w.query!, w.query_bias!);
    const k = heads(from, w.key!, w.key_bias!);
    const v = heads(from, w.value!, w.value_bias!);
    const raw = ops.mul(ops.matmul(q, k, true), ops.constant(1 / Math.sqrt(size)));
    const scores = a.causal ? ops.causalMask(raw) : raw;
    const mixed = ops.transpose(ops.matmul(ops.softmax(scores), v), [1, 0, 2]);
    const n = ops.shape(x!)[0]!;
    return ops.add(ops.matmul(ops.reshape(mixed, [n, a.heads * size]), w.output!), w.output_bias!);
  },
  names: { keras: ["MultiHeadAttention", { heads: "num_heads", size: "key_dim" }], torch: ["MultiheadAttention", { heads: "num_heads" }] },
});
