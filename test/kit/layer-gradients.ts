import type { Tensor } from "@tensorflow/tfjs-core";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TfOps } from "../../server/trainer/engines/tfjs/ops.ts";
import type { Tf, TfValue } from "../../server/trainer/engines/tfjs/value.ts";
import { ArrayOps, type Arrays } from "../../server/language/ops/arrays.ts";
import { type RecordedValues, ROWS, runModel, sizedModel } from "./layer-values.ts";

/** A fixed, uneven weighting of the outputs makes one number of them. */
export const weighting = (i: number) => Math.sin(1.7 * i + 0.4);

interface RecordedGradients extends Pick<RecordedValues, "nnet" | "inputs" | "training"> {
  /** Of the inputs, then of the weights; every `stride`th entry. */
  readonly gradients: readonly { readonly stride?: number; readonly values: readonly number[] }[];
}

const keyOf = ({ nnet, inputs, training }: Pick<RecordedValues, "nnet" | "inputs" | "training">) => JSON.stringify([nnet, inputs, training ?? false]);
const truth: { cases: readonly RecordedGradients[] } = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/torch-gradients.json"), "utf8"));
const byTitle = new Map(truth.cases.map((c) => [keyOf(c), c.gradients]));

/** PyTorch's gradients of the case, recorded by test/truth/torch_gradients.py. */
export const torchGradients = (c: RecordedValues) => byTitle.get(keyOf(c));

/** The largest difference to PyTorch's, relative to the largest entry of all of the case's gradients that are recorded. */
export function farthestGradient(found: ArrayLike<number>, { stride = 1, values }: RecordedGradients["gradients"][number], largest: number): number {
  if (Math.ceil(found.length / stride) !== values.length) return Infinity;
  return values.reduce((most, v, i) => Math.max(most, Math.abs(found[i * stride]! - v) || (Number.isFinite(found[i * stride]) ? 0 : Infinity)), 0) / largest;
}

export const largestOf = (gradients: RecordedGradients["gradients"]): number => Math.max(1e-6, ...gradients.flatMap((g) => g.values.map(Math.abs)));

/** Leaves: the inputs, then the weights, as they come. Indices have no gradient. */
export function byTape(tf: Tf, c: RecordedValues): { leaves: Float32Array[]; gradients: Float32Array[] } {
  const leaves: Tensor[] = [];
  const model = sizedModel(c);
  const gather = (shape: readonly number[], entries: Float64Array, isLeaf: boolean) => {
    const tensor = tf.tensor(Float32Array.from(entries), [...shape]);
    if (isLeaf) leaves.push(tensor);
    return tensor;
  };
  const make = (given: readonly Tensor[] | undefined) => {
    let next = 0;
    const leaf = (shape: readonly number[], entries: Float64Array, isLeaf: boolean) => (given && isLeaf ? given[next++]! : gather(shape, entries, isLeaf));
    return {
      input: (shape: readonly number[], entries: Float64Array) => ({ tensor: leaf([ROWS, ...shape], entries, c.tokens === undefined), perRow: true }),
      weight: (shape: readonly number[], entries: Float64Array) => ({ tensor: leaf(shape, entries, true), perRow: false }),
    };
  };
  const ops = () => new TfOps(tf, { training: c.training ?? false, batch: ROWS, seed: 0, step: 0 });
  runModel<TfValue>(model, ops(), c, make(undefined));
  const f = (...given: Tensor[]) => {
    const { tensor } = runModel<TfValue>(model, ops(), c, make(given));
    // A moving average has no part in training's output; tfjs wants every leaf to have one.
    const none = tf.mul(tf.addN(given.map((t) => tf.sum(t))), 0);
    return tf.add(none, tf.sum(tf.mul(tf.reshape(tensor, [-1]), tf.tensor1d(Float32Array.from({ length: tensor.size }, (_, i) => weighting(i))))));
  };
  if (leaves.length === 0) return { leaves: [], gradients: [] };
  const gradients = tf.grads(f)(leaves);
  return { leaves: leaves.map((t) => t.dataSync() as Float32Array), gradients: gradients.map((t) => t.dataSync() as Float32Array) };
}

/** The same number with entry `at` of a leaf moved by h. */
export function byLoops(c: RecordedValues, leaf: number, at: number, h: number): number {
  let next = 0;
  const moved = (entries: Float64Array, isLeaf: boolean) => {
    const own = entries.slice();
    if (isLeaf && next++ === leaf) own[at]! += h;
    return own;
  };
  const rows = (shape: readonly number[], e: Float64Array, count: number): Arrays => ({ shape, rows: Array.from({ length: count }, (_, r) => e.slice((r * e.length) / count, ((r + 1) * e.length) / count)) });
  const out = runModel<Arrays>(sizedModel(c), new ArrayOps(c.training), c, {
    input: (shape, entries) => rows(shape, moved(entries, c.tokens === undefined), ROWS),
    weight: (shape, entries) => rows(shape, moved(entries, true), 1),
  });
  return out.rows.flatMap((r) => [...r]).reduce((sum, v, i) => sum + v * weighting(i), 0);
}

/** A few entries of so many. */
export const someOf = (length: number) => [...new Set([0, Math.floor(length / 3), length - 1])].filter((i) => i >= 0);
