import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { blobs, errorOf, folderWith, of, run } from "../kit/training.ts";

/** Settings of the train block, from its text to what a run does. */
const trainerPath = join(import.meta.dirname, "../../dist/trainer.cjs");
const { engine: here } = await engineStatus();

const net = (settings: string, { body = "dense(8) -> tanh\n  dense(3) -> softmax", label = "colour", input = "[2]", lr = 0.02, epochs = 4 } = {}) => `data d {
  source = csv("d.csv")
  label = ${label}
}
model Net {
  input x ${input}
  ${body}
}
train Net on d {
  optimizer = adam(lr = ${lr})
  epochs = ${epochs}
  seed = 3
  ${settings}
}
`;

async function trained(text: string, csv = blobs(), engine: "portable" | "tensorflow" = "portable"): Promise<TrainerEvent[]> {
  const folder = folderWith({ "m.nnet": text, "d.csv": csv });
  const file = join(folder, "m.nnet");
  if (engine === "portable") return run({ type: "train", file });
  const events: TrainerEvent[] = [];
  await launchTrainer({ type: "train", file, engine }, (e) => events.push(e), { trainerPath }).done;
  return events;
}

const curve = (events: readonly TrainerEvent[]) => of(events, "epoch").map((e) => e.loss);
const rowsOf = (events: readonly TrainerEvent[]) => of(events, "start")[0]!.rows;

/** 80 red rows, 10 green, 10 blue. */
const uneven = () => {
  const [head, ...rows] = blobs(240).trim().split("\n");
  const some = (colour: string, n: number) => rows.filter((r) => r.endsWith(colour)).slice(0, n);
  return [head, ...some("red", 80), ...some("green", 10), ...some("blue", 10)].join("\n") + "\n";
};

describe("both engines agree on what a setting does to the losses", () => {
  // At a learning rate of 20 each step grows what rounding leaves.
  test.runIf(here === "tensorflow").each([
    ["class_weight = balanced"],
    ["class_weight = [1, 2, 0.5]"],
    ["balance = oversample"],
    ["augment = [noise(0.1), swap_noise(0.1)]"],
    ["augment = [mixup(0.4)]\n  class_weight = balanced"],
    ["schedule = one_cycle\n  clip = value(0.1)"],
    ["schedule = plateau(factor = 0.01, patience = 1)", 20],
  ])("%s", async (settings, lr = 0.02) => {
    const [portable, tensorflow, plain] = [await trained(net(settings, { lr }), uneven()), await trained(net(settings, { lr }), uneven(), "tensorflow"), await trained(net("", { lr }), uneven())];
    expect(errorOf(portable)).toBeUndefined();
    expect(curve(portable)).toHaveLength(4);
    for (const [i, loss] of curve(tensorflow).entries()) expect(Math.abs(loss / curve(portable)[i]! - 1)).toBeLessThan(lr > 1 ? 1e-3 : 1e-4);
    expect(curve(portable)).not.toEqual(curve(plain));
  });

  test.runIf(here === "tensorflow")("target = input: an autoencoder, its noise inside", async () => {
    const text = net("target = input\n  loss = mse", { body: "gaussian_noise(0.1)\n  dense(6) -> tanh\n  dense(2)" });
    const [portable, tensorflow] = [await trained(text), await trained(text, blobs(), "tensorflow")];
    expect(curve(portable)).toHaveLength(4);
    for (const [i, loss] of curve(tensorflow).entries()) expect(loss).toBeCloseTo(curve(portable)[i]!, 4);
    expect(of(portable, "end")[0]!.testAccuracy).toBeNull();
    expect(of(portable, "end")[0]!.testLoss).toBeLessThan(of(portable, "epoch")[0]!.loss);
  });
});

test.runIf(here === "tensorflow").each([
  ["optimizer = sgd(lr = 1e30)", "dense(8) -> relu\n  dense(3) -> softmax"],
  ["optimizer = sgd(lr = 1e12)", "dense(8) -> batch_norm -> relu\n  dense(3)\n  softmax"],
])("%s: a loss that is no number names the same step, layer and line on both engines", async (settings, body) => {
  const text = net(settings, { body }).replace("optimizer = adam(lr = 0.02)\n  ", "");
  const [portable, tensorflow] = [errorOf(await trained(text))!, errorOf(await trained(text, blobs(), "tensorflow"))!];
  expect(tensorflow).toMatchObject({ code: "non-finite", line: expect.any(Number) as number, message: expect.stringMatching(/at step \d+ \(epoch \d+\): .*layer \w+/) as string });
  expect([tensorflow.message, tensorflow.line]).toEqual([portable.message, portable.line]);
});

test("balance changes how many rows an epoch has, and only in training", async () => {
  expect(rowsOf(await trained(net(""), uneven()))).toEqual({ train: 80, validation: 10, test: 10 });
  expect(rowsOf(await trained(net("balance = oversample"), uneven()))).toEqual({ train: 3 * 64, validation: 10, test: 10 });
  expect(rowsOf(await trained(net("balance = undersample"), uneven()))).toEqual({ train: 3 * 8, validation: 10, test: 10 });
});

test("balanced class weights lift the rare classes' recall", async () => {
  // One in ten is of class 1, and the two overlap.
  const csv = `a,b,y\n${Array.from({ length: 400 }, (_, i) => `${1.5 * Math.sin(7.3 * i) + (i % 10 === 0 ? 1 : 0)},${Math.cos(3.1 * i)},${i % 10 === 0 ? "yes" : "no"}`).join("\n")}\n`;
  const recall = async (settings: string) => of(await trained(net(`${settings}\n  metrics = [recall]`, { body: "dense(1) -> sigmoid", label: "y", epochs: 8 }), csv), "end")[0]!.testMetrics!["recall"]!;
  expect(await recall("class_weight = balanced")).toBeGreaterThan((await recall("")) + 0.3);
});

test("metrics are told each epoch and in the end", async () => {
  const events = await trained(net("metrics = [accuracy, f1, auc, top_k(2), precision, recall]"));
  const names = ["accuracy", "f1", "auc", "top_2", "precision", "recall"];
  for (const e of of(events, "epoch")) expect(Object.keys(e.valMetrics!)).toEqual(names);
  const [end] = of(events, "end");
  expect(Object.keys(end!.testMetrics!)).toEqual(names);
  expect(end!.testMetrics!["accuracy"]).toBeCloseTo(end!.testAccuracy!, 6);
});

test("of numbers, mae and R² of the test rows are told without being asked for", async () => {
  const csv = `a,b,y\n${Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(2 * i)},${Math.sin(i) - 0.5 * Math.cos(2 * i)}`).join("\n")}\n`;
  const [end] = of(await trained(net("", { body: "dense(1)", label: "y", epochs: 60 }), csv), "end");
  expect(Object.keys(end!.testMetrics!)).toEqual(["mae", "r2"]);
  expect(end!.testMetrics!["r2"]).toBeGreaterThan(0.9);
});

test.each([
  ["class_weight = [1, 2]", "class_weight has 2 numbers, and there are 3 classes"],
  ["class_weight = [0, 0, 0]", "class_weight is 0 for every class"],
  ["metrics = [r2]", "r2 is for numbers"],
  ["metrics = [top_k(3)]", "top_k(3) is 1 whatever is answered, since there are 3 classes; take a k below 3"],
  ["augment = [rotate(10)]", "rotate is for images"],
  ["target = input", "takes [2] and gives [3]"],
])("%s is refused with the reason, before training", async (settings, says) => {
  const events = await trained(net(settings));
  expect(errorOf(events)!.message).toContain(says);
  expect(of(events, "start")).toEqual([]);
});
