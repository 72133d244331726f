import { bool, either, flowArg, listOf, oneOf, optional, real, required, whole, withDefault, word } from "../params.ts";
import { type Dim, formatShape, largestDivisor, mul } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import { checkAxis } from "./axes.ts";
import { defineLayer, last, needsNumber, type Problem, type Shape, weightParams } from "./define.ts";
import { checkRank } from "./convolution.ts";
import { HIDDEN, positionings, slopeOf, turned } from "./positions.ts";
import { projected, projection } from "./projections.ts";
import type { OptionValue } from "../values.ts";

const PROJECTIONS = ["query", "key", "value", "output"] as const;

const headSize = (a: { heads: number; size: number | undefined }, x: Shape) => a.size ?? Math.floor((last(x) as number) / a.heads);

export const attention = defineLayer({
  name: "attention",
  family: "sequence",
  doc: "Multi-head attention: softmax(QKᵀ / √size)·V for each head, with learned projections of queries, keys, values and output. Vaswani et al. 2017. `kv_heads` gives grouped queries (Ainslie et al. 2023), with 1 multi-query attention (Shazeer 2019). Masks hide scores; they are computed and counted.",
  example: "input words int [32]\nembedding(1000, 16)\nadd { layer_norm -> attention(4) } { identity }\nadd { rms_norm -> attention(4, causal = true, kv_heads = 2, bias = false, positions = rotary) } { identity }",
  params: {
    heads: required(whole(), "Number of heads."),
    size: optional(whole(), "Size of a head's queries, keys and values.", "channels div heads"),
    causal: withDefault(bool(), false, "Each position sees itself and those before it."),
    context: optional(flowArg(), "Where keys and values come from: another result makes it cross-attention.", "the flow itself"),
    kv_heads: optional(whole(), "Number of heads of keys and values, each shared by heads div kv_heads heads of queries.", "heads"),
    positions: optional(oneOf(positionings, "rotary or alibi"), "How it knows of positions: `rotary(base = 10_000)` turns queries and keys (`part = 16`: of each head the first 16 entries), `alibi` lowers scores by distance; neither has weights.", "it does not"),
    window: optional(whole(), "Each position sees only those less than so many away: with causal, itself and window − 1 before it. Beltagy et al. 2020.", "all"),
    score_bias: optional(flowArg(), "A result that is added to the scores before softmax: [heads, queries, keys], or what broadcasts to it.", "none"),
    scale: optional(real(), "Factor of QKᵀ.", "1 / √size"),
    axis: optional(whole({}), "The axis whose positions see each other, where there are several before the channels; along the others each is by itself: rows or columns of an image, time or space of a film.", "the only one"),
    bias: withDefault(either(bool(), listOf(word(PROJECTIONS), "a list of query, key, value, output")), true, "Biases of all four projections, or of those in the list: `[query, value, output]` (Whisper), `[query, key, value]` (Qwen2)."),
    ...weightParams,
  },
  check: (a, [x, ...more]) => {
    const context = a.context && more[0];
    const wrong = (a.axis === undefined ? positionsProblem(x!, context) : axisProblem(a.axis, x!, context !== undefined)) ?? needsNumber(last(x!), "attention", "its input's channels") ?? (context && (contextProblem(context) ?? needsNumber(last(context), "attention", "its context's channels")));
    return wrong ?? headsProblem("attention", a, x!);
  },
  weights: (a, [x, ...more]) => {
    const c = last(x!);
    const from = last(a.context ? more[0]! : x!);
    const size = headSize(a, x!);
    const [inner, shared] = [a.heads * size, (a.kv_heads ?? a.heads) * size];
    const own = (name: (typeof PROJECTIONS)[number], rows: Dim, columns: Dim) => projection(name, rows, columns, a, a.bias === true || (a.bias && a.bias.includes(name)));
    return { ...own("query", c, inner), ...own("key", from, shared), ...own("value", from, shared), ...own("output", inner, c) };
  },
  forward: (ops, a, [given, ...more], w) => {
    type V = ReturnType<typeof ops.constant>;
    const rank = ops.shape(given!).length;
    const along = a.axis === undefined ? rank - 2 : a.axis < 0 ? a.axis + rank : a.axis;
    const x = swapped(ops, given!, along, rank - 2);
    const from = a.context ? more[0]! : x;
    const scoreBias = a.score_bias && more[a.context ? 1 : 0];
    const apart = ops.shape(x).slice(0, -2);
    const size = headSize(a, ops.shape(x));
    const [groups, n, m] = [a.kv_heads ?? a.heads, ops.shape(x)[rank - 2]!, ops.shape(from)[rank - 2]!];
    const project = (v: V, name: string) => projected(ops, v, w, name);
    // [n, heads·size] → [heads, n, size]
    const split = (v: V, name: string, heads: number) => swapped(ops, ops.reshape(project(v, name), [...apart, ops.shape(v)[rank - 2]!, heads, size]), rank - 2, rank - 1);
    const placed = (v: V) => (a.positions?.name === "rotary" ? turned(ops, v, a.positions) : v);
    // Heads that share keys stand one below the other: [groups, heads / groups · n, size].
    const stacked = (v: V, columns: Dim) => (groups === a.heads ? v : ops.reshape(v, [...apart, groups, mul(n, a.heads / groups), columns]));
    const q = stacked(placed(split(x, "query", a.heads)), size);
    const k = placed(split(from, "key", groups));
    let scores = ops.mul(ops.matmul(q, k, true), ops.constant(a.scale ?? 1 / Math.sqrt(size)));
    if (groups !== a.heads) scores = ops.reshape(scores, [...apart, a.heads, n, m]);
    if (a.positions?.name === "alibi") scores = ops.add(scores, ops.table([a.heads, n, m], ([h, i, j]) => -slopeOf(h!, a.heads) * Math.abs(i! - j!)));
    if (scoreBias) scores = ops.add(scores, scoreBias);
    if (a.causal || a.window !== undefined) scores = ops.add(scores, ops.table([n, m], ([i, j]) => ((a.causal && j! > i!) || Math.abs(i! - j!) >= (a.window ?? Infinity) ? HIDDEN : 0)));
    const mixed = ops.reshape(ops.matmul(stacked(ops.softmax(scores), m), split(from, "value", groups)), [...apart, a.heads, n, size]);
    return swapped(ops, project(ops.reshape(swapped(ops, mixed, rank - 2, rank - 1), [...apart, n, a.heads * size]), "output"), along, rank - 2);
  },
  also: ["self_attention", "multi_head_attention", "mha", "gqa", "mqa"],
  names: { keras: ["MultiHeadAttention", { heads: "num_heads", size: "key_dim", bias: "use_bias" }], torch: ["MultiheadAttention", { heads: "num_heads" }] },
});

/** Two axes in each other's place. */
function swapped<T>(ops: Ops<T>, x: T, a: number, b: number): T {
  const axes = [...ops.shape(x).keys()];
  [axes[a], axes[b]] = [axes[b]!, axes[a]!];
  return a === b ? x : ops.transpose(x, axes);
}

/** What mends the rank of what flows does not mend that of the context. */
function positionsProblem(x: Shape, context: Shape | undefined): Problem | undefined {
  const wrong = checkRank("attention", x, 1);
  if (!wrong || !context || context.length === 2) return wrong;
  return { code: wrong.code, message: wrong.message };
}

/** What would mend the rank of what flows has nothing to do with the context's. */
function contextProblem(context: Shape): Problem | undefined {
  const wrong = checkRank("attention", context, 1);
  return wrong && { code: wrong.code, message: wrong.message };
}

function axisProblem(axis: number, x: Shape, hasContext: boolean): Problem | undefined {
  const wrong = checkAxis("attention", axis, x);
  if (wrong) return wrong;
  const positions = x.length - 1;
  if (positions < 1 || (axis < 0 ? axis + x.length : axis) === positions) return { code: "axis-out-of-range", message: `attention: axis ${axis} of ${formatShape(x)} holds the channels; positions lie along the axes before it`, arg: "axis", ...(positions > 0 && { fit: { arg: "axis", value: "0", title: "axis 0" } }) };
  return hasContext ? { code: "wrong-rank", message: "attention: context and axis do not go together: which rows of the context a row would see is not said", arg: "axis" } : undefined;
}

/** Heads must divide the channels, heads of keys the heads; halves of a head are turned. */
function headsProblem(layer: string, a: { heads: number; size: number | undefined; kv_heads: number | undefined; positions: OptionValue | undefined }, gives: Shape): Problem | undefined {
  const c = last(gives) as number;
  if (a.size === undefined && c % a.heads !== 0) {
    const fits = largestDivisor(c, a.heads);
    return { code: "heads-do-not-divide", message: `${layer}: ${a.heads} heads do not divide ${c} channels; ${fits} would, or give size`, arg: "heads", gives, fit: { arg: "heads", value: String(fits), title: `heads = ${fits}` } };
  }
  if (a.kv_heads !== undefined && a.heads % a.kv_heads !== 0) {
    const fits = largestDivisor(a.heads, a.kv_heads);
    return { code: "heads-do-not-divide", message: `${layer}: ${a.kv_heads} heads of keys and values do not divide ${a.heads} heads of queries; ${fits} would`, arg: "kv_heads", gives, fit: { arg: "kv_heads", value: String(fits), title: `kv_heads = ${fits}` } };
  }
  const size = a.size ?? c / a.heads;
  const rotary = a.positions?.name === "rotary" ? (a.positions.args as { base: number; part?: number }) : undefined;
  if (rotary?.part !== undefined && (rotary.part > size || rotary.part % 2 !== 0)) {
    const message = `${layer}: rotary positions turn pairs of the ${size} entries of a head, and part is ${rotary.part}`;
    const fits = Math.min(rotary.part, size) & ~1;
    const value = `rotary(${rotary.base === 10_000 ? "" : `base = ${rotary.base}, `}part = ${fits})`;
    return { code: "odd-head-size", message, arg: "positions", gives, counted: true, ...(fits > 0 && { fit: { arg: "positions", value, title: `part = ${fits}` } }) };
  }
  if (rotary && rotary.part === undefined && size % 2 !== 0) return { code: "odd-head-size", message: `${layer}: rotary positions turn pairs of entries, and a head has ${size}; give an even size`, arg: "positions", gives, counted: true, fit: { arg: "size", value: String(size + 1), title: `size = ${size + 1}` } };
  return undefined;
}
