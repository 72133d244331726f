import { beforeAll, describe, expect, test } from "vitest";
import { rowLosses } from "../../server/trainer/engines/tfjs/losses.ts";
import { makeOptimizer } from "../../server/trainer/engines/tfjs/optimizers.ts";
import type { Tf } from "../../server/trainer/engines/tfjs/value.ts";
import type { Head } from "../../server/trainer/plan.ts";
import { learningRate } from "../../server/language/index.ts";
import { afterEpoch, NO_PLATEAU } from "../../server/trainer/schedule.ts";
import { tfOn } from "../kit/tf.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await tfOn("cpu");
});

const option = (name: string, args: Readonly<Record<string, unknown>> = {}) => ({ kind: "option" as const, name, args });

/** The weight after each of three steps with gradients 0.5, −1, 0.25 from 1, by the published formulas in double precision. */
describe("updates are the published ones", () => {
  const GRADIENTS = [0.5, -1, 0.25];
  const LR = 0.1;
  type State = { w: number; a: number; b: number };
  const cases: [name: string, args: Record<string, unknown>, start: number, rule: (s: State, g: number, t: number) => State][] = [
    ["sgd", { momentum: 0, nesterov: false }, 0, (s, g) => ({ ...s, w: s.w - LR * g })],
    ["sgd", { momentum: 0.9, nesterov: false }, 0, (s, g) => { const a = 0.9 * s.a - LR * g; return { ...s, a, w: s.w + a }; }],
    ["sgd", { momentum: 0.9, nesterov: true }, 0, (s, g) => { const a = 0.9 * s.a - LR * g; return { ...s, a, w: s.w + 0.9 * a - LR * g }; }],
    ["rmsprop", { rho: 0.9, epsilon: 1e-7 }, 0, (s, g) => { const a = 0.9 * s.a + 0.1 * g * g; return { ...s, a, w: s.w - (LR * g) / Math.sqrt(a + 1e-7) }; }],
    ["adagrad", { initial: 0.1, epsilon: 1e-7 }, 0.1, (s, g) => { const a = s.a + g * g; return { ...s, a, w: s.w - (LR * g) / Math.sqrt(a + 1e-7) }; }],
    ["adam", { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }, 0, adam],
    ["adamw", { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weight_decay: 0.5 }, 0, (s, g, t) => adam({ ...s, w: s.w * (1 - LR * 0.5) }, g, t)],
  ];
  function adam(s: State, g: number, t: number): State {
    const a = 0.9 * s.a + 0.1 * g;
    const b = 0.999 * s.b + 0.001 * g * g;
    const rate = (LR * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    return { a, b, w: s.w - (rate * a) / (Math.sqrt(b) + 1e-7) };
  }

  for (const [name, args, start, rule] of cases) {
    test(`${name} ${JSON.stringify(args)}`, () => {
      const optimizer = makeOptimizer(tf, option(name, args), undefined, [{ name: "w", shape: [1] }]);
      const variable = tf.variable(tf.tensor1d([1]));
      let state: State = { w: 1, a: start, b: 0 };
      for (const [t, g] of GRADIENTS.entries()) {
        optimizer.apply([{ name: "w", variable, gradient: tf.tensor1d([g]), decays: true }], LR, t);
        state = rule(state, g, t + 1);
        expect(variable.dataSync()[0]).toBeCloseTo(state.w, 5);
      }
    });
  }

  test("weight decay leaves biases alone", () => {
    const optimizer = makeOptimizer(tf, option("adamw", { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weight_decay: 0.5 }), undefined, [{ name: "b", shape: [1] }]);
    const variable = tf.variable(tf.tensor1d([1]));
    optimizer.apply([{ name: "b", variable, gradient: tf.tensor1d([0]), decays: false }], LR, 0);
    expect(variable.dataSync()[0]).toBe(1);
  });

  test("clip by norm is of all gradients together, by value of each", () => {
    for (const [clip, after] of [[option("norm", { max: 1 }), [-0.6, -0.8]], [option("value", { max: 1 }), [-1, -1]], [option("norm", { max: 10 }), [-3, -4]]] as const) {
      const weights = [tf.variable(tf.tensor1d([0])), tf.variable(tf.tensor1d([0]))];
      makeOptimizer(tf, option("sgd", { momentum: 0, nesterov: false }), clip, []).apply(weights.map((variable, i) => ({ name: String(i), variable, gradient: tf.tensor1d([3 + i]), decays: true })), 1, 0);
      expect(weights.map((w) => Number(w.dataSync()[0]!.toFixed(5)))).toEqual(after);
    }
  });
});

describe("losses", () => {
  const plan = (loss: ReturnType<typeof option>, kind: "classes" | "binary" | "number", outputs: number, more: object = {}): Head => ({ name: "y", loss, weight: 1, kind, outputs, node: 0, logits: undefined, logarithmic: false, ...more });
  const softmax = { logits: { node: 0, activation: "softmax" } };
  const sigmoid = { logits: { node: 0, activation: "sigmoid" } };
  const value = (p: Head, output: number[][], labels: number[], logits?: number[][]) => [...rowLosses(tf, p, tf.tensor2d(output), logits && tf.tensor2d(logits), tf.tensor1d(labels)).dataSync()];

  test("cross entropy from logits, probabilities and log probabilities is the same", () => {
    const p = [Math.exp(1), Math.exp(2), Math.exp(0)].map((e) => e / (Math.exp(1) + Math.exp(2) + 1));
    const expected = -Math.log(p[0]!);
    expect(value(plan(option("cross_entropy", { label_smoothing: 0 }), "classes", 3, softmax), [p], [0], [[1, 2, 0]])[0]).toBeCloseTo(expected, 5);
    expect(value(plan(option("cross_entropy", { label_smoothing: 0 }), "classes", 3), [p], [0])[0]).toBeCloseTo(expected, 5);
    expect(value(plan(option("cross_entropy", { label_smoothing: 0 }), "classes", 3, { logarithmic: true }), [p.map(Math.log)], [0])[0]).toBeCloseTo(expected, 5);
    const smooth = [0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3].reduce((sum, t, i) => sum - t * Math.log(p[i]!), 0);
    expect(value(plan(option("cross_entropy", { label_smoothing: 0.1 }), "classes", 3, softmax), [p], [0], [[1, 2, 0]])[0]).toBeCloseTo(smooth, 5);
  });

  test("binary cross entropy, far out too", () => {
    const at = (z: number, y: number) => value(plan(option("binary_cross_entropy"), "binary", 1, sigmoid), [[1 / (1 + Math.exp(-z))]], [y], [[z]])[0];
    expect(at(0.3, 1)).toBeCloseTo(Math.log(1 + Math.exp(-0.3)), 5);
    expect(at(-100, 1)).toBeCloseTo(100, 3);
    expect(value(plan(option("binary_cross_entropy"), "binary", 1), [[0.8]], [0])[0]).toBeCloseTo(-Math.log(0.2), 5);
  });

  test("mse, mae and huber", () => {
    const all = (name: string, args = {}) => value(plan(option(name, args), "number", 1), [[1], [5]], [0.5, 2]);
    expect(all("mse")).toEqual([0.25, 9]);
    expect(all("mae")).toEqual([0.5, 3]);
    expect(all("huber", { delta: 1 })).toEqual([0.125, 2.5]);
  });
});

test("schedules", () => {
  const at = (schedule: ReturnType<typeof option>, step: number) => learningRate({ optimizer: option("sgd", { lr: 1 }), schedule }, step, 10, 4);
  expect([0, 4, 5, 39].map((s) => at(option("constant", { warmup: 5 }), s))).toEqual([0.2, 1, 1, 1]);
  expect([9, 19, 20, 39].map((s) => at(option("step", { warmup: 0, every: 2, factor: 0.5 }), s))).toEqual([1, 1, 0.5, 0.5]);
  expect([0, 20].map((s) => Number(at(option("cosine", { warmup: 0 }), s).toFixed(12)))).toEqual([1, 0.5]);
  expect(at(option("cosine", { warmup: 0 }), 40)).toBeCloseTo(0, 12);
});

/** Step, and the rates there. */
const TORCH = [[0, 1.0, 1.0], [1, 0.998458666866564, 1.0], [7, 0.9263200821770461, 1.0], [13, 0.7612492823579744, 1.0], [19, 0.5392295478639225, 1.0], [20, 0.5, 0.5], [28, 0.2061073738537635, 0.5], [39, 0.0015413331334360185, 0.5]] as const;
// torch.optim.lr_scheduler.CosineAnnealingLR(T_max=40) and StepLR(step_size=20, gamma=0.5), PyTorch 2.13.
test("cosine and step are PyTorch's", () => {
  const at = (schedule: ReturnType<typeof option>, step: number) => learningRate({ optimizer: option("sgd", { lr: 1 }), schedule }, step, 10, 4);
  for (const [step, cosine, drop] of TORCH) {
    expect(at(option("cosine", { warmup: 0 }), step), `step ${step}`).toBeCloseTo(cosine, 10);
    expect(at(option("step", { warmup: 0, every: 2, factor: 0.5 }), step)).toBe(drop);
  }
});

// torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=40), PyTorch 2.13.
test("one_cycle is PyTorch's", () => {
  const cycle = [[0, 0.04], [5, 0.45168887762882304], [11, 1], [12, 0.9968561175222016], [20, 0.7660169741935152], [39, 4e-6]] as const;
  for (const [step, lr] of cycle) expect(learningRate({ optimizer: option("sgd", { lr: 1 }), schedule: option("one_cycle", { rise: 0.3 }) }, step, 10, 4), `step ${step}`).toBeCloseTo(lr, 12);
});

// ReduceLROnPlateau(factor=0.5, patience=1, min_lr=0.2), whose patience is one less than Keras' and ours.
test("plateau falls as in PyTorch and Keras", () => {
  const settings = { optimizer: option("sgd", { lr: 1 }), schedule: option("plateau", { factor: 0.5, patience: 2, least: 0.2, warmup: 0 }) };
  let state = NO_PLATEAU;
  const factors = [1, 0.9, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8].map((loss) => (state = afterEpoch(settings, state, loss)).factor);
  expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]);
});
