import type { Head } from "../../plan.ts";
import { type Graph, type as typed, type Value } from "./builder.ts";
import { abs, add, cast, compare, div, log, maximum, mean, minimum, mul, neg, softplus, square, sub, sum } from "./math.ts";
import { reshape } from "./moves.ts";
import { oneHot } from "./products.ts";

/** Keras' clip of probabilities before a logarithm. */
const EPSILON = 1e-7;

/**
 * Loss of each row, [batch], as Keras 3 computes it. `output` [batch, outputs] is the model's, `logits` the same
 * before the activation where the head says so; `labels` are class indices or numbers [batch], or targets [batch, outputs].
 */
export function rowLosses(g: Graph, head: Head, output: Value, logits: Value | undefined, labels: Value): Value {
  const { name, args } = head.loss;
  if (name === "cross_entropy") return crossEntropy(g, head, output, logits, labels, (args["label_smoothing"] as number | undefined) ?? 0);
  const target = targets(g, head, labels);
  if (name === "binary_cross_entropy") return mean(g, binary(g, head, output, logits, target), [-1]);
  const difference = sub(g, output, target);
  if (name === "mse") return mean(g, square(g, difference), [-1]);
  const size = abs(g, difference);
  if (name === "mae") return mean(g, size, [-1]);
  // d²/2 up to delta, then delta·(|d| − delta/2); both are inner·(|d| − inner/2).
  const inner = minimum(g, size, g.scalar(args["delta"] as number));
  return mean(g, mul(g, inner, sub(g, size, mul(g, inner, g.scalar(0.5)))), [-1]);
}

/** Right answers among rows whose `mask` [batch] is 1 (all without one), a scalar. */
export function countCorrect(g: Graph, head: Head, output: Value, labels: Value, mask?: Value): Value {
  const { kind } = head;
  if (kind === "number") return g.scalar(0);
  const rows = output.shape[0]!;
  const choice = (v: Value) =>
    kind === "binary"
      ? cast(g, compare(g, "Greater", reshape(g, v, [rows]), g.scalar(0.5)), "int32")
      : g.add("ArgMax", [v, g.constant([-1], [], "int32")], [{ shape: [rows], dtype: "int32" }], { attrs: { T: typed("float"), Tidx: typed("int32"), output_type: typed("int32") } })[0]!;
  const answers = choice(output);
  const right = cast(g, compare(g, "Equal", answers, given(labels) ? choice(labels) : cast(g, labels, "int32")), "float");
  return sum(g, mask ? mul(g, right, mask) : right, [0]);
}

function crossEntropy(g: Graph, head: Head, output: Value, logits: Value | undefined, labels: Value, smoothing: number): Value {
  const classes = head.outputs;
  const fused = logits && head.logits?.activation === "softmax";
  if (fused && smoothing === 0 && !given(labels)) return fusedCrossEntropy(g, "SparseSoftmaxCrossEntropyWithLogits", logits, cast(g, labels, "int32"));
  const exact = targets(g, head, labels);
  const hot = smoothing === 0 ? exact : add(g, mul(g, exact, g.scalar(1 - smoothing)), g.scalar(smoothing / classes));
  if (fused) return fusedCrossEntropy(g, "SoftmaxCrossEntropyWithLogits", logits, hot);
  return neg(g, sum(g, mul(g, hot, head.logarithmic ? output : logOf(g, output)), [-1]));
}

/** Targets in place of labels. */
const given = (labels: Value): boolean => labels.shape.length === 2;

/** Labels in the output's shape [batch, outputs]: one-hot for classes. */
function targets(g: Graph, head: Head, labels: Value): Value {
  if (given(labels)) return labels;
  return head.kind === "classes" ? oneHot(g, cast(g, labels, "int32"), head.outputs) : reshape(g, labels, [labels.shape[0]!, 1]);
}

/** Loss and gradient of each row in one kernel. */
function fusedCrossEntropy(g: Graph, op: string, logits: Value, target: Value): Value {
  const [loss, backprop] = g.add(op, [logits, target], [{ shape: [logits.shape[0]!], dtype: "float" }, logits], {
    attrs: { T: typed("float"), ...(target.dtype === "int32" && { Tlabels: typed("int32") }) },
    gradient: ([d]) => [d && mul(g, reshape(g, d, [...d.shape, 1]), backprop!)],
  });
  return loss!;
}

function logOf(g: Graph, output: Value): Value {
  return log(g, clipped(g, div(g, output, sum(g, output, [-1], true))));
}

function binary(g: Graph, head: Head, output: Value, logits: Value | undefined, target: Value): Value {
  // −(t·log σ(z) + (1 − t)·log(1 − σ(z))) = softplus(z) − t·z
  if (logits && head.logits?.activation === "sigmoid") return sub(g, softplus(g, logits), mul(g, target, logits));
  const p = clipped(g, output);
  const one = g.scalar(1);
  return neg(g, add(g, mul(g, target, log(g, p)), mul(g, sub(g, one, target), log(g, sub(g, one, p)))));
}

const clipped = (g: Graph, p: Value) => minimum(g, maximum(g, p, g.scalar(EPSILON)), g.scalar(1 - EPSILON));
