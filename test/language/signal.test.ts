import { describe, expect, test } from "vitest";
import { measure } from "../../bench/findings/measure.mjs";
import { analyse, type Model } from "../../server/language/index.ts";
import { Nonlinearity, propagate } from "../../server/language/signal/index.ts";
import { dataHost } from "../kit/fixture.ts";

const modelOf = (body: string): Model => {
  const { models, findings } = analyse("/test.nnet", `model M {\n${body}\n}`);
  expect(findings.filter((f) => f.severity === "error" && f.code !== "vanishing-gradient")).toEqual([]);
  return models[0]!.model;
};
const squares = (body: string): number[] => propagate(modelOf(body)).signals.all().map((s) => s!.square);
const normal = (square: number, mean = 0, cross = 0) => ({ mean, square, cross, derived: true });

describe("moments of nonlinearities, against values that others publish", () => {
  test("ReLU: half of the mean square, and the arc-cosine kernel (Cho and Saul 2009)", () => {
    const relu = new Nonlinearity((ops, z) => ops.relu(z));
    const r = relu.of(normal(4, 0, 2), true);
    expect(r.square).toBeCloseTo(2, 10);
    expect(r.slope).toBeCloseTo(0.5, 10);
    expect(r.mean).toBeCloseTo(2 / Math.sqrt(2 * Math.PI), 10);
    // ρ = 1/2, θ = π/3: 4/(2π)·(sin θ + (π − θ)·cos θ).
    expect(r.cross).toBeCloseTo((4 / (2 * Math.PI)) * (Math.sin(Math.PI / 3) + Math.PI / 3), 10);
    expect(r.slopeCross).toBeCloseTo(1 / 3, 10);
  });

  test("SELU from mean 0 and variance 1 gives mean 0 and variance 1 (Klambauer et al. 2017)", () => {
    const [selu] = propagate(modelOf("input x [1000]\ndense(1000, init = lecun_normal) -> selu\ndense(1)")).signals.all().slice(2);
    expect(selu!.mean).toBeCloseTo(0, 5);
    expect(selu!.square).toBeCloseTo(1, 5);
  });

  test("a kink away from the mean, and a plateau: closed forms agree with sums over a fine grid", () => {
    for (const apply of [(z: number) => Math.min(Math.max(z, 0), 6), (z: number) => Math.max(z, 0.1 * z)]) {
      const f = new Nonlinearity((ops, z) => (apply(-1) === 0 ? ops.minimum(ops.relu(z), ops.constant(6)) : ops.maximum(z, ops.mul(ops.constant(0.1), z))));
      let [mean, square, total] = [0, 0, 0];
      for (let u = -9; u <= 9; u += 1e-4) {
        const w = Math.exp(-u * u / 2);
        const y = apply(1.5 + 3 * u);
        mean += w * y;
        square += w * y * y;
        total += w;
      }
      const r = f.of(normal(9 + 2.25, 1.5), false);
      expect(r.mean).toBeCloseTo(mean / total, 6);
      expect(r.square).toBeCloseTo(square / total, 5);
    }
  });

  test("the fixed points of tanh and sigmoid networks (Schoenholz et al. 2017)", () => {
    // tanh, σw² = 1: q → 0; σ: q* = 0.265 with σw² = 1.
    expect(squares(`input x [64]\nrepeat 200 { dense(64) -> tanh }\ndense(64)`).at(-1)).toBeLessThan(0.01);
    expect(squares(`input x [64]\nrepeat 20 { dense(64) -> sigmoid }\ndense(64)`).at(-1)).toBeCloseTo(0.265, 3);
  });
});

describe("graphs", () => {
  test("he keeps a ReLU network's signal and gradient, glorot halves both", () => {
    const p = propagate(modelOf("input x [64]\nrepeat 10 { dense(64, init = he_normal) -> relu }\ndense(64, init = he_normal)"));
    expect(p.signals.all().at(-1)!.square).toBeCloseTo(2, 10);
    expect(p.kernels[1]!.rms / p.kernels.at(-1)!.rms).toBeCloseTo(1, 10);
    expect(squares("input x [64]\nrepeat 10 { dense(64) -> relu }\ndense(64)").at(-1)).toBeCloseTo(2 ** -10, 10);
  });

  test("a residual branch of its own weights adds its mean square; the same result twice is doubled", () => {
    expect(squares("input x [64]\ndense(64)\nadd { dense(64) } { identity }").at(-1)).toBeCloseTo(2, 10);
    expect(squares("input x [64]\ndense(64)\nadd { identity } { identity }").at(-1)).toBeCloseTo(4, 10);
  });

  test("x·σ(x), written as a merge, is silu", () => {
    const [merged, silu] = ["multiply { identity } { sigmoid }", "silu"].map((act) => propagate(modelOf(`input x [64]\ndense(64) -> ${act}\ndense(2)`)));
    expect(merged!.signals.all().at(-1)!.square).toBeCloseTo(silu!.signals.all().at(-1)!.square, 8);
    expect(merged!.kernels[0]!.rms).toBeCloseTo(silu!.kernels[0]!.rms, 8);
  });

  test("batch norm behind ReLU multiplies the gradient's mean square by π / (π − 1) (Yang et al. 2019)", () => {
    const p = propagate(modelOf("input x [64]\nrepeat 6 { dense(64) -> batch_norm -> relu }\ndense(64)"));
    const of = (layer: number) => p.kernels[layer]!.rms ** 2;
    expect(of(2) / of(3)).toBeCloseTo(Math.PI / (Math.PI - 1), 2);
  });

  test("padding takes from the border: a 3×3 window on 4×4 lies inside for 100 of its 144 entries", () => {
    const [, conv] = squares("input x [4, 4, 8]\nconv2d(8, 3, padding = same, init = lecun_normal)");
    expect(conv).toBeCloseTo(100 / 144, 10);
  });

  test("dropout grows what stays, and layer_scale shrinks", () => {
    expect(squares("input x [64]\ndense(64) -> dropout(0.5)\ndense(2)")[2]).toBeCloseTo(2, 10);
    expect(squares("input x [64]\ndense(64) -> layer_scale(0.1)\ndense(2)")[2]).toBeCloseTo(0.01, 10);
  });

  test("a layer without an answer leaves what follows without one, and throws nothing", () => {
    const { models } = analyse("/test.nnet", "model M {\n  input x [4]\n  dense(nothing) -> relu\n  dense(2)\n}");
    expect(propagate(models[0]!.model).signals.all().slice(1)).toEqual([undefined, undefined, undefined]);
  });
});

// The whole table is bench/README.md's: npm run bench -- signal.
test.each([
  ["tanh", "input x [64]\nrepeat 4 { dense(64) -> tanh }\ndense(10) -> softmax"],
  ["layer norm and residual", "input x [64]\nrepeat 4 { add { layer_norm -> dense(64, init = he_normal) -> relu } { identity } }\ndense(10) -> softmax"],
  ["projected memory", "input x [12, 16]\nlstm(48, projection = 16)\ndense(10) -> softmax"],
  ["transposed convolution", "input x [3, 3, 3, 6]\nconv3d_transpose(12, 3, stride = 2) -> tanh\nupsample3d\nconv3d(8, 3)\nflatten\ndense(10) -> softmax"],
  ["convolution and pooling", "input x [6, 6, 8]\nconv2d(24, 3, padding = same) -> tanh\nmax_pool2d(2)\nflatten\ndense(10) -> softmax"],
])("%s: derived and measured by the portable engine agree", async (_name, body) => {
  const model = modelOf(body);
  const p = propagate(model);
  const measured = await measure(model, { rows: 8, seeds: 6 });
  const gradient = (k: (typeof p.kernels)[number]) => Math.sqrt(measured.gradients.get(k.node.weights.find((w) => w.key === k.key)!.name)!);
  const [first, last] = [p.kernels[0]!, p.kernels.at(-1)!];
  expect(Math.abs(Math.log(p.signals.at(last.node.inputs[0]!)!.square / measured.moments[last.node.inputs[0]!]!.square))).toBeLessThan(0.3);
  expect(Math.abs(Math.log(first.rms / last.rms / (gradient(first) / gradient(last))))).toBeLessThan(0.3);
});

test("features that saturate the first layer are one finding: the features, with what follows from them", () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${(900 * Math.sin(i)).toFixed(1)},${(900 * Math.cos(3 * i)).toFixed(1)},${i % 2 ? "yes" : "no"}`);
  const host = dataHost(new Map([["d.csv", ["a,b,kind", ...rows].join("\n")]]));
  const text = "data d {\n  source = csv(\"d.csv\")\n  label = kind\n}\nmodel M {\n  input x [2]\n  dense(16) -> tanh\n  dense(2) -> softmax\n}\ntrain M on d {\n  epochs = 200\n}";
  const found = analyse("/test.nnet", text, host).findings.filter((f) => f.severity === "warning");
  expect(found.map((f) => f.code)).toEqual(["features-unscaled"]);
  expect(found[0]!.related!.map((r) => r.message).join("\n")).toMatch(/from this follows saturated-units: .*99 % of the tanh units|from this follows saturated-units: .*100 % of the tanh units/);
});

test("a merge of nothing behind an activation is no gate, and stops no check", () => {
  expect(() => analyse("/test.nnet", "model M {\n  input x [4]\n  dense(8, init = normal(9)) -> tanh\n  ad")).not.toThrow();
});

test("far in a tail a mean square is not below the mean's square, and no number of a finding is NaN", () => {
  const { models, findings } = analyse("/n.nnet", "data d { source = moons(rows = 400) }\nmodel M {\n  input x [2]\n  repeat 2 { dense(64, bias_init = constant(-6)) -> relu }\n  dense(2) -> softmax\n}\ntrain M on d { }\n");
  const { model } = models[0]!;
  const { signals } = propagate(model, [{ mean: 0.3, square: 0.2346, cross: 0.16, derived: true }]);
  for (const node of model.nodes) expect(signals.at(node.id)!.square).toBeGreaterThanOrEqual(0);
  expect(findings.map((f) => f.code)).toContain("dead-relu");
  expect(findings.filter((f) => f.message.includes("NaN"))).toEqual([]);
});
