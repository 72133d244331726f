import { expect, test } from "vitest";
import { ArrayOps, type Arrays } from "../../server/language/ops/arrays.ts";
import { Tape } from "../../server/language/ops/tape.ts";
import { farthestGradient, largestOf, torchGradients, weighting } from "../kit/layer-gradients.ts";
import { recordedValues, ROWS, runModel, sizedModel, titleOf } from "../kit/layer-values.ts";

/** The language's own way back, which the probe measures gradients by, against PyTorch's of every layer that it has. */
const compared = recordedValues.flatMap((c) => {
  const gradients = torchGradients(c);
  return gradients ? [{ title: titleOf(c), c, gradients }] : [];
});

test.each(compared)("$title: gradients as PyTorch's", ({ c, gradients }) => {
  const leaves: Arrays[] = [];
  const leaf = (x: Arrays, isLeaf = true): Arrays => (isLeaf && leaves.push(x), x);
  const tape = new Tape(new ArrayOps(c.training));
  const out = runModel<Arrays>(sizedModel(c), tape, c, {
    input: (shape, e) => leaf({ shape, rows: Array.from({ length: ROWS }, (_, r) => e.slice((r * e.length) / ROWS, ((r + 1) * e.length) / ROWS)) }, c.tokens === undefined),
    weight: (shape, e) => leaf({ shape, rows: [e] }),
  });
  let i = 0;
  tape.seed(out, { shape: out.shape, rows: out.rows.map((r) => r.map(() => weighting(i++))) });
  while (tape.length > 0) tape.back();
  const largest = largestOf(gradients);
  for (const [n, recorded] of gradients.entries()) {
    const found = leaves[n]!.rows.map((r, k) => tape.gradientOf(leaves[n]!)?.rows[k] ?? new Float64Array(r.length)).flatMap((r) => [...r]);
    // PyTorch computes in single precision.
    expect(farthestGradient(found, recorded, largest)).toBeLessThan(2e-4);
  }
});

test("most layers are compared", () => expect(compared.length).toBeGreaterThan(100));
