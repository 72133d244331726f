import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { lossOf } from "../../server/trainer/averaged.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent, TrainRequest } from "../../server/trainer/protocol.ts";
import { blobs, errorOf, folderWith, of, run, SMALL } from "../kit/training.ts";
import { tfOn } from "../kit/tf.ts";

const trainerPath = join(import.meta.dirname, "../../dist/trainer.cjs");
const { engine: here } = await engineStatus();

/** The test rows are a file of their own, so that they can be predicted. */
const text = (more = "ensemble = 3") => SMALL.replace("label = colour", `label = colour\n  test = csv("t.csv")`).replace("seed = 3", `seed = 3\n  ${more}`);
const TEST = blobs(120).split("\n").filter((_, i) => i === 0 || i > 90);

function files(nnet: string) {
  const folder = folderWith({ "m.nnet": nnet, "d.csv": blobs(), "t.csv": TEST.join("\n"), "x.csv": TEST.map((l) => l.split(",").slice(0, 2).join(",")).join("\n") });
  const runs = join(folder, ".nnet/runs");
  return { folder, file: join(folder, "m.nnet"), data: join(folder, "x.csv"), runs, weights: (name: string) => join(runs, `${name}.safetensors`) };
}

const tensorsOf = (path: string) => [...readSafetensors(readFileSync(path)).tensors].map(([name, t]) => [name, [...t.data]]);
const probabilities = (events: readonly TrainerEvent[]) => of(events, "prediction").map((e) => e.probabilities!);

/** Mean of −log of the right class's probability, and the share of right answers. */
function scoreOf(rows: readonly (readonly number[])[]) {
  const classes = ["blue", "green", "red"];
  const wanted = TEST.slice(1, -1).map((l) => classes.indexOf(l.split(",")[2]!));
  expect(rows).toHaveLength(wanted.length);
  return {
    loss: wanted.reduce((sum, c, i) => sum - Math.log(rows[i]![c]!), 0) / wanted.length,
    accuracy: wanted.filter((c, i) => rows[i]!.indexOf(Math.max(...rows[i]!)) === c).length / wanted.length,
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(["portable", "tensorflow"] as const)("an ensemble on %s", (engine) => {
  test.runIf(engine === "portable" || here === "tensorflow")("scores what its members' predictions give, averaged", async () => {
    const { file, data, weights } = files(text());
    const go = async (request: TrainRequest): Promise<TrainerEvent[]> => {
      if (engine === "portable") return run(request);
      const events: TrainerEvent[] = [];
      await launchTrainer({ ...request, engine }, (e) => events.push(e), { trainerPath }).done;
      return events;
    };
    const events = await go({ type: "train", file });
    expect(errorOf(events)).toBeUndefined();
    expect(of(events, "start")[0]).toMatchObject({ ensemble: 3, epochs: 8, seed: 3, checkpoint: weights("Small") });
    expect(of(events, "epoch").map((e) => [e.member, e.epoch])).toEqual([1, 2, 3].flatMap((m) => Array.from({ length: 8 }, (_, i) => [m, i + 1])));
    const members = of(events, "member");
    expect(members.map((m) => [m.member, m.seed, m.checkpoint])).toEqual([1, 2, 3].map((m) => [m, 2 + m, weights(`Small.${m}`)]));

    const apart = await Promise.all(members.map(async (m) => probabilities(await run({ type: "predict", file, data, weights: m.checkpoint }))));
    for (const [i, rows] of apart.entries()) {
      expect(members[i]!.test!.loss).toBeCloseTo(scoreOf(rows).loss, 5);
      expect(members[i]!.test!.accuracy).toBeCloseTo(scoreOf(rows).accuracy, 6);
    }
    const averaged = apart[0]!.map((row, i) => row.map((_, k) => mean(apart.map((rows) => rows[i]![k]!))));
    const { ensemble, testLoss, testAccuracy, checkpoint } = of(events, "end")[0]!;
    const own = scoreOf(averaged);
    expect(testLoss).toBeCloseTo(own.loss, 5);
    expect(testAccuracy).toBeCloseTo(own.accuracy, 6);
    expect(ensemble!.members).toEqual(members);
    expect(ensemble).toMatchObject({ rows: "test", own: { loss: testLoss, accuracy: testAccuracy } });
    expect(ensemble!.mean!.loss).toBeCloseTo(mean(members.map((m) => m.test!.loss)), 12);
    expect(ensemble!.gain!.loss).toBeCloseTo(ensemble!.mean!.loss - testLoss!, 12);
    expect(ensemble!.gain!.accuracy).toBeCloseTo(testAccuracy! - mean(members.map((m) => m.test!.accuracy!)), 12);
    // −log is convex, and the members differ.
    expect(ensemble!.gain!.loss).toBeGreaterThan(0);

    expect(checkpoint).toBe(weights("Small"));
    for (const way of [{}, { weights: checkpoint! }]) {
      const predicted = await run({ type: "predict", file, data, ...way });
      for (const [i, row] of probabilities(predicted).entries()) for (const [k, p] of row.entries()) expect(p).toBeCloseTo(averaged[i]![k]!, 5);
    }
  });
});

test("a member is what its seed alone gives on the same split, and the same seed gives the same bits", async () => {
  const [one, again, alone] = [files(text()), files(text()), files(text(""))];
  const [first, second] = [await run({ type: "train", file: one.file }), await run({ type: "train", file: again.file })];
  await run({ type: "train", file: alone.file });
  const all = (f: typeof one) => [1, 2, 3].map((m) => tensorsOf(f.weights(`Small.${m}`)));
  expect(all(one)).toEqual(all(again));
  expect(all(one)[0]).toEqual(tensorsOf(alone.weights("Small")));
  expect(new Set(all(one).map((t) => JSON.stringify(t))).size).toBe(3);
  expect(of(first, "end")[0]).toEqual({ ...of(second, "end")[0], checkpoint: one.weights("Small"), ensemble: { ...of(second, "end")[0]!.ensemble, members: of(first, "member") } });
});

test("numbers are averaged too, on the validation rows where there are none for the test", async () => {
  const csv = `a,b,y\n${Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(2 * i)},${Math.sin(i) * Math.cos(2 * i)}`).join("\n")}\n`;
  const nnet = SMALL.replace("label = colour", "label = y\n  split = [0.7, 0.3, 0]").replace("dense(3) -> softmax", "dense(1)").replace("seed = 3", "seed = 3\n  ensemble = 2\n  loss = huber");
  const folder = folderWith({ "m.nnet": nnet, "d.csv": csv });
  const events = await run({ type: "train", file: join(folder, "m.nnet") });
  const [end] = of(events, "end");
  expect(end).toMatchObject({ testLoss: null, testAccuracy: null, ensemble: { rows: "validation", own: { accuracy: null } } });
  expect(Object.keys(end!.ensemble!.own!.metrics!)).toEqual(["mae", "r2"]);
  expect(end!.ensemble!.gain!.loss).toBeGreaterThan(0);
  expect(end!.ensemble!.members.map((m) => m.test)).toEqual([null, null]);
});

/** Of one model, averaging changes nothing: then the loss is the engine's own. */
test.each([
  ["cross_entropy", "dense(3) -> softmax"], ["cross_entropy(label_smoothing = 0.2)", "dense(3) -> softmax"], ["cross_entropy", "dense(3) -> log_softmax"],
  ["cross_entropy", "dense(3) -> sigmoid"], ["binary_cross_entropy", "dense(3) -> sigmoid"], ["mse", "dense(3) -> softmax"], ["mae", "dense(3)"], ["huber(delta = 0.3)", "dense(3)"],
])("%s after %s is the loss that the engine computes", async (loss, last) => {
  const { file, data } = files(text(`loss = ${loss}`).replace("dense(3) -> softmax", last));
  const events = await run({ type: "train", file });
  expect(errorOf(events)).toBeUndefined();
  const rows = probabilities(await run({ type: "predict", file, data }));
  const name = /^\w+/.exec(loss)![0];
  const args = { label_smoothing: loss.includes("0.2") ? 0.2 : 0, delta: 0.3 };
  const head: Parameters<typeof lossOf>[0] = { kind: "classes", outputs: 3, node: 0, logits: last.endsWith("-> softmax") ? { node: 0, activation: "softmax" } : undefined, logarithmic: last.includes("log_"), loss: { kind: "option", name, args } };
  const wanted = Float32Array.from(TEST.slice(1, -1), (l) => ["blue", "green", "red"].indexOf(l.split(",")[2]!));
  expect(lossOf(head, Float32Array.from(rows.flat()), wanted)).toBeCloseTo(of(events, "end")[0]!.testLoss!, 5);
});

test("stopped in its second member, it predicts with those that have weights", async () => {
  const { file, data, weights } = files(text());
  const events = await run({ type: "train", file }, { cancelled: (e) => of(e, "epoch").filter((x) => x.member === 2).length >= 2 });
  expect(events.at(-1)).toEqual({ event: "end", reason: "cancelled", testLoss: null, testAccuracy: null, checkpoint: weights("Small") });
  expect(existsSync(weights("Small.3"))).toBe(false);
  const [two, one, both] = [await run({ type: "predict", file, data, weights: weights("Small.2") }), await run({ type: "predict", file, data, weights: weights("Small.1") }), await run({ type: "predict", file, data })];
  expect(probabilities(both)[0]![0]).toBeCloseTo((probabilities(one)[0]![0]! + probabilities(two)[0]![0]!) / 2, 6);
});

test("fewer members than before are averaged alone", async () => {
  const { file, data, weights } = files(text());
  await run({ type: "train", file });
  await run({ type: "train", file, text: text("ensemble = 2") });
  expect(existsSync(weights("Small.3"))).toBe(true);
  const apart = [];
  for (const m of [1, 2]) apart.push(probabilities(await run({ type: "predict", file, data, weights: weights(`Small.${m}`) })));
  const rows = probabilities(await run({ type: "predict", file, data }));
  expect(rows[4]![1]).toBeCloseTo((apart[0]![4]![1]! + apart[1]![4]![1]!) / 2, 6);
});

test.each([
  ["ensemble = 1", "expected a whole number"],
  ["ensemble = 101", "expected a whole number"],
  ["ensemble = 2\n  folds = 3", "leave one out"],
])("%s is refused", async (settings, says) => {
  const { file } = files(text(settings));
  const events = await run({ type: "train", file });
  expect(errorOf(events)!.message).toContain(says);
  expect(of(events, "start")).toEqual([]);
});

test("members leave no tensors behind", async () => {
  const tf = await tfOn("cpu");
  const left = async (ensemble: number) => {
    const before = tf.memory().numTensors;
    expect(errorOf(await run({ type: "train", file: files(text(`ensemble = ${ensemble}`)).file }))).toBeUndefined();
    return tf.memory().numTensors - before;
  };
  expect(await left(4)).toBe(await left(2));
});

test("a member that is missing or of another run is said", async () => {
  const { file, data, weights } = files(text("ensemble = 2"));
  await run({ type: "train", file });
  const second = readFileSync(weights("Small.2"));
  rmSync(weights("Small.2"));
  expect(errorOf(await run({ type: "predict", file, data }))).toMatchObject({ code: "weights-missing", message: expect.stringContaining("Small.2") });
  writeFileSync(weights("Small.2"), Buffer.from(second.toString("latin1").replace("green", "olive"), "latin1"));
  expect(errorOf(await run({ type: "predict", file, data }))).toMatchObject({ code: "weights-do-not-match", message: expect.stringContaining("blue, olive, red") });
});
