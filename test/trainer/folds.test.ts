import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { openDataset } from "../../server/trainer/data/open.ts";
import { split } from "../../server/trainer/data/split.ts";
import { foldSplits } from "../../server/trainer/folds.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { spread } from "../../server/trainer/spread.ts";
import { readTarget } from "../../server/trainer/target.ts";
import { rowsOf } from "../kit/data.ts";
import { blobs, errorOf, folderWith, of, run, SMALL } from "../kit/training.ts";

const text = (more = "folds = 3") => SMALL.replace("seed = 3", `seed = 3\n  ${more}`).replace("epochs = 8", "epochs = 4");

function small(nnet = text(), csv = blobs()) {
  const folder = folderWith({ "m.nnet": nnet, "d.csv": csv, "x.csv": blobs(12).split("\n").map((l) => l.split(",").slice(0, 2).join(",")).join("\n") });
  return { file: join(folder, "m.nnet"), data: join(folder, "x.csv"), weights: (name: string) => join(folder, `.nnet/runs/${name}.safetensors`) };
}

describe("the folds", () => {
  /** 100, 40 and 17 rows. */
  const classes = Float32Array.from({ length: 157 }, (_, i) => (i < 100 ? 0 : i < 140 ? 1 : 2));
  const dataset = (seed: number) => ({ split: split(157, [0.7, 0.1, 0.2], seed, classes), labels: [{ kind: "class" as const, values: classes, classes: ["a", "b", "c"] }] });
  const sorted = (...rows: Int32Array[]) => rows.flatMap((r) => [...r]).sort((a, b) => a - b);

  test.each([2, 5, 10])("%i: each row outside of the test part is held out once, each class evenly", (k) => {
    const data = dataset(4);
    const folds = foldSplits(data, k, 4);
    const outside = sorted(data.split.train, data.split.validation);
    expect(folds).toHaveLength(k);
    expect(sorted(...folds.map((f) => f.validation))).toEqual(outside);
    for (const f of folds) {
      expect(sorted(f.train, f.validation)).toEqual(outside);
      expect(f.test).toEqual(data.split.test);
    }
    for (const c of [0, 1, 2]) {
      const counts = folds.map((f) => f.validation.filter((row) => classes[row] === c).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    const sizes = folds.map((f) => f.validation.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  test("follow from the seed", () => {
    const of = (seed: number) => JSON.stringify(foldSplits(dataset(4), 5, seed).map((f) => [...f.validation]));
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
  });
});

test("mean and sample standard deviation, as R has them", () => {
  // mean(c(2,4,4,4,5,5,7,9)) is 5, sd() of it 2.13809.
  const { mean, deviation } = spread([2, 4, 4, 4, 5, 5, 7, 9].map((loss) => ({ loss, accuracy: loss / 10, metrics: { f1: loss } })));
  expect(mean).toMatchObject({ loss: 5, accuracy: expect.closeTo(0.5, 12), metrics: { f1: 5 } });
  expect(deviation.loss).toBeCloseTo(2.13809, 5);
  expect(deviation.accuracy).toBeCloseTo(0.213809, 6);
  expect(spread([{ loss: 1, accuracy: null }, { loss: 3, accuracy: null }]).deviation.accuracy).toBeNull();
});

test("each fold is trained and scored on what it holds out, and predictions are averaged", async () => {
  const { file, data, weights } = small(text("folds = 3\n  metrics = [f1]"));
  const events = await run({ type: "train", file });
  expect(errorOf(events)).toBeUndefined();
  expect(of(events, "start")[0]).toMatchObject({ folds: 3, rows: { train: 54, validation: 27, test: 9 }, checkpoint: weights("Small") });
  expect(of(events, "epoch").map((e) => [e.fold, e.epoch])).toEqual([1, 2, 3].flatMap((f) => [1, 2, 3, 4].map((e) => [f, e])));
  const folds = of(events, "fold");
  for (const [i, f] of folds.entries()) {
    const best = of(events, "epoch").findLast((e) => e.fold === i + 1 && e.best)!;
    expect(f).toMatchObject({ fold: i + 1, seed: 3, epoch: best.epoch, validation: { loss: best.valLoss, accuracy: best.valAccuracy, metrics: best.valMetrics }, checkpoint: weights(`Small.${i + 1}`) });
  }
  const [end] = of(events, "end");
  const { validation, test: tests, averaged, folds: told } = end!.folds!;
  expect(told).toEqual(folds);
  expect(validation).toEqual(spread(folds.map((f) => f.validation!)));
  expect(tests).toEqual(spread(folds.map((f) => f.test!)));
  expect(averaged).toMatchObject({ rows: "test", own: { loss: end!.testLoss, accuracy: end!.testAccuracy, metrics: end!.testMetrics }, mean: tests!.mean });
  expect(averaged!.gain.loss).toBeGreaterThan(0);

  const rows = async (path?: string) => of(await run({ type: "predict", file, data, ...(path !== undefined && { weights: path }) }), "prediction").map((e) => e.probabilities!);
  const apart = [];
  for (const f of folds) apart.push(await rows(f.checkpoint));
  for (const [i, row] of (await rows()).entries()) for (const [k, p] of row.entries()) expect(p).toBeCloseTo((apart[0]![i]![k]! + apart[1]![i]![k]! + apart[2]![i]![k]!) / 3, 6);
});

test("each fold learns its encoding from its own training rows, and the same seed gives the same bits", async () => {
  const nnet = text().replace("label = colour", "label = colour\n  normalize = standard");
  const [one, again] = [small(nnet), small(nnet)];
  for (const f of [one, again]) expect(errorOf(await run({ type: "train", file: f.file }))).toBeUndefined();
  const read = (f: typeof one) => [1, 2, 3].map((k) => readSafetensors(readFileSync(f.weights(`Small.${k}`))));
  expect(read(one).map((r) => [...r.tensors])).toEqual(read(again).map((r) => [...r.tensors]));
  expect(new Set(read(one).map((r) => r.metadata["encoding"])).size).toBe(3);
});

/** Lengths are fitted on each fold's training rows: the test rows come in another order then. */
test("sentences of folds are averaged row by row", async () => {
  const words = ["good", "bad", "film", "plot", "actor", "scene"];
  const line = (i: number) => `${i % 2 ? "good" : "bad"} ${Array.from({ length: 1 + ((i * 7) % 23) }, (_, k) => words[(i * k) % 6]).join(" ")}`;
  const csv = `text,label\n${Array.from({ length: 80 }, (_, i) => `${line(i)},${i % 2 ? "yes" : "no"}`).join("\n")}\n`;
  const nnet = `data d { source = text("d.csv", column = text)\n  label = label\n  split = [0.5, 0.2, 0.3] }
model M {\n  input words int [N]\n  embedding(50, 8) -> global_avg_pool -> dense(1) -> sigmoid\n}
train M on d { epochs = 3\n  folds = 2\n  seed = 1 }`;
  const folder = folderWith({ "m.nnet": nnet, "d.csv": csv });
  const events = await run({ type: "train", file: join(folder, "m.nnet") });
  expect(errorOf(events)).toBeUndefined();
  const { averaged } = of(events, "end")[0]!.folds!;
  expect(averaged!.gain.loss).toBeGreaterThanOrEqual(0);
  expect(averaged!.gain.loss).toBeLessThan(0.01);
});

test("rows that are read from shards are held out as those in memory are, each fold with its own encoding", async () => {
  const own = (memory: string) => text("folds = 3").replace("label = colour", `label = colour\n  normalize = standard${memory}`);
  const [whole, sharded] = ["", "\n  memory = 1_024"].map((memory) => small(own(memory), blobs(600)));
  const parts = async ({ file }: ReturnType<typeof small>) => {
    const { model, data, settings } = readTarget(file, undefined);
    const dataset = await openDataset({ file, settings: data.settings, expected: ["class"], seed: settings.seed, folds: 3, folder: join(file, "../.nnet/runs") }, { model, data });
    const { heads } = planOf(model, settings, ["class"]);
    return Promise.all(dataset.folds(3).map(async (prepare) => {
      const { train, validation, test, encoding, shape } = prepare(heads);
      const rows = await Promise.all([train, validation, test].map(async (part) => (await rowsOf(part)).map(String).sort()));
      return { rows, encoding, shape };
    }));
  };
  const [a, b] = [await parts(whole!), await parts(sharded!)];
  expect(b).toEqual(a);
  expect(new Set(a.map((fold) => JSON.stringify(fold.encoding))).size).toBe(3);

  const events = await run({ type: "train", file: sharded!.file });
  expect(of(events, "start")[0]!.notes!.join()).toContain("shards");
  const { folds, averaged } = of(events, "end")[0]!.folds!;
  expect(folds.map((f) => f.validation!.accuracy! > 0.8)).toEqual([true, true, true]);
  expect(averaged!.gain.loss).toBeGreaterThanOrEqual(0);
});

test("a test source of its own stays apart", async () => {
  const folder = folderWith({ "m.nnet": text().replace("label = colour", `label = colour\n  test = csv("t.csv")`), "d.csv": blobs(), "t.csv": blobs(30) });
  const events = await run({ type: "train", file: join(folder, "m.nnet") });
  expect(of(events, "start")[0]!.rows).toEqual({ train: 60, validation: 30, test: 30 });
});

test("of parts that a column names, training and validation rows are dealt", async () => {
  const csv = blobs().trim().split("\n").map((l, i) => `${l},${i === 0 ? "part" : i <= 60 ? "train" : i <= 75 ? "validation" : "test"}`).join("\n");
  const events = await run({ type: "train", file: small(text().replace("label = colour", "label = colour\n  split = part"), csv).file });
  expect(errorOf(events)).toBeUndefined();
  expect(of(events, "start")[0]!.rows).toEqual({ train: 50, validation: 25, test: 15 });
});

test("without test rows there is the held-out part alone", async () => {
  const { file } = small(text().replace("label = colour", "label = colour\n  split = [0.8, 0.2, 0]"));
  const end = of(await run({ type: "train", file }), "end")[0]!;
  expect(end).toMatchObject({ reason: "completed", testLoss: null, testAccuracy: null });
  expect(Object.keys(end.folds!)).toEqual(["folds", "validation"]);
});

const rare = blobs(30).trim().split("\n").filter((l, i) => !l.endsWith("blue") || i < 8).join("\n");
const word = (i: number) => (i === 40 ? "mauve" : "grey");
const withWords = `a,b,colour\n${blobs().trim().split("\n").slice(1).map((l, i) => l.replace(/,[^,]*,/, `,${word(i)},`)).join("\n")}\n`;

test.each([
  ["more folds than a class has rows", text("folds = 5"), rare, "class blue has 2 rows outside of the test part; folds = 2 is the most"],
  ["more folds than rows", text("folds = 200"), blobs(), "there are 81; folds = 81 is the most"],
  ["a category that only one fold has", text().replace("[2]", "[3]"), withWords, "With fold"],
])("%s is refused before training, with the way out", async (_what, nnet, csv, says) => {
  const { file, weights } = small(nnet, csv);
  const events = await run({ type: "train", file });
  expect(errorOf(events)!.message).toContain(says);
  expect(of(events, "start")).toEqual([]);
  expect(existsSync(weights("Small"))).toBe(false);
});
