import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { fitLengths, type TextEncoding } from "../../server/trainer/data/text/encoding.ts";
import { wordsOf } from "../../server/formats/words.ts";
import { BACKENDS } from "../kit/tf.ts";
import { prepared, problem, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

const EMBED = { input: "int [N]", end: "embedding(50, 4)\n  global_max_pool\n  dense(2) -> softmax" };

describe("words", () => {
  const cut = (text: string, options: Partial<Parameters<typeof wordsOf>[1]> = {}) => wordsOf(text, { lowercase: true, punctuation: true, ...options });
  test.each([
    ["Good, not great!", ["good", ",", "not", "great", "!"]],
    ["I don't know it’s fine", ["i", "don't", "know", "it’s", "fine"]],
    ["ÉTÉ cafe\u0301 日本 42nd", ["été", "café", "日本", "42nd"]],
    ["  two\tspaces\nhere ", ["two", "spaces", "here"]],
    ["'quoted' (well) :-)", ["'", "quoted", "'", "(", "well", ")", ":", "-", ")"]],
    ["", []],
  ])("%j", (text, expected) => expect(cut(text)).toEqual(expected));

  test("capitals kept, marks left out, where asked for", () => expect(cut("Good, NOT great!", { lowercase: false, punctuation: false })).toEqual(["Good", "NOT", "great"]));
});

test("the lengths that shares of the rows stay within, between what the model needs and the most", () => {
  const starts = Int32Array.from([0, ...Array.from({ length: 100 }, (_, i) => i + 1)].reduce<number[]>((all, n) => [...all, (all.at(-1) ?? 0) + n], []));
  const lengths = (least: number, most: number) => fitLengths([{ starts }], new Uint8Array(100).fill(1), least, most);
  expect(lengths(1, 256)).toEqual([20, 40, 60, 80, 100]);
  expect(lengths(30, 70)).toEqual([30, 40, 60, 70]);
  expect(lengths(5, 5)).toEqual([5]);
});

describe("a text source", () => {
  const files = { "r.csv": 'text,y,part\n"good good, fine",p,train\nbad fine,q,train\ngood unheard,p,test\n' };
  const settings = 'source = text("r.csv")\nlabel = y\nsplit = part';

  test("sentences are padded to a length that a computed size takes", async () => {
    const { encoding } = await prepared({ "r.csv": `text,y\n${Array.from({ length: 40 }, (_, i) => `${"w ".repeat(1 + (i % 9)).trim()},${i % 2 ? "p" : "q"}`).join("\n")}\n` }, 'source = text("r.csv")\nlabel = y', { ...EMBED, input: "int [3 * N]" });
    expect((encoding.text as TextEncoding).lengths.every((n) => n % 3 === 0)).toBe(true);
  });

  test("the vocabulary is the training part's, the most frequent first; 0 pads, 1 is unknown", async () => {
    const { train, test, encoding, shape } = await prepared(files, settings, EMBED);
    expect(encoding.text).toMatchObject({ vocabulary: ["fine", "good", ",", "bad"], lengths: [4] });
    expect(shape).toEqual([4]);
    expect(await rowsOf(train)).toEqual([[3, 3, 4, 2, 0], [5, 2, 0, 0, 1]]);
    expect(await rowsOf(test)).toEqual([[3, 1, 0, 0, 0]]);
  });

  test("no more indices than asked for; words past the length are cut", async () => {
    const { train } = await prepared(files, `source = text("r.csv", vocabulary = 3, length = 2)\nlabel = y\nsplit = part`, EMBED);
    expect(await rowsOf(train)).toEqual([[1, 1, 0], [1, 2, 1]]);
  });

  test("batches are of one length each, every row once, in an order of seed and epoch", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${Array.from({ length: 1 + (i % 30) }, (_, k) => `w${(i * k) % 7}`).join(" ")},${i % 2 ? "p" : "q"}`);
    const { train } = await prepared({ "r.csv": `text,y\n${rows.join("\n")}\n` }, 'source = text("r.csv")\nlabel = y\nsplit = [1, 0, 0]', EMBED);
    const order = async (seed: number, epoch: number) => {
      const pieces = train.epoch(8, seed, epoch);
      const seen = await Promise.all(pieces.map(async (p) => [(await p.table()).shape[0]!, ...p.batches[0]!]));
      expect(pieces.every((p) => p.batches.length === 1)).toBe(true);
      expect(new Set(seen.flatMap(([length, ...rows]) => rows.map((r) => `${length}/${r}`))).size).toBe(120);
      return seen;
    };
    const first = await order(1, 1);
    expect(new Set(first.map(([length]) => length)).size).toBeGreaterThan(3);
    expect(await order(1, 1)).toEqual(first);
    expect(await order(1, 2)).not.toEqual(first);
    expect((await order(2, 2)).length).toBe(first.length);
  });

  test.each([
    ["no words", settings.replace("\nsplit = part", ""), { "r.csv": "text,y\ngood,p\n  ,q\n" }, EMBED, { code: "data-no-text", line: 3, column: 1 }],
    ["which column is text", settings.replace("\nsplit = part", ""), { "r.csv": "a,b,y\nx,y,p\n" }, EMBED, { code: "data-no-column", line: 1 }],
    ["a vocabulary larger than the embedding", settings, files, { ...EMBED, end: EMBED.end.replace("50", "5") }, { code: "data-index" }],
  ])("%s", async (_what, settings, files, options, expected) => expect(await problem(files, settings, options)).toMatchObject(expected));
});

/** Kim 2014, small. */
const MODEL = `model TextCNN(vocab = 200, K = 8, M = 6, classes = 2) {
  input words int [N]
  embedding(vocab, K)
  concat(axis = 1) for h in [3, 4, 5] {
    conv1d(M, kernel = h) -> relu -> k_max_pool(1)
  }
  flatten
  dense(classes) -> softmax
}
`;

test("a run of sentences that was stopped within an epoch goes on to the same weights", async () => {
  const rows = Array.from({ length: 80 }, (_, i) => `${Array.from({ length: 5 + (i % 20) }, (_, k) => `w${(i * k) % 9}`).join(" ")},${i % 2 ? "p" : "q"}`);
  const files = { "r.csv": `text,y\n${rows.join("\n")}\n`, "m.nnet": `data d {\n  source = text("r.csv")\n  label = y\n}\n${MODEL}train TextCNN on d {\n  batch = 8\n  epochs = 3\n}\n` };
  const [whole, parts] = [folderWith(files), folderWith(files)];
  const all = await run({ type: "train", file: join(whole, "m.nnet") });
  let asked = 0;
  expect(of(await run({ type: "train", file: join(parts, "m.nnet") }, { cancelled: () => ++asked > 15 }), "end")[0]!.reason).toBe("cancelled");
  const rest = await run({ type: "train", file: join(parts, "m.nnet"), resume: true });
  expect(of(rest, "start")[0]!.resumed!.step).toBeGreaterThan(0);
  const last = (events: typeof all) => of(events, "end").map(({ testLoss, testAccuracy }) => ({ testLoss, testAccuracy }));
  expect(last(rest)).toEqual(last(all));
  expect(of(rest, "epoch").at(-1)!.loss).toBe(of(all, "epoch").at(-1)!.loss);
});

test.each(BACKENDS)("sentences of any length train a model of symbolic length, and are predicted in their order, on %s", async (backend) => {
  const good = ["fine", "great", "lovely"];
  const bad = ["poor", "dull", "awful"];
  const filler = ["the", "film", "was", "really", "and", "we", "saw", "it", "twice"];
  const rows = Array.from({ length: 160 }, (_, i) => {
    const words = Array.from({ length: 1 + ((i * 7) % 19) }, (_, k) => filler[(i + k * k) % filler.length]!);
    words.splice((i * 3) % (words.length + 1), 0, (i % 2 ? good : bad)[i % 3]!);
    return `"${words.join(" ")}",${i % 2 ? "yes" : "no"}`;
  });
  const folder = folderWith({
    "r.csv": `review,liked\n${rows.join("\n")}\n`,
    "new.csv": `review\n"the film was really and we saw it twice and it was awful"\nlovely\n"so great, unheard of"\n`,
    "m.nnet": `data reviews {\n  source = text("r.csv")\n  label = liked\n}\n${MODEL}train TextCNN on reviews {\n  optimizer = adam(lr = 0.02)\n  batch = 16\n  epochs = 8\n}\n`,
  });
  const file = join(folder, "m.nnet");
  const events = await run({ type: "train", file }, { backend });
  expect(errorOf(events)).toBeUndefined();
  expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThanOrEqual(0.9);
  const text = (JSON.parse(readSafetensors(readFileSync(of(events, "end")[0]!.checkpoint!)).metadata["encoding"]!) as { text: TextEncoding }).text;
  // A kernel of 5 needs five words.
  expect(text.lengths[0]).toBeGreaterThanOrEqual(5);
  const said = await run({ type: "predict", file, data: join(folder, "new.csv") }, { backend });
  expect(of(said, "prediction").map((p) => [p.row, p.value])).toEqual([[1, "no"], [2, "yes"], [3, "yes"]]);
});
