import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { looking } from "../../server/cli/files.ts";
import { disk as platform } from "../../server/lsp/disk.ts";
import { profileNow } from "../../server/formats/looks/index.ts";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { analyse, Document, fixesOf } from "../../server/language/index.ts";
import { Archive } from "../../server/trainer/data/archive.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import { TrainerError } from "../../server/trainer/errors.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { npyOf, npyWords, npzOf } from "../kit/arrays.ts";
import { preparedText, rowsOf } from "../kit/data.ts";
import { applyFix } from "../kit/fixture.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** Named arrays of one file, as several inputs. */

const { engine: here } = await engineStatus();
const disk = await looking();
const fixtures = join(import.meta.dirname, "../fixtures/npy");
const truth = JSON.parse(readFileSync(join(fixtures, "archives.json"), "utf8")) as Record<string, string[] | { shape: number[]; values: number[] }>;

describe.each(["stored", "packed"])("%s.npz, which NumPy wrote", (name) => {
  test("has the arrays and words that NumPy has, whole and row by row", async () => {
    const archive = await Archive.open(join(fixtures, `${name}.npz`));
    expect(archive.names).toEqual(Object.keys(truth));
    for (const [key, of] of Object.entries(truth)) {
      const texts = await archive.texts(key);
      expect(texts, key).toEqual(Array.isArray(of) ? of : undefined);
      if (Array.isArray(of)) continue;
      const { shape, values } = await archive.values(key);
      expect({ shape, values: [...values] }, key).toEqual(of);
      const rows = await archive.rows(key);
      expect([rows.count, ...rows.shape]).toEqual(of.shape);
      const read: number[][] = [];
      for await (const block of rows.blocks(3)) read.push([...block]);
      expect(read.map((b) => b.length * of.shape[0]! / of.values.length)).toEqual([3, 1]);
      expect(read.flat()).toEqual(of.values);
    }
  });

  test("is looked at with the same names, rows and moments, and its names are completed", () => {
    const path = join(fixtures, `${name}.npz`);
    const { rows, complete, total, columns } = profileNow({ source: "npz", files: { path }, args: { path } })!;
    expect({ rows, complete, total }).toEqual({ rows: 4, complete: true, total: 4 });
    expect(columns.map((c) => c.name)).toEqual(Object.keys(truth));
    expect(columns[0]).toMatchObject({ shape: [2, 3], places: 6, numbers: { min: 0, max: Math.fround(23 / 7) } });
    expect(columns[2]).toMatchObject({ numeric: true, numbers: { min: 1, max: 250, whole: true } });
    expect(columns[5]!.values).toEqual(new Map([["x", 2], ["yz", 1], ["y", 1]]));
    expect(platform.firstLine(path)).toBe("left,across,right,kind,bytes,turned");
  });

  test("cut anywhere or changed in a byte is an error of the trainer, and no look", async () => {
    const whole = readFileSync(join(fixtures, `${name}.npz`));
    const folder = folderWith({});
    const path = join(folder, "x.npz");
    const all = async () => {
      const archive = await Archive.open(path);
      for (const key of archive.names) if (!(await archive.texts(key))) for await (const block of (await archive.rows(key)).blocks(2)) expect(block.length).toBeGreaterThan(0);
    };
    for (let i = 0; i < 60; i++) {
      const at = Math.floor((i * whole.length) / 60);
      const changed = Buffer.from(whole);
      changed[at]! ^= 0x55;
      for (const bytes of [whole.subarray(0, at), changed]) {
        writeFileSync(path, bytes);
        await all().then(() => expect(bytes.length).toBe(whole.length), (e: unknown) => expect(e).toBeInstanceOf(TrainerError));
        profileNow({ source: "npz", files: { path }, args: { path } });
      }
    }
  });
});

const COUNT = 40;
const wave = (i: number, k: number): number => Math.sin(i * 7 + k) + (i % 2 ? 0.8 : 0);
const all = <T>(of: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => of(i));
const values = (width: number, of: (i: number, k: number) => number): number[] => all((i) => Array.from({ length: width }, (_, k) => of(i, k))).flat();
const ARRAYS = {
  photo: npyOf([COUNT, 4, 4], values(16, wave)),
  words: npyOf([COUNT, 3], values(3, (i, k) => (i * 5 + k) % 11), "<i8"),
  size: npyOf([COUNT], values(1, (i) => Math.cos(i))),
  town: npyWords(all((i) => ["Bern", "Thun", "Biel"][i % 3]!)),
  kind: npyWords(all((i) => (i % 2 ? "bad" : "good"))),
  worth: npyOf([COUNT], values(1, (i) => (i % 2 ? 1.5 : -0.25))),
  part: npyWords(all((i) => (i < 30 ? "train" : "test"))),
  hot: npyOf([COUNT, 2], all((i) => [1 - (i % 2), i % 2]).flat()),
};
const MODEL = `model M {
  input photo [4, 4, 1]
  input words int [3]
  input rest [4]
  photo -> conv2d(4, 3) -> relu -> flatten as p
  words -> embedding(11, 2) -> flatten -> concat(p) as w
  rest -> dense(4) -> tanh -> concat(w) -> dense(2) -> softmax
}
`;
const FEATURES = "features = inputs(photo = photo, words = words, rest = [size, town])";
const data = (more = "", features = FEATURES, label = "kind") => `data d { source = npz("d.npz"); label = ${label}; ${features}; ${more} }\n`;
const train = (settings = "") => `train M on d { optimizer = adam(lr = 0.02); epochs = 4; batch = 16; seed = 2; ${settings} }\n`;
function fresh(text: string, arrays: Readonly<Record<string, Buffer>> = ARRAYS, packed = false) {
  const folder = folderWith({ "m.nnet": text });
  writeFileSync(join(folder, "d.npz"), npzOf(arrays, packed));
  return { file: join(folder, "m.nnet"), folder, weights: join(folder, ".nnet/runs/M.safetensors") };
}
const losses = (events: readonly TrainerEvent[]) => of(events, "epoch").flatMap((e) => [e.loss, e.valLoss ?? 0]);
/** The same rows as a table of numbers. */
const CSV = `${["y", "size", "town", ...Array.from({ length: 16 }, (_, k) => `p${k}`), "w0", "w1", "w2"].join(",")}\n${all((i) => [i % 2 ? "bad" : "good", Math.fround(Math.cos(i)), ["Bern", "Thun", "Biel"][i % 3], ...Array.from({ length: 16 }, (_, k) => Math.fround(wave(i, k))), ...[0, 1, 2].map((k) => (i * 5 + k) % 11)].join(",")).join("\n")}\n`;

describe("arrays by name", () => {
  test("become rows as their numbers in columns do: scaled, by channel, whole numbers as they stand", async () => {
    const text = data("split = [1, 0, 0]; normalize = standard; scale = 3") + MODEL + train();
    const { train: part, encoding } = await preparedText(fresh(text).file, text);
    const mean = (v: readonly number[]): number => v.reduce((x, y) => x + y, 0) / v.length;
    const pixels = values(16, wave);
    const spread = Math.sqrt(mean(pixels.map((v) => (v - mean(pixels)) ** 2)));
    const found = await rowsOf(part);
    const byPixels = new Map(found.map((row) => [row[0]!.toFixed(4), row]));
    for (const i of [0, 7, 39]) {
      const row = byPixels.get(((wave(i, 0) - mean(pixels)) / spread).toFixed(4))!;
      for (let k = 0; k < 16; k++) expect(row[k]).toBeCloseTo((wave(i, k) - mean(pixels)) / spread, 3);
      expect(row.slice(16, 19)).toEqual([0, 1, 2].map((k) => (i * 5 + k) % 11));
      expect(row.slice(20)).toEqual([...["Bern", "Biel", "Thun"].map((t) => (t === ["Bern", "Thun", "Biel"][i % 3] ? 1 : 0)), i % 2 ? 0 : 1]);
    }
    expect(encoding.columns!.map((c) => c.name)).toEqual(["photo", "words", "size", "town"]);
  });

  test.each([["stored", false], ["packed", true]])("train as a table of the same numbers does, %s", async (_how, packed) => {
    const folder = folderWith({ "d.csv": CSV, "m.nnet": `data d { source = csv("d.csv"); label = y; features = inputs(photo = [${Array.from({ length: 16 }, (_, k) => `p${k}`).join(", ")}], words = [w0, w1, w2], rest = [size, town]) }\n${MODEL}${train()}` });
    const table = losses(await run({ type: "train", file: join(folder, "m.nnet") }));
    expect(table).toHaveLength(8);
    expect(losses(await run({ type: "train", file: fresh(data() + MODEL + train(), ARRAYS, packed).file }))).toEqual(table);
  });

  test.runIf(here === "tensorflow")("give the same losses as one TensorFlow graph", async () => {
    const text = data("normalize = standard") + MODEL + train();
    const events: TrainerEvent[] = [];
    await launchTrainer({ type: "train", file: fresh(text).file, engine: "tensorflow" }, (e) => events.push(e), { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") }).done;
    const portable = losses(await run({ type: "train", file: fresh(text).file }));
    expect(losses(events)).toHaveLength(portable.length);
    for (const [i, loss] of losses(events).entries()) expect(Math.abs(loss / portable[i]! - 1)).toBeLessThan(1e-4);
  });

  test("take shards, folds, a part by name, one-hot labels and an archive for the test; predict from another", async () => {
    const cases: [what: string, text: string][] = [
      ["shards", data("memory = 2KiB; normalize = minmax") + MODEL + train()],
      ["folds", data() + MODEL + train("folds = 2")],
      ["part", data("split = part") + MODEL + train()],
      ["hot", data("", FEATURES, "hot") + MODEL + train()],
      ["test", data('test = npz("d.npz"); split = [0.9, 0.1]') + MODEL + train()],
    ];
    for (const [what, text] of cases) {
      const { file, folder } = fresh(text);
      const events = await run({ type: "train", file, epochs: 20 });
      expect(errorOf(events), what).toBeUndefined();
      if (what === "shards") expect(of(events, "start")[0]!.notes!.join()).toMatch(/are read from \d+ shards/);
      if (what === "part") expect(of(events, "start")[0]!.rows).toMatchObject({ train: 30, test: 10 });
      const predicted = of(await run({ type: "predict", file, data: join(folder, "d.npz") }), "prediction");
      expect(predicted.filter((p, i) => String(p.value) === (what === "hot" ? String(i % 2) : i % 2 ? "bad" : "good")).length, what).toBeGreaterThan(30);
    }
  }, 30_000);

  test("feed one input alone without features, and several outputs by name", async () => {
    const one = `data d { source = npz("d.npz"); label = kind }\nmodel M {\n  input photo [4, 4, 1]\n  conv2d(4, 3) -> relu -> flatten -> dense(2) -> softmax\n}\n${train()}`;
    expect(errorOf(await run({ type: "train", file: fresh(one, { photo: ARRAYS.photo, kind: ARRAYS.kind }).file }))).toBeUndefined();
    const two = `data d { source = npz("d.npz"); label = outputs(k = kind, v = worth); features = [size] }\nmodel M {\n  input x [1]\n  dense(4) -> tanh as t\n  t -> dense(2) -> softmax as k\n  t -> dense(1) as v\n  output k, v\n}\n${train()}`;
    expect(errorOf(await run({ type: "train", file: fresh(two).file }))).toBeUndefined();
  });

  test.each([["in memory", ""], ["in shards", "memory = 2KiB"]])("go on after a stop with equal bits, and not with a file that has changed, %s", async (_where, more) => {
    const { file, folder, weights } = fresh(data(more) + MODEL + train());
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
    writeFileSync(join(folder, "d.npz"), npzOf({ ...ARRAYS, size: npyOf([COUNT], values(1, Math.sin)) }));
    expect(errorOf(await run({ type: "train", file, resume: true }))).toMatchObject({ code: "resume-differs" });
  });

  const holes = values(16, wave).map((v, i) => (i === 37 ? NaN : v));
  const wrong: [what: string, text: string, arrays: Readonly<Record<string, Buffer>>, code: string, says: string][] = [
    ["an array that is not there", data("", FEATURES.replace("words = words", "words = word")), ARRAYS, "data-no-column", "there is no array word in it; did you mean words?"],
    ["rows that differ", data(), { ...ARRAYS, words: npyOf([3, 3], Array<number>(9).fill(1)) }, "data-malformed", "array words has 3 rows, and photo has 40"],
    ["a hole", data(), { ...ARRAYS, photo: npyOf([COUNT, 4, 4], holes) }, "data-not-numeric", "array photo: row 3, value 6, is not a number (NaN)"],
    ["an index past the embedding", data(), { ...ARRAYS, words: npyOf([COUNT, 3], values(3, (i) => i), "<i8") }, "data-index", "is no index: embedding takes whole numbers from 0 to 10"],
    ["another width", data(), { ...ARRAYS, photo: npyOf([COUNT, 5], values(5, wave)) }, "data-width", "input photo of model M takes [4, 4, 1], and its columns give 5 numbers"],
    ["labels of some rows", data(), { ...ARRAYS, kind: npyWords(["a", "b"]) }, "data-malformed", "array kind has 2 labels, and photo has 40 rows"],
    ["no archive", data(), {}, "data-malformed", "it has no arrays"],
  ];
  test.each(wrong)("%s is said", async (_what, text, arrays, code, says) => {
    const { file, folder } = fresh(text + MODEL + train(), arrays);
    const error = errorOf(await run({ type: "train", file }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) as string });
    if (code !== "data-width") expect(error!.file).toBe(join(folder, "d.npz"));
  });
});

describe("as one types", () => {
  const found = (text: string, path = fresh(text).file) => analyse(path, text, disk).findings.filter((f) => f.severity !== "information").map((f) => `${f.code}: ${f.message}`);

  test("what fits is no finding; a name, a width and settings that do not are", () => {
    expect(found(data("normalize = standard") + MODEL + train())).toEqual([]);
    expect(found(data("", FEATURES.replace("photo = photo", "photo = phot")) + MODEL + train())).toEqual([expect.stringContaining("unknown-column: the data file has no column phot; did you mean photo?")]);
    expect(found(data("normalize = standard") + MODEL.replace("[4, 4, 1]", "[4, 5, 1]") + train())).toEqual([expect.stringMatching(/^shape-does-not-fit-data: input photo of model M takes \[4, 5, 1\], and column photo gives 16 numbers/)]);
    expect(found(data("missing = drop") + MODEL + train())).toEqual([expect.stringContaining("npz takes no missing")]);
    expect(found(data("", FEATURES.replace("photo = photo", "photo = image(photo)")) + MODEL + train())).toEqual([expect.stringContaining("image(photo) reads files that a table names, and npz has the arrays themselves; write photo = photo")]);
  });

  test("inputs that are called as arrays are fed by one fix", () => {
    const text = `data d { source = npz("d.npz"); label = kind }\n${MODEL.replace("input rest [4]", "input size [1]").replace("rest ->", "size ->")}${train()}`;
    const { file } = fresh(text);
    const document = new Document(file, text, disk);
    const analysis = document.analysis();
    const [finding] = analysis.findings.filter((f) => f.code === "input-not-fed");
    const [fix] = fixesOf(finding!, analysis, document);
    expect(applyFix(text, fix!)).toContain("features = inputs(photo = photo, words = words, size = size)");
    expect(analyse(file, applyFix(text, fix!), disk).findings.filter((f) => f.severity === "error")).toEqual([]);
  });

  test("a whole array for several inputs says how they are given names", () => {
    expect(found(`data d { source = npy("x.npy", labels = "y.npy") }\n${MODEL}${train()}`)).toEqual([expect.stringContaining('numpy.savez("rows.npz", photo=…, words=…, rest=…, y=…), and source = npz("rows.npz"), label = y, features = inputs(photo = photo, words = words, rest = rest)')]);
  });
});
