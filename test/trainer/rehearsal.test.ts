import { beforeAll, describe, expect, test } from "vitest";
import { labelledRows } from "../../server/language/data-labels.ts";
import { analyse, isCheck, learningRate } from "../../server/language/index.ts";
import { Rehearsal } from "../../server/language/rehearsal/index.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { initialWeights } from "../../server/trainer/engines/tfjs/weights.ts";
import { expectedLabels, planOf } from "../../server/trainer/plan.ts";
import { dataHost } from "../kit/fixture.ts";
import { tfOn } from "../kit/tf.ts";

/** A rehearsal takes the steps that the portable engine takes: every loss, every optimizer, what is done to gradients, state of layers. */

let engine: ReturnType<typeof tfjsEngine>;
beforeAll(async () => {
  engine = tfjsEngine("portable", "", { tf: await tfOn("cpu"), versions: {} });
});

const ROWS = 24;
const csv = `a,b,c,kind,size,fits\n${Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i) * 2, (i % 5) - 2, ["left", "right", "up"][i % 3], (1.5 + Math.sin(2 * i)).toFixed(3), i % 2].join(",")).join("\n")}\n`;

const file = (body: string, label: string, settings: string) => `data rows {
  source = csv("rows.csv")
  label = ${label}
  features = [a, b, c]
}
model M {
  input x [3]
  ${body}
}
train M on rows {
  ${settings}
  batch = 64
  epochs = 12
  seed = 3
}
`;

const END = "dense(3) -> softmax";
const HIDDEN = "dense(6) -> tanh";
const kinds = (settings: string, body = `${HIDDEN}\n  ${END}`) => file(body, "kind", settings);
const sizes = (settings: string, body = `${HIDDEN}\n  dense(1)`) => file(body, "size", settings);
const pairs = (settings: string, body = `${HIDDEN}\n  dense(1) -> sigmoid`) => file(body, "fits", settings);

const CASES: readonly (readonly [what: string, text: string])[] = [
  ["mse", sizes("loss = mse")],
  ["mae", sizes("loss = mae")],
  ["huber", sizes("loss = huber(0.4)")],
  ["mse of classes", kinds("loss = mse")],
  ["cross_entropy", kinds("loss = cross_entropy")],
  ["cross_entropy, smoothed", kinds("loss = cross_entropy(label_smoothing = 0.2)")],
  ["cross_entropy of sigmoids", kinds("loss = cross_entropy", `${HIDDEN}\n  dense(3) -> sigmoid`)],
  ["cross_entropy of logarithms", kinds("loss = cross_entropy", `${HIDDEN}\n  dense(3) -> log_softmax`)],
  ["binary_cross_entropy", pairs("loss = binary_cross_entropy")],
  ["binary_cross_entropy behind a clip", pairs("loss = binary_cross_entropy", `${HIDDEN}\n  dense(1) -> hard_sigmoid`)],
  ["the row itself", file(`${HIDDEN}\n  dense(3)`, "kind", "loss = mse\n  target = input")],
  ["sgd", kinds("optimizer = sgd(lr = 0.3)")],
  ["sgd with momentum", kinds("optimizer = sgd(lr = 0.1, momentum = 0.9)")],
  ["sgd with Nesterov's", kinds("optimizer = sgd(lr = 0.1, momentum = 0.9, nesterov = true)")],
  ["rmsprop", kinds("optimizer = rmsprop(lr = 0.01)")],
  ["adam", kinds("optimizer = adam(lr = 0.03)")],
  ["adamw", kinds("optimizer = adamw(lr = 0.03, weight_decay = 0.5)")],
  ["adagrad", kinds("optimizer = adagrad(lr = 0.1)")],
  ["clip by norm", kinds("optimizer = sgd(lr = 0.3)\n  clip = norm(0.1)")],
  ["clip by value", kinds("optimizer = sgd(lr = 0.3)\n  clip = value(0.05)")],
  ["warm-up", kinds("optimizer = adam(lr = 0.03)\n  schedule = cosine(warmup = 4)")],
  ["one_cycle", kinds("optimizer = sgd(lr = 0.5)\n  schedule = one_cycle")],
  ["class weights", kinds("class_weight = [1, 3, 0.5]\n  optimizer = sgd(lr = 0.3)")],
  ["penalties", kinds("optimizer = sgd(lr = 0.3)", `dense(6, l1 = 0.02, l2 = 0.1) -> tanh\n  ${END}`)],
  ["batch norm", kinds("optimizer = sgd(lr = 0.3)", `dense(6, bias = false) -> batch_norm -> relu\n  ${END}`)],
  ["normalization", sizes("optimizer = sgd(lr = 0.05)", `normalization\n  ${HIDDEN}\n  dense(1)`)],
  ["a shared layer", kinds("optimizer = sgd(lr = 0.3)", `shared step = dense(3)\n  in -> step -> tanh -> step -> tanh -> ${END}`)],
  ["frozen weights", kinds("optimizer = sgd(lr = 0.3)", `dense(6, frozen = true) -> tanh\n  ${END}`)],
  ["an lstm", kinds("optimizer = adam(lr = 0.03)", `reshape([3, 1])\n  lstm(4)\n  ${END}`)],
];

describe("a rehearsal takes the portable engine's steps", () => {
  test.each(CASES)("%s", async (_what, text) => {
    const analysis = analyse("/m.nnet", text, dataHost(new Map([["rows.csv", csv]])));
    expect(analysis.findings.filter((f) => f.severity === "error" && !isCheck(f.code))).toEqual([]);
    const [train] = analysis.trains;
    const { model, settings } = train as { model: NonNullable<typeof train>["model"] & object; settings: NonNullable<NonNullable<typeof train>["settings"]> };
    const rows = labelledRows(train!)!;
    expect(rows.rows).toHaveLength(ROWS);
    const initial = initialWeights(model, settings.seed);
    const rehearsal = new Rehearsal({ ...rows, model, settings, stepsPerEpoch: 1, source: {}, read: "" }, 1e9, (name) => initial.get(name)!.data);
    while (!rehearsal.over) rehearsal.complete(10_000);
    expect(rehearsal.whole).toBe(true);

    const reconstructs = settings.target === "input";
    const kind = rows.heads[0]!.kind === "number" ? "number" : "class";
    expect(reconstructs || expectedLabels(model, settings)[0] === kind || kind === "class").toBe(true);
    const plan = planOf(model, settings, [kind]);
    expect(plan.heads).toEqual(rows.heads);
    const session = await engine.open(model, plan);
    const labels = rows.targets[0]!.map((t) => (plan.heads[0].kind === "classes" ? t.indexOf(1) : t[0]!));
    const table = { rows: ROWS, shape: [3], x: Float32Array.from(rows.rows.flatMap((r) => [...Array.from(r)])), y: Float32Array.from(labels) };
    const all = Int32Array.from({ length: ROWS }, (_, i) => i);
    await session.measure({ rows: ROWS, all: () => [{ batches: [all], shape: [3], table: async () => table }], epoch: () => [] } as never);
    const weights = rows.factors[0] && Float32Array.from(rows.factors[0]);
    for (let number = 0; number < rehearsal.losses.length; number++) {
      const [result] = await session.train(table, [{ number, rows: all, learningRate: learningRate(settings, number, 1, settings.epochs), ...(weights && { weights }), ...(reconstructs && { targets: table.x }) }]);
      const off = Math.abs(result!.loss - rehearsal.losses[number]!) / Math.max(1, result!.loss);
      expect(off, `step ${number}: ${rehearsal.losses[number]} for ${result!.loss}`).toBeLessThan(1e-4);
    }
    expect(rehearsal.losses.length).toBeGreaterThan(2);
    session.dispose();
  });
});
