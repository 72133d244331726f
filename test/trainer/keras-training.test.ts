import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { partOf } from "../../server/trainer/data/part.ts";
import { dresser } from "../../server/trainer/dress.ts";
import type { Engine, Expected, Step, Table, WeightData } from "../../server/trainer/engines/engine.ts";
import { graphEngine } from "../../server/trainer/engines/graph/engine.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import type { LayerNumbers } from "../../server/trainer/protocol.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { tfOn } from "../kit/tf.ts";

/** What a train block says, from its text to the weights, against Keras (test/truth/keras_training.py). */

const truth = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/keras-training.json"), "utf8")) as { cases: Record<string, { losses: number[]; weights: number[][] }>; measured: Record<"tanh" | "relu", Partial<LayerNumbers>[]> };

const CLASSES = "dense(3) -> softmax";
const YES = "dense(1) -> sigmoid";
const NUMBER = "dense(1)";
/** Each of Keras' cases as a text: settings, the model's end, what the first layer has beside its units. */
const texts: Readonly<Record<string, readonly [settings: string, end?: string, more?: string]>> = {
  "sgd": [""],
  "sgd, momentum": ["optimizer = sgd(lr = 0.1, momentum = 0.9)"],
  "sgd, nesterov": ["optimizer = sgd(lr = 0.1, momentum = 0.9, nesterov = true)"],
  "rmsprop": ["optimizer = rmsprop(lr = 0.1)"],
  "adam": ["optimizer = adam(lr = 0.1)"],
  "adamw": ["optimizer = adamw(lr = 0.1, weight_decay = 0.1)"],
  "adagrad": ["optimizer = adagrad(lr = 0.1)"],
  "clip by norm": ["clip = norm(0.1)"],
  "clip by value": ["clip = value(0.02)"],
  "label smoothing": ["loss = cross_entropy(label_smoothing = 0.1)"],
  "class weights": ["class_weight = [1, 2, 0.5]"],
  "balanced class weights": ["class_weight = balanced"],
  "label smoothing, class weights": ["loss = cross_entropy(label_smoothing = 0.1)\nclass_weight = [1, 2, 0.5]"],
  "mixup": [""],
  "mixup, label smoothing, class weights": ["loss = cross_entropy(label_smoothing = 0.1)\nclass_weight = [1, 2, 0.5]"],
  "l1 and l2": ["", CLASSES, ", l1 = 1e-2, l2 = 3e-2"],
  "binary": ["", YES],
  "binary, class weights": ["class_weight = [1, 3]", YES],
  "mse": ["", NUMBER],
  "mae": ["loss = mae", NUMBER],
  "huber": ["loss = huber(delta = 0.5)", NUMBER],
};

const sines = (seed: number, n: number) => Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + seed));
const KIND = [0, 1, 0, 2, 0, 1, 0, 0, 2, 0, 1, 0];
const X = sines(0.4, 48).map((v) => 1.5 * v);
const LABELS: Readonly<Record<string, number[]>> = { [CLASSES]: KIND, [YES]: KIND.map((_, i) => i % 2), [NUMBER]: sines(2.1, 12).map((v) => 2 * v) };
/** mixup of each row with the fifth behind it. */
const mixed = (values: readonly number[]) => Float32Array.from(values, (v, i) => 0.3 * v + 0.7 * values[(i + (5 * values.length) / 12) % values.length]!);

/** Kernels times `sizes`. */
function startOf(specs: readonly [string, WeightData][], sizes: readonly number[]): Map<string, WeightData> {
  return new Map(specs.map(([key, { shape }], i) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const layer = Math.floor(i / 2);
    return [key, { shape, data: Float32Array.from(i % 2 === 0 ? sines(layer + 0.3, count).map((v) => sizes[layer]! * v) : sines(layer + 0.7, count).map((v) => 0.1 * v)) }];
  }));
}

const { engine: here, folder } = await engineStatus();
const engines: [name: string, engine: Engine, expected?: Expected][] = [];
beforeAll(async () => {
  engines.push(["portable", tfjsEngine("portable", "tfjs", { tf: await tfOn("cpu"), versions: {} })]);
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  if (here !== "tensorflow") return;
  const graph = graphEngine("graph", await loadAddon(folder!), () => Promise.reject(new Error("the graph can be built")));
  engines.push(["graph", graph], ["a loop that XLA compiles", graph, { batch: 12, steps: 1e6, measured: false }]);
});

test("every case of Keras' has its text", () => expect(Object.keys(texts)).toEqual(Object.keys(truth.cases)));

describe("20 losses and the weights after them are Keras'", () => {
  test.each(Object.entries(texts))("%s", async (what, [said, end = CLASSES, more = ""]) => {
    const settings = said.includes("optimizer") ? said : `optimizer = sgd(lr = 0.1)\n${said}`;
    const analysis = analyse("/m.nnet", `data d {\nsource = csv("d.csv")\nlabel = y\n}\nmodel M {\ninput x [4]\ndense(6${more}) -> tanh\n${end}\n}\ntrain M on d {\n${settings}\n}\n`);
    expect(analysis.findings.filter((f) => f.severity === "error")).toEqual([]);
    const { model } = analysis.models[0]!;
    const { settings: bound } = analysis.trains[0]!;
    const plan = planOf(model, bound!, [end === NUMBER ? "number" : "class"]);
    const table: Table = { rows: 12, shape: [4], x: Float32Array.from(X), y: Float32Array.from(LABELS[end]!) };
    const dress = await dresser(bound!, plan, partOf(table), model);
    const rows = Int32Array.from({ length: 12 }, (_, i) => i);
    const hot = KIND.flatMap((c) => [0, 1, 2].map((k) => Number(k === c)));
    const steps = Array.from({ length: 20 }, (_, number): Step => ({ number, rows, learningRate: 0.1, ...dress(table, rows, number), ...(what.startsWith("mixup") && { x: mixed(X), targets: mixed(hot) }) }));
    const { losses, weights } = truth.cases[what]!;
    // Compiling takes seconds: graph-session.test.ts compares what XLA makes of the others.
    for (const [name, engine, expected] of engines.filter(([, , compiled]) => !compiled || what === "adamw")) {
      const session = await engine.open(model, plan, expected);
      const specs = [...(await session.weights())];
      await session.setWeights(startOf(specs, [0.6, 0.6]));
      const results = [];
      while (results.length < steps.length) results.push(...(await session.train(table, steps.slice(results.length, results.length + session.stepsAtOnce))));
      for (const [i, { loss }] of results.entries()) expect(Math.abs(loss - losses[i]!), `${name}, step ${i}`).toBeLessThan(2e-5);
      for (const [i, { data }] of [...(await session.weights()).values()].entries()) for (const [k, v] of data.entries()) expect(Math.abs(v - weights[i]![k]!), `${name}, weight ${i}`).toBeLessThan(5e-5);
      session.dispose();
    }
  });
});

test.each(["tanh", "relu"] as const)("what is measured of the layers of a step is what Keras has of them: %s", async (activation) => {
  const analysis = analyse("/m.nnet", `data d {\nsource = csv("d.csv")\nlabel = y\n}\nmodel M {\ninput x [4]\ndense(6) -> ${activation}\ndense(3) -> softmax\n}\ntrain M on d { optimizer = sgd(lr = 0.1) }\n`);
  const { model } = analysis.models[0]!;
  const plan = planOf(model, analysis.trains[0]!.settings!, ["class"]);
  const table: Table = { rows: 12, shape: [4], x: Float32Array.from(X), y: Float32Array.from(KIND) };
  for (const [name, engine] of engines.slice(0, 2)) {
    const session = await engine.open(model, plan);
    await session.setWeights(startOf([...(await session.weights())], [2, 0.6]));
    const layers = await session.inspect(table, { number: 0, rows: Int32Array.from({ length: 12 }, (_, i) => i), learningRate: 0.1 });
    expect(layers).toHaveLength(4);
    for (const [i, wanted] of truth.measured[activation].entries()) for (const [key, value] of Object.entries(wanted)) expect(layers[i]![key as keyof LayerNumbers] ?? NaN, `${name}, layer ${i}, ${key}`).toBeCloseTo(value!, 5);
    session.dispose();
  }
});
