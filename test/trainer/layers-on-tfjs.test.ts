import { beforeAll, describe, expect, test } from "vitest";
import { TfOps } from "../../server/trainer/engines/tfjs/ops.ts";
import type { Tf, TfValue } from "../../server/trainer/engines/tfjs/value.ts";
import { byLoops, byTape, someOf } from "../kit/layer-gradients.ts";
import { farthest, recordedValues, ROWS, runModel, sizedModel, titleOf } from "../kit/layer-values.ts";
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
