import type { Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { TfOps } from "../../server/trainer/engines/tfjs/ops.ts";
import type { Tf, TfValue } from "../../server/trainer/engines/tfjs/value.ts";
import { ArrayOps, type Arrays } from "../kit/array-ops.ts";
import { farthest, type RecordedValues, recordedValues, ROWS, runModel, sizedModel, titleOf } from "../kit/layer-values.ts";
import { BACKENDS, tfOn } from "../kit/tf.ts";

describe.each(BACKENDS)("on %s", (backend) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await tfOn(backend);
  });

  describe("every layer gives what Keras gives", () => {
    for (const c of recordedValues) {
      test(titleOf(c), () => {
        const ops = new TfOps(tf, { training: c.training ?? false, batch: ROWS, seed: 0, step: 0 });
        const weights = new Map<string, TfValue>();
        const out = runModel<TfValue>(sizedModel(c), ops, c, {
          input: (shape, entries) => ({ tensor: tf.tensor(Float32Array.from(entries), [ROWS, ...shape]), perRow: true }),
          weight: (shape, entries, key) => {
            const w = { tensor: tf.tensor(Float32Array.from(entries), [...shape]), perRow: false };
            weights.set(key, w);
            return w;
          },
        });
        expect(ops.shape(out)).toEqual(c.shape);
        // Single precision, and erf to 1.5e-7.
        expect(farthest(out.tensor.dataSync(), c.values)).toBeLessThan(2e-5);
        for (const [key, values] of Object.entries(c.after ?? {})) {
          const w = weights.get(key)!;
          expect(farthest((ops.assigned.get(w) ?? w.tensor).dataSync(), values), key).toBeLessThan(2e-5);
        }
      });
    }
  });

  describe("every layer's gradients are the finite differences of the loops in double precision", () => {
    for (const c of recordedValues) {
      test(titleOf(c), () => {
        const { leaves, gradients } = byTape(tf, c);
        for (const [i, leaf] of leaves.entries()) {
          for (const at of someOf(leaf.length)) {
            const h = 1e-4;
            const difference = (byLoops(c, i, at, h) - byLoops(c, i, at, -h)) / (2 * h);
            expect(Math.abs(gradients[i]![at]! - difference) / Math.max(1, Math.abs(difference)), `leaf ${i}, entry ${at}: ${gradients[i]![at]} against ${difference}`).toBeLessThan(2e-3);
          }
        }
      });
    }
  });
});

/** A fixed, uneven weighting of the outputs makes one number of them. */
const weighting = (i: number) => Math.sin(1.7 * i + 0.4);

/** Leaves: the inputs, then the weights, as they come. Indices have no gradient. */
function byTape(tf: Tf, c: RecordedValues): { leaves: Float32Array[]; gradients: Float32Array[] } {
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
function byLoops(c: RecordedValues, leaf: number, at: number, h: number): number {
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

const someOf = (length: number) => [...new Set([0, Math.floor(length / 3), length - 1])].filter((i) => i >= 0);
