import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { Head } from "../../plan.ts";
import { detached, larger } from "./tensors.ts";
import type { Tf } from "./value.ts";

/** Keras' clip of probabilities before a logarithm. */
const EPSILON = 1e-7;

/**
 * Loss of each row, [batch], as Keras 3 computes it. `output` [batch, outputs] is the model's, `logits` the same
 * before the activation where the head says so; `labels` are class indices or numbers [batch], or targets [batch, outputs].
 */
export function rowLosses(tf: Tf, head: Head, output: Tensor, logits: Tensor | undefined, labels: Tensor): Tensor {
  const { name, args } = head.loss;
  if (name === "cross_entropy") return crossEntropy(tf, head, output, logits, labels, (args["label_smoothing"] as number | undefined) ?? 0);
  const target = targets(tf, head, labels);
  if (name === "binary_cross_entropy") return tf.mean(binary(tf, head, output, logits, target), -1);
  const difference = tf.sub(output, target);
  if (name === "mse") return tf.mean(tf.square(difference), -1);
  // |d| with the gradient 0 at 0.
  const size = tf.mul(difference, detached(tf, () => tf.sign(difference)));
  if (name === "mae") return tf.mean(size, -1);
  const delta = args["delta"] as number;
  const inner = larger(tf, size, tf.fill(size.shape, delta), -1);
  // d²/2 up to delta, then delta·(|d| − delta/2); both are inner·(|d| − inner/2).
  return tf.mean(tf.mul(inner, tf.sub(size, tf.mul(inner, 0.5))), -1);
}

/** Right answers, a scalar. */
export function countCorrect(tf: Tf, head: Head, output: Tensor, labels: Tensor): Tensor {
  const choice = (v: Tensor) => tf.cast(head.kind === "binary" ? tf.greater(tf.reshape(v, [-1]), 0.5) : tf.argMax(v, -1), "int32");
  return tf.sum(tf.cast(tf.equal(choice(output), given(labels) ? choice(labels) : tf.cast(labels, "int32")), "float32"));
}

function crossEntropy(tf: Tf, head: Head, output: Tensor, logits: Tensor | undefined, labels: Tensor, smoothing: number): Tensor {
  const classes = head.outputs;
  const hot = detached(tf, () => {
    const exact = targets(tf, head, labels);
    return smoothing === 0 ? exact : tf.add(tf.mul(exact, 1 - smoothing), smoothing / classes);
  });
  return tf.neg(tf.sum(tf.mul(hot, logProbabilities(tf, head, output, logits)), -1));
}

function logProbabilities(tf: Tf, head: Head, output: Tensor, logits: Tensor | undefined): Tensor {
  if (head.logarithmic) return output;
  if (logits && head.logits?.activation === "softmax") return tf.logSoftmax(logits);
  const probabilities = tf.div(output, tf.sum(output, -1, true));
  return tf.log(tf.clipByValue(probabilities, EPSILON, 1 - EPSILON));
}

function binary(tf: Tf, head: Head, output: Tensor, logits: Tensor | undefined, target: Tensor): Tensor {
  // −(t·log σ(z) + (1 − t)·log(1 − σ(z))) = softplus(z) − t·z
  if (logits && head.logits?.activation === "sigmoid") return tf.sub(tf.softplus(logits), tf.mul(target, logits));
  const p = tf.clipByValue(output, EPSILON, 1 - EPSILON);
  return tf.neg(tf.add(tf.mul(target, tf.log(p)), tf.mul(tf.sub(1, target), tf.log(tf.sub(1, p)))));
}

/** Targets in place of labels. */
const given = (labels: Tensor): boolean => labels.rank === 2;

/** Labels in the output's shape [batch, outputs]: one-hot for classes. */
function targets(tf: Tf, head: Head, labels: Tensor): Tensor {
  if (given(labels)) return labels;
  if (head.kind !== "classes") return tf.reshape(labels, [-1, 1]);
  return detached(tf, () => tf.cast(tf.oneHot(tf.cast(labels, "int32") as Tensor1D, head.outputs), "float32"));
}
