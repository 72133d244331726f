import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import type { Part } from "../../server/trainer/data/part.ts";
import { Store } from "../../server/trainer/data/store.ts";
import { fitVocabulary } from "../../server/trainer/data/text/encoding.ts";
import { SentenceReader, type WordBounds, WORDS } from "../../server/trainer/data/text/reader.ts";
import { codesByRow } from "../../server/trainer/data/text/sentences.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { preparedText } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

const COUNT = 300;
const word = (n: number) => `w${Math.floor(80 * ((n * 0.6180339887) % 1) ** 3)}`;
const sentence = (i: number, k: number) => `${Array.from({ length: 1 + ((i * k) % 29) }, (_, j) => word(i * k + j)).join(" ")} ${i % 2 ? "fine" : "poor"}`;
/** Sorted by class, as files often are. */
const ORDER = Array.from({ length: COUNT }, (_, i) => (2 * i) % COUNT + (i < COUNT / 2 ? 0 : 1));
const CSV = `note,reply,a,kind,y\n${ORDER.map((i) => `${sentence(i, 7)},${sentence(i, 11)},${Math.sin(i).toFixed(3)},${["x", "y", "z"][i % 3]},${i % 2 ? "good" : "bad"}`).join("\n")}\n`;
/** Words in an order of their own, and some that training does not know. */
const TEST = `y,note,reply,a,kind\n${Array.from({ length: 40 }, (_, i) => `${i % 2 ? "good" : "bad"},unheard ${sentence(i, 13)},${sentence(i, 5)} new,${Math.cos(i).toFixed(3)},${["z", "q", "x"][i % 3]}`).join("\n")}\n`;

/** Sentences alone, and two texts beside numbers and words. */
const ALONE = (more = "") => `data d { source = text("d.csv", column = note); label = y; ${more} }
model M {
  input words int [N]
  embedding(90, 4) -> global_avg_pool -> dropout(0.2)
  dense(2) -> softmax
}
`;
const BESIDE = (more = "") => `data d { source = csv("d.csv"); label = y; normalize = standard; features = inputs(left = text(note), right = text(reply), size = [a, kind]); ${more} }
model M {
  input left int [N]
  input right int [M]
  input size [4]
  left -> embedding(90, 4) -> global_avg_pool as l
  right -> embedding(90, 4) -> global_avg_pool -> concat(l, size) -> dense(6) -> tanh -> dense(2) -> softmax
}
`;
const MODELS: [string, (more?: string) => string][] = [["sentences", ALONE], ["texts beside others", BESIDE]];
/** A few dozen kB of words lie in the file. */
const SMALL = "memory = 6KiB";
const train = (more = "") => `train M on d { optimizer = adam(lr = 0.02); batch = 16; epochs = 3; seed = 3; ${more} }\n`;

const fresh = (text: string) => {
  const folder = folderWith({ "d.csv": CSV, "t.csv": TEST, "m.nnet": text });
  return { folder, file: join(folder, "m.nnet"), weights: join(folder, ".nnet/runs/M.safetensors") };
};
const opened = (text: string, { file } = fresh(text)) => preparedText(file, text, 3);
const runs = (folder: string) => readdirSync(join(folder, ".nnet/runs"));
const notesOf = (events: readonly TrainerEvent[]) => of(events, "start")[0]!.notes?.join() ?? "";
const losses = (events: readonly TrainerEvent[]) => of(events, "epoch").map((e) => [e.loss, e.valLoss]);

/** Features and label of each row, batch by batch. */
async function batchesOf(pieces: ReturnType<Part["epoch"]>): Promise<string[][]> {
  const found: string[][] = [];
  for (const piece of pieces) {
    const { x, y, shape } = await piece.table();
    expect(shape).toEqual(piece.shape);
    const width = shape.reduce((a, b) => a * b, 1);
    for (const rows of piece.batches) found.push(Array.from(rows, (row) => [...x.subarray(row * width, (row + 1) * width), y[row]!].join()));
  }
  return found;
}
const rowsIn = async (pieces: ReturnType<Part["epoch"]>) => (await batchesOf(pieces)).flat().sort();

describe.each(MODELS)("%s past memory", (_what, model) => {
  test("are the same rows in the same parts, with the same vocabulary, as in memory, in every epoch", async () => {
    for (const more of ["", 'test = TEST("t.csv", COLUMN); split = [0.8, 0.2]'.replace("TEST", model === ALONE ? "text" : "csv").replace(", COLUMN", model === ALONE ? ", column = note" : "")]) {
      const [whole, sharded] = [await opened(model(more) + train()), await opened(model(`${SMALL}; ${more}`) + train())];
      expect(whole.notes.join()).not.toContain("shards");
      expect(sharded.notes.join()).toContain("shards");
      expect(sharded.encoding).toEqual(whole.encoding);
      expect(sharded.shape).toEqual(whole.shape);
      for (const part of ["train", "validation", "test"] as const) {
        expect(sharded[part].rows).toBe(whole[part].rows);
        const rows = await rowsIn(whole[part].all(16));
        expect(await rowsIn(sharded[part].all(16))).toEqual(rows);
        for (const epoch of [1, 2]) expect(await rowsIn(sharded[part].epoch(16, 3, epoch))).toEqual(rows);
      }
    }
  });

  test("come in an order of seed and epoch, in batches of one length and few sizes, mixed within each shard", async () => {
    const { train: part } = await opened(model(SMALL) + train());
    const order = (seed: number, epoch: number) => batchesOf(part.epoch(16, seed, epoch));
    const first = await order(1, 1);
    expect(await order(1, 1)).toEqual(first);
    expect(await order(1, 2)).not.toEqual(first);
    expect(await order(2, 1)).not.toEqual(first);
    const sizes = (pieces: ReturnType<Part["epoch"]>) => pieces.flatMap((p) => p.batches.map((b) => `${p.shape[0]}: ${b.length}`)).sort();
    const own = sizes(part.epoch(16, 1, 1));
    expect(sizes(part.epoch(16, 2, 5))).toEqual(own);
    // Each is a graph of its own to the engine: whole batches, and what is left over of each length in a shard.
    const lengths = new Set(own.map((s) => s.split(":")[0]));
    expect(lengths.size).toBeGreaterThan(2);
    expect(new Set(own).size).toBeLessThanOrEqual(3 * lengths.size);
    for (const piece of part.epoch(16, 1, 1)) {
      const { x, y } = await piece.table();
      expect(4 * (x.length + y.length)).toBeLessThanOrEqual(6 * 1024);
    }
  });

  test("train to the same bits from the cache, and as well as rows in memory; again when the file changes", async () => {
    const [sharded, whole] = [fresh(model(SMALL) + train()), fresh(model() + train())];
    const first = await run({ type: "train", file: sharded.file });
    expect(errorOf(first)).toBeUndefined();
    expect(notesOf(first)).toMatch(/are read from \d+ shards/);
    const [cache] = runs(sharded.folder).filter((f) => f.endsWith(".rows"));
    const [weights] = [readFileSync(sharded.weights)];
    expect(losses(await run({ type: "train", file: sharded.file }))).toEqual(losses(first));
    expect(readSafetensors(readFileSync(sharded.weights)).tensors).toEqual(readSafetensors(weights).tensors);
    expect(runs(sharded.folder).filter((f) => f.endsWith(".rows") || f.endsWith(".tmp"))).toEqual([cache]);
    const inMemory = of(await run({ type: "train", file: whole.file }), "end")[0]!;
    expect(of(first, "end")[0]!.testAccuracy).toBeGreaterThan(inMemory.testAccuracy! - 0.05);
    writeFileSync(join(sharded.folder, "d.csv"), CSV.replace("\nw", "\nunseen w"));
    await run({ type: "train", file: sharded.file, epochs: 1 });
    expect(runs(sharded.folder).filter((f) => f.endsWith(".rows"))).not.toEqual([cache]);
  });

  test("go on after a stop within an epoch with equal bits", async () => {
    const [whole, stopped] = [fresh(model(SMALL) + train()), fresh(model(SMALL) + train())];
    await run({ type: "train", file: whole.file });
    let asked = 0;
    await run({ type: "train", file: stopped.file }, { cancelled: () => ++asked === 40 });
    const rest = await run({ type: "train", file: stopped.file, resume: true });
    expect(of(rest, "start")[0]!.resumed!.step).toBeGreaterThan(0);
    expect(readSafetensors(readFileSync(stopped.weights)).tensors).toEqual(readSafetensors(readFileSync(whole.weights)).tensors);
  });

  test("take folds, an ensemble, metrics and class weights", async () => {
    for (const settings of ["folds = 3", "ensemble = 2; metrics = [auc]; class_weight = balanced"]) {
      const events = await run({ type: "train", file: fresh(model(SMALL) + train(settings)).file, epochs: 1 });
      expect(errorOf(events), settings).toBeUndefined();
      expect(of(events, "end")[0]!.testAccuracy, settings).toBeGreaterThan(0.4);
    }
  });

  test("are predicted in the file's order as rows in memory are, and leave nothing behind", async () => {
    const text = model() + train();
    const { file, folder } = fresh(text);
    await run({ type: "train", file, epochs: 1 });
    const predicted = async () => of(await run({ type: "predict", file, data: join(folder, "d.csv") }), "prediction").map((p) => [p.row, p.value, ...Object.values(p.probabilities!).map((v) => Math.round(1e5 * v))]);
    const whole = await predicted();
    expect(whole).toHaveLength(COUNT);
    writeFileSync(file, model(SMALL) + train());
    expect(await predicted()).toEqual(whole);
    expect(runs(folder).filter((f) => f.includes(".tmp"))).toEqual([]);
  });

  test("an error in a late row is said with its place, and nothing stays on disk", async () => {
    const { file, folder } = fresh(model(SMALL) + train());
    writeFileSync(join(folder, "d.csv"), `${CSV} , ,1,x,good\n`);
    expect(errorOf(await run({ type: "train", file }))).toMatchObject({ code: "data-no-text", line: COUNT + 2, column: 1 });
    expect(existsSync(join(folder, ".nnet/runs")) ? runs(folder) : []).toEqual([]);
  });
});

test("a cache of texts that can't be written is an error with a way out", async () => {
  const folder = folderWith({ "d.csv": CSV, "m.nnet": ALONE(SMALL) + train(), ".nnet": "a file" });
  expect(errorOf(await run({ type: "train", file: join(folder, "m.nnet") }))).toMatchObject({ code: "data-cache", message: expect.stringContaining("give memory a larger number") as string });
});

test("balance is refused as of other shards", async () => {
  const error = errorOf(await run({ type: "train", file: fresh(ALONE(SMALL).replace("[N]", "[16]") + train("balance = oversample")).file }));
  expect(error).toMatchObject({ code: "bad-setting", message: expect.stringContaining("more than memory") as string });
});

const { engine: here } = await engineStatus();
test.runIf(here === "tensorflow")("killed with -9 on the native engine, a run goes on from its shards to the same weights", async () => {
  const text = ALONE(SMALL) + train("checkpoint = every(epochs = 1)");
  const live = async (file: string, resume: boolean, kill: boolean) => {
    const events: TrainerEvent[] = [];
    const { done, pid } = launchTrainer({ type: "train", file, engine: "tensorflow", resume }, (e) => {
      events.push(e);
      if (kill && e.event === "epoch" && e.epoch === 2) process.kill(pid!, "SIGKILL");
    }, { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") });
    await done;
    return events;
  };
  const [whole, killed] = [fresh(text), fresh(text)];
  expect(errorOf(await live(whole.file, false, false))).toBeUndefined();
  await live(killed.file, false, true);
  expect(of(await live(killed.file, true, false), "start")[0]!.resumed).toBeDefined();
  expect(readSafetensors(readFileSync(killed.weights)).tensors).toEqual(readSafetensors(readFileSync(whole.weights)).tensors);
});

test("words come back from a file row by row as they do from memory, also in rows longer than what is read at once", () => {
  const folder = folderWith({});
  const rows = [3, 1, 70_000, 300_000, 2, 600_000, 5].map((n, i) => Array.from({ length: n }, (_, k) => `w${(k * (i + 1)) % 997}`));
  const read = (bytes: number) => {
    const reader = new SentenceReader(new Store(bytes, join(folder, `${bytes}`)));
    for (const row of rows) reader.add(row, { file: "d.csv" });
    return reader.take();
  };
  const [memory, file] = [read(2 ** 30), read(1)];
  expect([memory.codes.kind, file.codes.kind]).toEqual(["memory", "file"]);
  expect(file.words).toEqual(memory.words);
  const own = [...codesByRow(memory)];
  let row = 0;
  for (const codes of codesByRow(file)) {
    expect(codes.length).toBe(rows[row]!.length);
    expect(Buffer.compare(Buffer.from(codes.slice().buffer), Buffer.from(own[row]!.slice().buffer))).toBe(0);
    row++;
  }
  expect(row).toBe(rows.length);
});

test("words that go to disk are counted as exactly as in memory, whatever of them is kept, alone and of several columns", () => {
  const folder = folderWith({});
  fc.assert(fc.property(fc.array(fc.array(fc.constantFrom("a", "b", "é", "z", "\u{1f600}", "aa", "\uffee", "it's", "-", "c", "d0"), { minLength: 1, maxLength: 9 }), { minLength: 2, maxLength: 20 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2, max: 16 }), fc.boolean(), (rows, kept, size, isFile) => {
    const read = (bounds: WordBounds | undefined, some: readonly string[][], name: string) => {
      const reader = new SentenceReader(new Store(isFile && bounds ? 1 : 2 ** 20, join(folder, name)), bounds);
      for (const row of some) reader.add(row, { file: "d.csv" });
      return reader.take();
    };
    const half = rows.map((row) => row.map((w) => (w === "a" ? "z" : w)));
    const [memory, disk] = [undefined, { kept, most: 100 }].map((bounds, i) => [read(bounds, rows, `one${i}`), read(bounds, half, `two${i}`)]);
    const training = Uint8Array.from(rows, (_, i) => (i % 3 === 1 ? 0 : 1));
    for (const columns of [[0], [0, 1]]) expect(fitVocabulary(columns.map((c) => disk![c]!), training, size)).toEqual(fitVocabulary(columns.map((c) => memory![c]!), training, size));
    // And counted by hand.
    const counted = new Map<string, number>();
    for (const [i, row] of rows.entries()) if (training[i]) for (const w of row) counted.set(w, (counted.get(w) ?? 0) + 1);
    expect(fitVocabulary([disk![0]!], training, size)).toEqual([...counted].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, size - 2).map(([w]) => w));
    const words = [...disk![0]!.words];
    expect([...codesByRow(disk![0]!)].map((codes) => [...codes].map((c) => words[c]))).toEqual(rows);
  }), { numRuns: 60 });
  // Of runs nothing stays.
  expect(readdirSync(folder).filter((f) => f.includes("run"))).toEqual([]);
});

test("numbers that single precision has no whole place for are told apart while words go to disk", () => {
  const store = new Store(2 ** 20, join(folderWith({}), "words"));
  const reader = new SentenceReader(store, { kept: 2, most: 9 });
  // As after 2^24 words.
  Object.assign(reader, { given: 2 ** 24 - 1 });
  Object.assign((reader as unknown as { runs: object }).runs, { given: 2 ** 24 - 1 });
  reader.add(["a", "b", "c", "d", "a", "e", "b"], { file: "d.csv" });
  const { words, codes } = reader.take();
  const list = [...words];
  expect([...(codes as { x: Float32Array }).x].map((c) => list[c])).toEqual(["a", "b", "c", "d", "a", "e", "b"]);
});

test("more different words than have a number are an error with its place, in memory and on disk", () => {
  const read = (kept: number) => {
    const reader = new SentenceReader(new Store(1024, join(folderWith({}), "words")), { kept, most: 3 });
    reader.add(["a", "b", "a", "c"], { file: "d.csv", line: 2 });
    reader.add(["a", "d"], { file: "d.csv", line: 3, column: 1 });
    reader.take();
  };
  for (const kept of [10, 2]) expect(() => read(kept)).toThrow(/more than 3 different words/);
});

test("a text whose words go to disk trains as in memory, from shards, and leaves nothing behind", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `"${["fine", "dull"][i % 2]} ${Array.from({ length: 6 }, (_, k) => `w${(i * 7 + k * 13) % 90}`).join(" ")}",${i % 2 ? "b" : "a"}`);
  const text = (vocabulary: number) => `data d { source = text("d.csv", vocabulary = ${vocabulary}); label = y; memory = 1KiB }\nmodel M { input words int [8]\n embedding(${vocabulary}, 4) -> global_avg_pool -> dense(2) -> softmax }\ntrain M on d { epochs = 3; batch = 8; seed = 1 }\n`;
  const trained = async (words: number) => {
    const bounds = Object.assign(WORDS, { kept: words });
    try {
      const folder = folderWith({ "m.nnet": text(40), "d.csv": `review,y\n${rows.join("\n")}\n` });
      const events = await run({ type: "train", file: join(folder, "m.nnet") });
      expect(errorOf(events)).toBeUndefined();
      expect(readdirSync(join(folder, ".nnet/runs")).filter((f) => f.includes("tmp"))).toEqual([]);
      return of(events, "epoch").map((e) => e.loss);
    } finally {
      Object.assign(bounds, { kept: 2 ** 20 });
    }
  };
  expect(await trained(10)).toEqual(await trained(2 ** 20));
});
