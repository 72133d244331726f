import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { broadcastTensor } from "./tensors.ts";
import { size, type Tf, type TfValue } from "./value.ts";

export function matmul(tf: Tf, a: TfValue, b: TfValue, transposeB: boolean): TfValue {
  const perRow = a.perRow || b.perRow;
  const n = b.tensor.shape[b.tensor.rank - (transposeB ? 2 : 1)]!;
  if (!b.perRow && b.tensor.rank === 2) {
    const rows = tf.reshape(a.tensor, [-1, a.tensor.shape[a.tensor.rank - 1]!]) as Tensor2D;
    return { perRow, tensor: tf.reshape(tf.matMul(rows, b.tensor as Tensor2D, false, transposeB), [...a.tensor.shape.slice(0, -1), n]) };
  }
  // One matrix of the other for every row of the batch.
  const batch = (a.perRow ? a : b).tensor.shape[0]!;
  const full = (x: TfValue): Tensor => (x.perRow || !perRow ? x.tensor : broadcastTensor(tf, x.tensor, [batch, ...x.tensor.shape]));
  const [left, right] = [full(a), full(b)];
  const vector = left.rank < right.rank;
  const leading = right.shape.slice(0, -2);
  const product = tf.matMul(cube(tf, vector ? tf.expandDims(left, -2) : left), cube(tf, right), false, transposeB);
  const rows = vector ? [] : [left.shape[left.rank - 2]!];
  return { perRow, tensor: tf.reshape(product, [...leading, ...rows, n]) };
}

/** [batch?, p, k] × [p, k, n] → [batch?, p, n]: positions become the batch of the product. */
export function localMatmul(tf: Tf, x: TfValue, w: TfValue): TfValue {
  if (!x.perRow) return { perRow: false, tensor: tf.squeeze(tf.matMul(tf.expandDims(x.tensor, 1) as Tensor3D, w.tensor as Tensor3D), [1]) };
  const byPosition = tf.transpose(x.tensor, [1, 0, 2]) as Tensor3D;
  return { perRow: true, tensor: tf.transpose(tf.matMul(byPosition, w.tensor as Tensor3D), [1, 0, 2]) };
}

function cube(tf: Tf, x: Tensor): Tensor3D {
  const [m, n] = x.shape.slice(-2) as [number, number];
  return tf.reshape(x, [size(x.shape.slice(0, -2)), m, n]) as Tensor3D;
}
