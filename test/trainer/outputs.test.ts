import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { analyse } from "../../server/language/index.ts";
import type { Engine, Expected, Step, Table, WeightData } from "../../server/trainer/engines/engine.ts";
import { graphEngine } from "../../server/trainer/engines/graph/engine.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { generator } from "../../server/trainer/random.ts";
import { tfOn } from "../kit/tf.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

const truth = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/torch-outputs.json"), "utf8")) as { steps: number[][]; first: Record<string, number[]>; last: Record<string, number[]> };

const BODY = `input x [4]
dense(6) -> tanh as trunk
trunk -> dense(3) -> softmax as kind
trunk -> dense(1) -> sigmoid as sick
trunk -> dense(1) as size
output kind, sick, size
`;
const LABELS = "label = outputs(size = w, sick = s, kind = k)";

function planned(settings: string, body = BODY) {
  const analysis = analyse("/m.nnet", `data d {\nsource = csv("d.csv")\n${LABELS}\n}\nmodel M {\n${body}}\ntrain M on d {\n${settings}\n}\n`);
  expect(analysis.findings.filter((f) => f.severity === "error")).toEqual([]);
  const { model } = analysis.models[0]!;
  return { model, plan: planOf(model, analysis.trains[0]!.settings!, ["class", "class", "number"]) };
}

const sines = (seed: number, n: number) => Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + seed));

/** As test/truth/torch_outputs.py has them. */
function asRecorded(): { table: Table; weights: Map<string, WeightData> } {
  const size = sines(2.1, 12).map((v) => 2 * v);
  const y = Float32Array.from(size.flatMap((v, i) => [i % 3, i % 2, v]));
  const layers: [name: string, from: number, to: number][] = [["dense_1", 4, 6], ["dense_2", 6, 3], ["dense_3", 6, 1], ["size", 6, 1]];
  const weights = layers.flatMap(([name, m, n], k): [string, WeightData][] => [
    [`${name}/kernel`, { shape: [m, n], data: Float32Array.from(sines(k + 0.3, m * n), (v) => 0.6 * v) }],
    [`${name}/bias`, { shape: [n], data: Float32Array.from(sines(k + 0.7, n), (v) => 0.1 * v) }],
  ]);
  return { table: { rows: 12, shape: [4], x: Float32Array.from(sines(0.4, 48), (v) => 1.5 * v), y }, weights: new Map(weights) };
}

const { engine: here, folder } = await engineStatus();
const engines: Engine[] = [];
beforeAll(async () => {
  engines.push(tfjsEngine("portable", "tfjs", { tf: await tfOn("cpu"), versions: {} }));
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  if (here !== "tensorflow") return;
  const addon = await loadAddon(folder!);
  const never = () => Promise.reject(new Error("the graph can be built"));
  engines.push(graphEngine("graph", addon, never), graphEngine("rows dealt to replicas", addon, never, (rows) => Math.min(rows, 3)));
});

describe("several outputs", () => {
  test("losses, their weighted sum, gradients and weights are PyTorch's, on each engine", async () => {
    const { model, plan } = planned("loss = outputs(kind = cross_entropy(label_smoothing = 0.1), size = huber(delta = 0.5))\nloss_weight = outputs(size = 2, sick = 0.5)\noptimizer = sgd(lr = 0.5)");
    const { table, weights } = asRecorded();
    const rows = Int32Array.from({ length: 12 }, (_, i) => i);
    const names = { dense_1: "trunk", dense_2: "kind", dense_3: "sick", size: "size" } as const;
    const farthest = (found: ReadonlyMap<string, WeightData>, wanted: Readonly<Record<string, readonly number[]>>) =>
      Math.max(...[...found].flatMap(([name, { data }]) => {
        const [layer, key] = name.split("/") as [keyof typeof names, string];
        return [...data].map((v, i) => Math.abs(v - wanted[`${names[layer]}/${key}`]![i]!));
      }));
    for (const engine of engines) {
      const session = await engine.open(model, plan);
      await session.setWeights(weights);
      for (const [number, wanted] of truth.steps.entries()) {
        const [result] = await session.train(table, [{ number, rows, learningRate: 0.5 }]);
        for (const [i, loss] of [result!.loss, ...result!.heads!.map((h) => h.loss)].entries()) expect(Math.abs(loss - wanted[i]!), `${engine.note}, step ${number}, loss ${i}`).toBeLessThan(1e-5);
        // A step of plain gradient descent is the gradient.
        if (number === 0) expect(farthest(await session.weights(), truth.first)).toBeLessThan(2e-6);
      }
      expect(farthest(await session.weights(), truth.last)).toBeLessThan(2e-5);
      session.dispose();
    }
    expect(truth.steps).toHaveLength(20);
  });

  const cases: [what: string, settings: string, body?: string, expected?: Expected][] = [
    ["their own losses", ""],
    ["one loss for all", "loss = mse", BODY.replace("-> softmax as kind", "-> softmax as kind")],
    ["bounded, penalties", "clip = norm(0.5)\nloss_weight = outputs(kind = 0.3)", BODY.replace("dense(6)", "dense(6, l2 = 1e-2) -> dropout(0.3)")],
    ["logarithms", "", BODY.replace("softmax", "log_softmax")],
    ["a loop that XLA compiles", "", BODY, { batch: 8, steps: 1e6, measured: false }],
  ];
  test.runIf(here === "tensorflow").each(cases)("%s: 50 steps, scores and predictions are the same on both engines", async (_what, settings, body, expected) => {
    const { model, plan } = planned(settings, body);
    const draw = generator(1, "table");
    const x = Float32Array.from({ length: 200 }, () => 2 * draw() - 1);
    const y = Float32Array.from({ length: 50 }, (_, i) => i).reduce<number[]>((all, i) => [...all, Math.floor(3 * draw()), x[4 * i]! > 0 ? 1 : 0, x[4 * i + 1]! - x[4 * i]!], []);
    const table: Table = { rows: 50, shape: [4], x, y: Float32Array.from(y) };
    const follow = async (engine: Engine) => {
      const session = await engine.open(model, plan, expected);
      const numbers: number[] = [];
      for (let number = 0; number < 50; number += 5) {
        const steps = Array.from({ length: 5 }, (_, k): Step => ({
          number: number + k, learningRate: 0.01, rows: Int32Array.from({ length: 8 }, (_, i) => (11 * (number + k) + 3 * i) % 50),
          // Of some steps what augmentation and class weights bring.
          ...(number === 20 && { targets: Float32Array.from({ length: 40 }, (_, i) => [0.2, 0.3, 0.5, 0.5, 2][i % 5]!), weights: Float32Array.from({ length: 24 }, (_, i) => 1 + (i % 4)) }),
        }));
        for (const { loss, heads } of await session.train(table, steps)) numbers.push(loss, ...heads!.flatMap((h) => [h.loss, h.correct ?? 0]));
      }
      const rows = Int32Array.of(3, 1, 4);
      const { loss, heads } = await session.evaluate(table, rows);
      numbers.push(loss / 3, ...heads!.flatMap((h) => [h.loss / 3, h.correct ?? 0]), ...(await session.predict(table, rows)));
      const [measured] = await session.inspect(table, { number: 1, rows, learningRate: 0.01 });
      numbers.push(measured!.gradientNorm!);
      session.dispose();
      return numbers;
    };
    const portable = await follow(engines[0]!);
    for (const engine of engines.slice(1)) {
      const graph = await follow(engine);
      expect(graph).toHaveLength(50 * 7 + 7 + 15 + 1);
      expect(graph.slice(-16, -13).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(Math.max(...graph.map((v, i) => Math.abs(v - portable[i]!))), engine.note).toBeLessThan(1e-4);
    }
  });
});

/** Rows whose kind, sickness and size hang on four numbers. */
function rows(count = 90): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const [a, b, c, d] = sines(0.3 + i, 4);
    return `${a!.toFixed(4)},${b!.toFixed(4)},${c!.toFixed(4)},${d!.toFixed(4)},${["red", "green", "blue"][i % 3]},${a! > 0 ? "yes" : "no"},${(a! - 2 * b!).toFixed(4)}`;
  });
  return `a,b,c,d,k,s,w\n${lines.join("\n")}\n`;
}

const text = (settings = "", data = "") => `data d { source = csv("d.csv"); ${LABELS}; ${data} }\nmodel M {\n${BODY}}\ntrain M on d { optimizer = adam(lr = 0.02); epochs = 4; seed = 3; ${settings} }\n`;
const fresh = (content: string, csv = rows()) => {
  const folder = folderWith({ "m.nnet": content, "d.csv": csv });
  return { file: join(folder, "m.nnet"), folder, weights: join(folder, ".nnet/runs/M.safetensors") };
};

describe("a run of several outputs", () => {
  test("tells each by itself, its sum, and its metrics; predicts each", async () => {
    const { file, folder, weights } = fresh(text("metrics = [f1, rmse]; loss_weight = outputs(size = 0.5)"));
    const events = await run({ type: "train", file, measure: 2 });
    expect(errorOf(events)).toBeUndefined();
    for (const { loss, accuracy, valLoss, valAccuracy, outputs } of of(events, "epoch")) {
      expect([accuracy, valAccuracy]).toEqual([null, null]);
      const { kind, sick, size } = outputs!;
      expect(loss).toBeCloseTo(kind!.loss + sick!.loss + 0.5 * size!.loss, 5);
      expect(valLoss).toBeCloseTo(kind!.valLoss! + sick!.valLoss! + 0.5 * size!.valLoss!, 5);
      expect([Object.keys(kind!.valMetrics!), Object.keys(sick!.valMetrics!), Object.keys(size!.valMetrics!)]).toEqual([["f1"], ["f1"], ["rmse"]]);
      expect(size!.accuracy).toBeNull();
    }
    const { testLoss, testAccuracy, testOutputs } = of(events, "end")[0]!;
    expect(testAccuracy).toBeNull();
    expect(testLoss).toBeCloseTo(testOutputs!["kind"]!.loss + testOutputs!["sick"]!.loss + 0.5 * testOutputs!["size"]!.loss, 5);
    expect(of(events, "measure")[0]!.layers.map((l) => l.name)).toContain("size");
    expect(JSON.parse(readSafetensors(readFileSync(weights)).metadata["labels"]!)).toEqual([{ column: "k", classes: ["blue", "green", "red"] }, { column: "s", classes: ["no", "yes"] }, { column: "w" }]);
    const predicted = await run({ type: "predict", file, data: join(folder, "d.csv") });
    expect(errorOf(predicted)).toBeUndefined();
    const all = of(predicted, "prediction");
    expect(all).toHaveLength(90);
    const right = all.filter((p, i) => p.outputs!["sick"]!.value === (Math.sin(0.3 + i) > 0 ? "yes" : "no")).length;
    expect(right).toBeGreaterThan(60);
    expect(all[0]!.value).toBe(all[0]!.outputs!["kind"]!.value);
    expect(typeof all[0]!.outputs!["size"]!.value).toBe("number");
    expect(of(predicted, "predicted")[0]!.outputs).toEqual({ kind: { classes: ["blue", "green", "red"] }, sick: { classes: ["no", "yes"] }, size: {} });
  });

  test("goes on after a stop within an epoch with equal bits", async () => {
    const content = text("batch = 8");
    const [whole, stopped] = [fresh(content), fresh(content)];
    const told = await run({ type: "train", file: whole.file });
    let asked = 0;
    await run({ type: "train", file: stopped.file }, { cancelled: () => ++asked === 13 });
    const rest = await run({ type: "train", file: stopped.file, resume: true });
    expect(errorOf(rest)).toBeUndefined();
    expect(of(rest, "start")[0]!.resumed).toBeDefined();
    expect(of(rest, "epoch").at(0)!.outputs).toEqual(of(told, "epoch").find((e) => e.epoch === of(rest, "epoch")[0]!.epoch)!.outputs);
    const [a, b] = [whole, stopped].map(({ weights }) => readSafetensors(readFileSync(weights)).tensors);
    expect(b).toEqual(a);
  });

  test("takes folds, an ensemble, shards, class weights and mixup", async () => {
    for (const [settings, data] of [["folds = 3", ""], ["ensemble = 2", ""], ["augment = [mixup]; class_weight = balanced", ""], ["batch = 16", "memory = 1024; normalize = standard"]] as const) {
      const { file } = fresh(text(settings, data), rows(240));
      const events = await run({ type: "train", file, epochs: 2 });
      expect(errorOf(events), settings).toBeUndefined();
      const [end] = of(events, "end");
      expect(Object.keys(end!.testOutputs!)).toEqual(["kind", "sick", "size"]);
      if (settings === "folds = 3") expect(end!.folds!.validation.deviation.outputs!["size"]!.loss).toBeGreaterThan(0);
      if (settings === "ensemble = 2") expect(end!.ensemble!.own!.loss).toBeLessThanOrEqual(end!.ensemble!.mean!.loss);
    }
  });

  const refused: [settings: string, code: string, says: string, csv?: string][] = [
    ["balance = oversample", "file-has-errors", "outputs kind and sick have classes each"],
    ["class_weight = [1, 2, 3]", "file-has-errors", "class_weight has one list"],
    ["", "data-classes", "output sick of model M has 1 output", rows().replace("yes", "maybe")],
    ["", "data-not-numeric", "column w", rows().replace(/\n([^\n]*),[^,\n]*\n$/, "\n$1,much\n")],
  ];
  test.each(refused)("%s: %s, %s", async (settings, code, says, csv) => {
    const error = errorOf(await run({ type: "train", file: fresh(text(settings), csv).file }));
    expect(error?.code).toBe(code);
    expect(error!.message).toContain(says);
  });
});
