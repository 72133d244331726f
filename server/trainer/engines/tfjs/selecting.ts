import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { detached, hasKernel, withGradient } from "./tensors.ts";
import { size, type Tf } from "./value.ts";

/** The k largest along `axis` in their order: a one-hot matrix picks them, so that the gradient goes back to them alone. */
export function kMax(tf: Tf, x: Tensor, k: number, axis: number): Tensor {
  // All of them, in their order; and tfjs has no one-hot vector of one.
  if (x.shape[axis] === k) return tf.clone(x);
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis).concat(axis);
  const last = tf.transpose(x, order);
  const n = last.shape[last.rank - 1]!;
  const picks = detached(tf, () => {
    const { indices } = tf.topk(last, k, true);
    // topk of the negated indices sorts them.
    const ascending = tf.neg(tf.topk(tf.neg(tf.cast(indices, "float32")), k, true).values);
    return tf.reshape(tf.oneHot(tf.cast(tf.reshape(ascending, [-1]), "int32") as Tensor1D, n), [-1, k, n]);
  });
  const chosen = tf.matMul(tf.cast(picks, "float32"), tf.reshape(last, [-1, n, 1]));
  const back = order.map((_, i) => order.indexOf(i));
  return tf.transpose(tf.reshape(chosen, [...last.shape.slice(0, -1), k]), back);
}

/** Rows of `table` [tokens, width]; repeated rows add their gradients. */
export function gatherRows(tf: Tf, table: Tensor2D, indices: Tensor): Tensor {
  const at = tf.cast(indices, "int32");
  return withGradient(tf, [table], [at], () => tf.gather(table, at), (dy, at) => {
    const flat = tf.reshape(at, [size(at.shape), 1]);
    return [tf.scatterND(flat, tf.reshape(dy, [size(at.shape), table.shape[1]]), table.shape)];
  });
}

/** Abramowitz and Stegun 7.1.26 (error below 1.5e-7) where the backend has no erf. */
export function erf(tf: Tf, x: Tensor): Tensor {
  if (hasKernel(tf, "Erf")) return tf.erf(x);
  const value = () => {
    const a = tf.abs(x);
    const t = tf.div(1, tf.add(1, tf.mul(a, 0.3275911)));
    const polynomial = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce<Tensor>((sum, c) => tf.mul(tf.add(sum, c), t), tf.scalar(0));
    return tf.mul(tf.sign(x), tf.sub(1, tf.mul(polynomial, tf.exp(tf.neg(tf.square(x))))));
  };
  return withGradient(tf, [x], [x], value, (dy, x) => [tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))]);
}
