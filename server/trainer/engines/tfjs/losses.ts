import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { rowLoss } from "../../../language/rehearsal/losses.ts";
import type { Head } from "../../plan.ts";
import { TfOps } from "./ops.ts";
import { detached } from "./tensors.ts";
import type { Tf } from "./value.ts";

/**
 * Loss of each row, [batch], as Keras 3 computes it. `output` [batch, outputs] is the model's, `logits` the same
 * before the activation where the head says so; `labels` are class indices or numbers [batch], or targets [batch, outputs].
 */
export function rowLosses(tf: Tf, head: Head, output: Tensor, logits: Tensor | undefined, labels: Tensor): Tensor {
  const ops = new TfOps(tf, { training: true, batch: output.shape[0]!, seed: 0, step: 0 });
  const value = (tensor: Tensor) => ({ tensor, perRow: true });
  return rowLoss(ops, head, value(output), logits && value(logits), value(targets(tf, head, labels))).tensor;
}

/** Right answers, a scalar. */
export function countCorrect(tf: Tf, head: Head, output: Tensor, labels: Tensor): Tensor {
  const choice = (v: Tensor) => tf.cast(head.kind === "binary" ? tf.greater(tf.reshape(v, [-1]), 0.5) : tf.argMax(v, -1), "int32");
  return tf.sum(tf.cast(tf.equal(choice(output), given(labels) ? choice(labels) : tf.cast(labels, "int32")), "float32"));
}

/** Targets in place of labels. */
const given = (labels: Tensor): boolean => labels.rank === 2;

/** Labels in the output's shape [batch, outputs]: one-hot for classes. */
function targets(tf: Tf, head: Head, labels: Tensor): Tensor {
  if (given(labels)) return labels;
  if (head.kind !== "classes") return tf.reshape(labels, [-1, 1]);
  return detached(tf, () => tf.cast(tf.oneHot(tf.cast(labels, "int32") as Tensor1D, head.outputs), "float32"));
}
