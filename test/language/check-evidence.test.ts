import { describe, expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { generator } from "../../server/trainer/random.ts";

/** The numbers that checks give as evidence, against simulations that know nothing of the formulas. */

const random = generator(11, "evidence");
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: readonly number[]): number => mean(x.map((v) => v * v)) - mean(x) ** 2;

const body = (text: string): string => `data d {\n  source = csv("d.csv")\n  label  = y\n}\nmodel M {\n  ${text}\n}\n`;
/** The one finding of this code in a text, and the number in it that the pattern takes out. */
function evidence(text: string, code: string, pattern: RegExp): number {
  const found = analyse("/a.nnet", text).findings.filter((f) => f.code === code);
  expect(found.map((f) => f.code)).toEqual([code]);
  return Number(pattern.exec(found[0]!.message)?.[1]);
}

describe("dropout-before-batch-norm: the variance in prediction to that in training", () => {
  test.each([["relu", 0.5], ["relu", 0.4], ["tanh", 0.3]] as const)("%s, rate %f", (name, rate) => {
    const said = evidence(body(`input x [64]\n  dense(64) -> ${name} -> dropout(${rate}) -> batch_norm\n  dense(2) -> softmax`), "dropout-before-batch-norm", /variance is ([\d.]+) of/);
    const act = name === "relu" ? (z: number) => Math.max(z, 0) : Math.tanh;
    // fan_in 64, glorot: z has variance 1 for inputs of mean square 1.
    const h = draws(200_000, () => act(normal()));
    const dropped = h.map((v) => (random() < rate ? 0 : v / (1 - rate)));
    expect(said).toBeCloseTo(variance(h) / variance(dropped), 1.8);
  });

  test("behind a linear layer it is the same", () => {
    const rows = 4000;
    const w = draws(64 * 8, () => normal() / 8);
    const through = (rate: number): number => {
      const out: number[][] = Array.from({ length: 8 }, () => []);
      for (let r = 0; r < rows; r++) {
        const h = draws(64, () => (Math.max(normal(), 0) * (random() < rate ? 0 : 1)) / (1 - rate));
        for (let k = 0; k < 8; k++) out[k]!.push(h.reduce((sum, v, i) => sum + v * w[i * 8 + k]!, 0));
      }
      return mean(out.map(variance));
    };
    const said = evidence(body("input x [64]\n  dense(64) -> relu -> dropout(0.5) -> dense(64, bias = false) -> batch_norm -> relu\n  dense(2) -> softmax"), "dropout-before-batch-norm", /variance is ([\d.]+) of/);
    expect(Math.abs(said / (through(0) / through(0.5)) - 1)).toBeLessThan(0.1);
  });
});

test("activations-in-a-row: no probability of softmax over sigmoids is larger", () => {
  const said = evidence(body("input x [4]\n  dense(10) -> sigmoid -> softmax"), "activations-in-a-row", /can be over ([\d.]+)/);
  const largest = Math.max(...draws(2000, () => {
    const e = draws(10, () => Math.exp(1 / (1 + Math.exp(-20 * normal()))));
    return Math.max(...e) / e.reduce((a, b) => a + b, 0);
  }));
  expect(largest).toBeLessThanOrEqual(said + 0.005);
  expect(largest).toBeGreaterThan(said * 0.8);
});

test.each([[2, 10], [3, 12], [4, 20]])("dead-relu: networks of %i units and %i layers that are 0 on both sides of 0", (units, layers) => {
  const found = analyse("/a.nnet", body(`input x [1]\n  repeat ${layers} { dense(${units}) -> relu }\n  dense(1)`)).findings.find((f) => f.code === "dead-relu")!;
  const [, least, most] = /with probability ([\d.]+) to ([\d.]+) %/.exec(found.message)!;
  // With zero biases what is 0 at 1 and at −1 is 0 everywhere.
  const dead = mean(draws(3000, () => {
    const weights = Array.from({ length: layers }, (_, l) => draws(units * (l === 0 ? 1 : units), normal));
    const end = (x: number): number => {
      let h = [x];
      for (const w of weights) h = Array.from({ length: units }, (_, k) => Math.max(0, h.reduce((sum, v, i) => sum + v * w[i * units + k]!, 0)));
      return h.reduce((a, b) => a + b, 0);
    };
    return end(1) === 0 && end(-1) === 0 ? 1 : 0;
  }));
  // Three deviations of so many draws.
  const slack = 3 * Math.sqrt(0.25 / 3000);
  expect(dead).toBeGreaterThan(Number(least) / 100 - slack);
  expect(dead).toBeLessThan(Number(most) / 100 + slack);
});

test("dropout-rate: rows that lose every unit", () => {
  const said = evidence(body("input x [64]\n  dense(3) -> tanh -> dropout(0.6)\n  dense(2) -> softmax"), "dropout-rate", /in ([\d.]+) % of the rows/);
  const lost = mean(draws(100_000, () => (draws(3, random).every((u) => u < 0.6) ? 1 : 0)));
  expect(said).toBeCloseTo(100 * lost, 0);
});

test.each([2, 4, 7])("batch-norm-batch: the variance over %i values, from step to step", (n) => {
  const said = evidence(`${body("input x [4]\n  dense(8, bias = false) -> batch_norm -> relu\n  dense(2) -> softmax")}train M on d { batch = ${n} }`, "batch-norm-batch", /off by (\d+) %/);
  const seen = draws(40_000, () => (variance(draws(n, normal)) * n) / (n - 1));
  expect(Math.abs(said / (100 * Math.sqrt(variance(seen))) - 1)).toBeLessThan(0.05);
});

test.each([[13, 2, 2], [101, 4, 4], [35, 8, 4], [16, 3, 2]])("pooling-drops-edge: over %i positions windows of %i by %i leave out what it says", (n, size, stride) => {
  const said = evidence(body(`input x [${n}, 4]\n  max_pool1d(${size}, stride = ${stride})\n  flatten -> dense(2) -> softmax`), "pooling-drops-edge", /, ([\d.]+) % of what/);
  const covered = new Set<number>();
  for (let at = 0; at + size <= n; at += stride) for (let k = 0; k < size; k++) covered.add(at + k);
  expect(said).toBeCloseTo((100 * (n - covered.size)) / n, 1);
});

test("no-nonlinearity: one layer does what the two do", () => {
  const said = evidence(`${body("input x [3]\n  dense(5)\n  dense(2)")}train M on d { loss = mse }`, "no-nonlinearity", /do what ([\d,]+) could/);
  const layer = (i: number, o: number) => ({ w: draws(i * o, normal), b: draws(o, normal), o });
  const apply = (x: readonly number[], { w, b, o }: ReturnType<typeof layer>): number[] => b.map((v, k) => x.reduce((sum, xi, i) => sum + xi * w[i * o + k]!, v));
  const [one, two] = [layer(3, 5), layer(5, 2)];
  const both = (x: readonly number[]): number[] => apply(apply(x, one), two);
  // The merged layer, read off at 0 and at the unit vectors.
  const b = both([0, 0, 0]);
  const merged = { w: [0, 1, 2].flatMap((i) => both([0, 1, 2].map((k) => (k === i ? 1 : 0))).map((y, k) => y - b[k]!)), b, o: 2 };
  expect(merged.w.length + merged.b.length).toBe(said);
  const x = draws(3, normal);
  for (const [k, y] of both(x).entries()) expect(apply(x, merged)[k]!).toBeCloseTo(y, 9);
});

test("moving-averages: what prediction takes a small variance for, by going through the steps", () => {
  const text = `data d { source = moons(rows = 400)  split = [0.8, 0.1, 0.1] }\nmodel M {\n  input x [2]\n  repeat 3 { dense(32, bias = false, init = normal(0.02)) -> batch_norm -> relu }\n  dense(2) -> softmax\n}\ntrain M on d { epochs = 20 }\n`;
  const found = analyse("/a.nnet", text).findings.find((f) => f.code === "moving-averages")!;
  const steps = 20 * Math.ceil((0.8 * 400) / 32);
  expect(found.message).toContain(`all ${steps} steps`);
  expect(found.related!.length).toBeGreaterThan(0);
  for (const { message } of found.related!) {
    const [, variance, taken, left] = /a variance of (\S+) is taken for (\S+): (\S+) of the signal/.exec(message)!.map(Number) as [number, number, number, number];
    let moving = 1;
    for (let t = 0; t < steps; t++) moving = 0.99 * moving + 0.01 * variance;
    expect(taken / moving).toBeCloseTo(1, 2);
    expect(left).toBeCloseTo(Math.sqrt((variance + 1e-3) / (moving + 1e-3)), 2);
  }
});
