import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { looking } from "../../server/cli/files.ts";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { analyse } from "../../server/language/index.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { npyOf, pngOf } from "../kit/arrays.ts";
import { preparedText, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** Files that a column of a table names, as one of several inputs. */

const MODEL = `model M {
  input photo [4, 4, 3]
  input size [2]
  photo -> conv2d(4, 3) -> relu -> flatten as p
  size -> dense(4) -> tanh -> concat(p) -> dense(2) -> softmax
}
`;
/** An image beside sentences of any length. */
const NOTED = `data d { source = csv("table/d.csv"); label = y; features = inputs(words = text(note), photo = image(picture)) }
model M {
  input words int [N]
  input photo [4, 4, 3]
  words -> embedding(20, 4) -> global_avg_pool as w
  photo -> conv2d(4, 3) -> relu -> flatten -> concat(w) -> dense(2) -> softmax
}
`;
const data = (features = "features = inputs(size = [a, b], photo = image(picture))", more = "") => `data d { source = csv("table/d.csv"); label = y; ${features}; ${more} }\n`;
const train = (settings = "") => `train M on d { optimizer = adam(lr = 0.02); epochs = 4; batch = 16; seed = 2; ${settings} }\n`;
const disk = await looking();
const { engine: here } = await engineStatus();

const COUNT = 60;
/** Grey values of row i, [4, 4, 3]: red ones are brighter in rows of the first class. */
const pixels = (i: number): number[] => Array.from({ length: 48 }, (_, k) => Math.round(100 + 60 * Math.sin(i * 7 + k) + (k % 3 === 0 && i % 2 === 0 ? 80 : 0)));
const png = (i: number): Buffer => {
  const image = new PNG({ width: 4, height: 4 });
  for (let p = 0; p < 16; p++) image.data.set([...pixels(i).slice(3 * p, 3 * p + 3), 255], 4 * p);
  return PNG.sync.write(image);
};
const [a, b] = [(i: number) => Math.sin(i).toFixed(3), (i: number) => (5 * Math.cos(3 * i)).toFixed(3)];
const rows = (picture: (i: number) => string = (i) => `pictures/${i}.png`, count = COUNT): string => `a,b,picture,y\n${Array.from({ length: count }, (_, i) => `${a(i)},${b(i)},${picture(i)},${i % 2 ? "bad" : "good"}`).join("\n")}\n`;

function fresh(text: string, csv = rows(), more: Readonly<Record<string, string | Buffer>> = {}) {
  const folder = folderWith({ "m.nnet": text });
  mkdirSync(join(folder, "table/pictures"), { recursive: true });
  for (let i = 0; i < COUNT; i++) {
    writeFileSync(join(folder, `table/pictures/${i}.png`), png(i));
    writeFileSync(join(folder, `table/pictures/${i}.npy`), npyOf([4, 4, 3], pixels(i)));
  }
  for (const [name, content] of Object.entries({ "table/d.csv": csv, ...more })) writeFileSync(join(folder, name), content);
  return { file: join(folder, "m.nnet"), folder, weights: join(folder, ".nnet/runs/M.safetensors") };
}
const losses = (events: readonly TrainerEvent[]) => of(events, "epoch").flatMap((e) => [e.loss, e.valLoss!]);

describe("files that a column names", () => {
  test("are read from the table's folder into their input, scaled by their own scale and normalized by channel, of the training part alone", async () => {
    const csv = "a,b,picture,y,part\n1,10,pictures/0.png,p,train\n3,10,pictures/1.png,q,train\n5,40,pictures/2.png,p,test\n";
    const text = data(undefined, "split = part; normalize = standard; scale = 3") + MODEL + train();
    const { train: part, encoding, shape } = await preparedText(fresh(text, csv).file, text);
    expect(shape).toEqual([50]);
    const channel = (c: number): number[] => [0, 1].flatMap((i) => pixels(i).filter((_, k) => k % 3 === c).map((v) => v / 255));
    const mean = (v: readonly number[]): number => v.reduce((x, y) => x + y, 0) / v.length;
    const deviation = (v: readonly number[]): number => Math.sqrt(mean(v.map((x) => (x - mean(v)) ** 2)));
    const expected = [0, 1].map((i) => [...pixels(i).map((v, k) => (v / 255 - mean(channel(k % 3))) / deviation(channel(k % 3))), i === 0 ? -1 : 1, 0, i]);
    const found = (await rowsOf(part)).sort((x, y) => x.at(-1)! - y.at(-1)!);
    for (const [i, row] of found.entries()) for (const [k, v] of row.entries()) expect(v).toBeCloseTo(expected[i]![k]!, 5);
    expect(encoding.columns!.map((c) => c.name)).toEqual(["picture", "a", "b"]);
  });

  // The same pixels as columns of numbers, scaled by the block.
  test.each([
    ["images", "photo = image(picture)", rows()],
    ["arrays", "photo = array(picture, scale = 1 / 255)", rows((i) => `pictures/${i}.npy`)],
  ])("%s train as their numbers in columns do", async (_what, photo, csv) => {
    const names = Array.from({ length: 48 }, (_, k) => `p${k}`);
    const inColumns = `a,b,${names.join(",")},y\n${Array.from({ length: COUNT }, (_, i) => `${255 * Number(a(i))},${255 * Number(b(i))},${pixels(i).join(",")},${i % 2 ? "bad" : "good"}`).join("\n")}\n`;
    const plain = await run({ type: "train", file: fresh(data(`features = inputs(size = [a, b], photo = [${names.join(", ")}])`, "scale = 1 / 255") + MODEL + train(), inColumns).file });
    const named = await run({ type: "train", file: fresh(data(`features = inputs(size = [a, b], ${photo})`) + MODEL + train(), csv).file });
    expect(errorOf(named)).toBeUndefined();
    // Only a and b are rounded otherwise.
    for (const [i, loss] of losses(named).entries()) expect(loss).toBeCloseTo(losses(plain)[i]!, 5);
    expect(losses(named).at(-2)).toBeLessThan(losses(named)[0]!);
  });

  test("take shards, folds, an ensemble, a table of their own for the test, and one input alone with augmentation; predict from another table", async () => {
    const test = { "table/t.csv": rows((i) => `pictures/${i}.png`, 20) };
    const cases: [what: string, text: string][] = [
      ["shards", data(undefined, "memory = 4KiB; normalize = minmax") + MODEL + train()],
      ["folds", data() + MODEL + train("folds = 2")],
      ["ensemble", data() + MODEL + train("ensemble = 2")],
      ["test", data(undefined, 'test = csv("table/t.csv"); split = [0.9, 0.1]') + MODEL + train()],
      ["alone", data("features = inputs(photo = image(picture))", "normalize = standard") + "model M {\n  input photo [4, 4, 3]\n  conv2d(4, 3) -> relu -> flatten -> dense(2) -> softmax\n}\n" + train("augment = [flip(), shift(0.1)]")],
    ];
    for (const [what, text] of cases) {
      const { file, folder } = fresh(text, rows(), test);
      const events = await run({ type: "train", file, epochs: 12 });
      expect(errorOf(events), what).toBeUndefined();
      if (what === "shards") expect(of(events, "start")[0]!.notes!.join()).toMatch(/are read from \d+ shards/);
      if (what === "test") expect(of(events, "start")[0]!.rows.test).toBe(20);
      const predicted = of(await run({ type: "predict", file, data: join(folder, "table/t.csv") }), "prediction");
      expect(predicted.filter((p, i) => p.value === (i % 2 ? "bad" : "good")).length, what).toBeGreaterThan(15);
    }
  }, 30_000);

  test("that have changed are read anew, where their rows lie in shards too; shards of the same files are taken as they are", async () => {
    const { file, folder } = fresh(data(undefined, 'memory = 4KiB; test = csv("table/t.csv"); split = [0.8, 0.2]') + MODEL + train(), rows(), { "table/t.csv": rows((i) => `pictures/${i}.png`, 20) });
    const caches = () => readdirSync(join(folder, ".nnet/runs")).filter((f) => f.endsWith(".rows"));
    const first = losses(await run({ type: "train", file, epochs: 1 }));
    const [cache] = caches();
    const made = statSync(join(folder, ".nnet/runs", cache!, "manifest.json")).mtimeMs;
    expect(losses(await run({ type: "train", file, epochs: 1 }))).toEqual(first);
    expect(statSync(join(folder, ".nnet/runs", cache!, "manifest.json")).mtimeMs).toBe(made);
    // Of the same size and with the same pixels, but written again.
    utimesSync(join(folder, "table/pictures/7.png"), 5, 5);
    expect(losses(await run({ type: "train", file, epochs: 1 }))).toEqual(first);
    expect(caches()).toHaveLength(1);
    expect(caches()).not.toEqual([cache]);
    for (let i = 0; i < COUNT; i++) writeFileSync(join(folder, `table/pictures/${i}.png`), pngOf(4, 4, [9, 9, 9]));
    expect(losses(await run({ type: "train", file, epochs: 1 }))).not.toEqual(first);
    rmSync(join(folder, "table/pictures/7.png"));
    expect(errorOf(await run({ type: "train", file, epochs: 1 }))).toMatchObject({ code: "data-missing", line: 9 });
  });

  test.each([["in memory", ""], ["in shards", "memory = 4KiB"]])("that have changed are no longer those of a run that was stopped, with rows %s", async (_where, more) => {
    const { file, folder, weights } = fresh(data(undefined, more) + MODEL + train());
    await run({ type: "train", file });
    const whole = readFileSync(weights);
    const stop = async () => {
      let asked = 0;
      await run({ type: "train", file }, { cancelled: () => ++asked === 4 });
    };
    await stop();
    expect(errorOf(await run({ type: "train", file, resume: true }))).toBeUndefined();
    expect(readSafetensors(readFileSync(weights)).tensors).toEqual(readSafetensors(whole).tensors);
    await stop();
    utimesSync(join(folder, "table/pictures/7.png"), 5, 5);
    expect(errorOf(await run({ type: "train", file, resume: true }))).toMatchObject({ code: "resume-differs", message: expect.stringContaining("a file that it names") as string });
  });

  test("that are images are augmented where they lie in a row, beside numbers and sentences of any length", async () => {
    const noted = rows().replace("a,b,", "note,a,b,").split("\n").map((line, i) => (i === 0 || line === "" ? line : `${"word ".repeat(1 + (i % 13)).trim()},${line}`)).join("\n");
    for (const [text, csv] of [[data() + MODEL, rows()], [NOTED, noted]] as const) {
      const losses = async (settings: string) => of(await run({ type: "train", file: fresh(text + train(settings), csv).file }), "epoch").map((e) => e.loss);
      const plain = await losses("");
      // A move by nothing changes no bit; others train on other pixels.
      expect(await losses("augment = [shift(0), rotate(0)]")).toEqual(plain);
      const moved = await losses("augment = [flip(), shift(0.3), cutout(1)]");
      expect(moved).not.toEqual(plain);
      expect(moved.at(-1)).toBeLessThan(moved[0]!);
      expect(await losses("augment = [flip(), shift(0.3), cutout(1)]")).toEqual(moved);
    }
  });

  test.runIf(here === "tensorflow")("give the same losses as one TensorFlow graph", async () => {
    const text = data() + MODEL + train();
    const events: TrainerEvent[] = [];
    await launchTrainer({ type: "train", file: fresh(text).file, engine: "tensorflow" }, (e) => events.push(e), { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") }).done;
    const portable = losses(await run({ type: "train", file: fresh(text).file }));
    expect(losses(events)).toHaveLength(portable.length);
    for (const [i, loss] of losses(events).entries()) expect(Math.abs(loss / portable[i]! - 1)).toBeLessThan(1e-4);
  });

  test("rows that name none are left out where missing values are", async () => {
    const csv = rows((i) => (i % 10 === 3 ? "" : `pictures/${i}.png`));
    const dropped = await run({ type: "train", file: fresh(data(undefined, "missing = drop") + MODEL + train(), csv).file });
    expect(Object.values(of(dropped, "start")[0]!.rows).reduce((x, y) => x + y)).toBe(54);
    const error = errorOf(await run({ type: "train", file: fresh(data() + MODEL + train(), csv).file }));
    expect(error).toMatchObject({ code: "data-missing", line: 5, column: 3, message: expect.stringContaining("missing = drop") as string });
  });

  const broken: [what: string, csv: string, features: string, code: string, says: string][] = [
    ["a file that is not there", rows((i) => (i === 2 ? "pictures/none.png" : `pictures/${i}.png`)), "image", "data-missing", "none.png; names in column picture are read from the folder of the table"],
    ["a file that is no image", rows((i) => (i === 2 ? "pictures/2.npy" : `pictures/${i}.png`)), "image", "data-malformed", "neither a PNG nor a JPEG"],
    ["a file that is no array", rows((i) => `pictures/${i}.${i === 2 ? "png" : "npy"}`), "array", "data-malformed", "does not begin as a .npy file does"],
    ["an array of another shape", rows((i) => (i === 2 ? "other.npy" : `pictures/${i}.npy`)), "array", "data-malformed", "it is [3, 4], and the input takes [4, 4, 3]"],
    ["an array with a hole", rows((i) => (i === 2 ? "hole.npy" : `pictures/${i}.npy`)), "array", "data-malformed", "its value 8 is not a number"],
  ];
  test.each(broken)("%s is said with its row and column", async (_what, csv, kind, code, says) => {
    const more = { "table/other.npy": npyOf([3, 4], Array<number>(12).fill(1)), "table/hole.npy": npyOf([4, 4, 3], Array.from({ length: 48 }, (_, k) => (k === 7 ? NaN : 1))) };
    const { file, folder } = fresh(data(`features = inputs(size = [a, b], photo = ${kind}(picture))`) + MODEL + train(), csv, more);
    const error = errorOf(await run({ type: "train", file }));
    expect(error).toMatchObject({ code, file: join(folder, "table/d.csv"), line: 4, column: 3, message: expect.stringContaining(says) as string });
  });
});

describe("as one types", () => {
  const found = (text: string) => analyse("/m.nnet", text).findings.filter((f) => f.severity === "error").map((f) => `${f.code}: ${f.message}`);
  test("what fits is no finding", () => {
    expect(found(data() + MODEL + train())).toEqual([]);
    expect(found(data("features = inputs(size = [a, b], photo = array(picture))") + MODEL + train())).toEqual([]);
  });
  test.each([
    ["an input that is no image", MODEL.replace("[4, 4, 3]", "[48]").replace("conv2d(4, 3) -> relu -> flatten", "dense(4)"), "image", "write input photo [32, 32, 3]"],
    ["indices", MODEL.replace("[4, 4, 3]", "int [48]").replace("conv2d(4, 3) -> relu", "embedding(300, 2)"), "array", "takes whole numbers [48], and array(picture) gives arrays of numbers"],
    ["an array of any length", MODEL.replace("[4, 4, 3]", "[N, 3]").replace("conv2d(4, 3) -> relu -> flatten", "global_avg_pool"), "array", "give the input the sizes of one"],
  ])("%s", (_what, model, kind, says) => {
    expect(found(data(`features = inputs(size = [a, b], photo = ${kind}(picture))`) + model + train())).toEqual([expect.stringMatching(/^shape-does-not-fit-data: /)]);
    expect(found(data(`features = inputs(size = [a, b], photo = ${kind}(picture))`) + model + train())[0]).toContain(says);
  });
  test("rows that balance has no memory for are counted with what their files become", () => {
    const { folder } = fresh(data() + MODEL, rows());
    const path = join(folder, "m.nnet");
    const codes = (memory: string) => analyse(path, data(undefined, `memory = ${memory}`) + MODEL + train("balance = oversample"), disk).findings.filter((f) => f.code === "setting-against-model").map((f) => f.message);
    expect(codes("13_000")).toEqual([]);
    expect(codes("11_000")).toEqual([expect.stringContaining("60 rows of 50 numbers")]);
  });

  test("augmentation of images is for models with one image among their inputs, and mixup for numbers", () => {
    expect(found(data() + MODEL + train("augment = [flip(), cutout(1), noise(0.1), mixup()]"))).toEqual([]);
    expect(found(NOTED + train("augment = [rotate(5), flip()]"))).toEqual([]);
    expect(found(NOTED + train("augment = [mixup()]"))).toEqual([expect.stringContaining("augment: mixup is for numbers")]);
    expect(found(NOTED + train("augment = [random_mask(0.1)]"))).toEqual([expect.stringContaining("augment: random_mask is for tokens")]);
    const two = MODEL.replace("input size [2]", "input size [2]\n  input other [4, 4, 3]\n  other -> conv2d(4, 3) -> flatten as o").replace("concat(p)", "concat(p, o)");
    expect(found(data("features = inputs(size = [a, b], photo = image(picture), other = image(second))") + two + train("augment = [flip()]"))).toEqual([expect.stringContaining("flip changes one image in each row, and model M takes 2")]);
    const none = data("features = inputs(size = [a, b])") + "model M {\n  input size [2]\n  dense(2) -> softmax\n}\n" + train("augment = [flip()]");
    expect(found(none)).toEqual([expect.stringContaining("augment: flip is for images")]);
  });

  test("a source of arrays says how several are given", () => {
    for (const [source, way] of [['folder("p")\nshape = [4, 4, 3]', "photo = image(column)"], ['npy("x.npy", labels = "y.npy")', "photo = array(column)"]]) expect(found(`data d {\nsource = ${source}\n}\n${MODEL}${train()}`)).toEqual([expect.stringContaining(way!)]);
  });
});

test("docs/data.md has an example", () => expect(readFileSync(join(import.meta.dirname, "../../docs/data.md"), "utf8")).toContain("= image("));
