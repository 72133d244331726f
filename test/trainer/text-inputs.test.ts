import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { analyse } from "../../server/language/index.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { preparedText, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** A text and numbers. */
const BESIDE = `model M {
  input words int [N]
  input size [2]
  let t = words -> embedding(30, 4) -> global_avg_pool
  size -> concat(t) -> dense(6) -> tanh -> dense(2) -> softmax
}
`;
/** Two texts that one embedding reads, and a number. */
const PAIR = `model M {
  input left int [N]
  input right int [M]
  input size [1]
  shared words = embedding(30, 4)
  left -> words -> global_avg_pool as l
  right -> words -> global_avg_pool -> dot(l)
  concat(size) -> dense(1) -> sigmoid
}
`;

const data = (features: string, more = "") => `data d { source = csv("d.csv"); label = y; ${features}; ${more} }\n`;
const train = (settings = "") => `train M on d { optimizer = adam(lr = 0.02); epochs = 3; seed = 2; batch = 8; ${settings} }\n`;
const FIRST = data("features = inputs(size = [a, b], words = text(note))", "normalize = standard") + BESIDE;
const SECOND = data("features = inputs(left = text(note), right = text(reply), size = a)") + PAIR;

/** Sentences of one to eleven words, in which one word tells what the row is. */
function rows(count = 80): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const sentence = (k: number) => `"${["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].slice(0, (i * k) % 11).join(" ")} ${i % 2 ? "yes" : "no"}"`;
    return `${sentence(3)},${Math.sin(i).toFixed(3)},${(5 * Math.cos(3 * i)).toFixed(3)},${sentence(7)},${i % 2 ? "good" : "bad"}`;
  });
  return `note,a,b,reply,y\n${lines.join("\n")}\n`;
}

const fresh = (text: string, csv = rows()) => {
  const folder = folderWith({ "m.nnet": text, "d.csv": csv });
  return { file: join(folder, "m.nnet"), folder, weights: join(folder, ".nnet/runs/M.safetensors") };
};
const losses = (events: readonly TrainerEvent[]) => of(events, "epoch").flatMap((e) => [e.loss, e.valLoss!]);
const { engine: here } = await engineStatus();

describe("text beside other inputs", () => {
  const csv = 'note,a,b,reply,y\n"go go home",1,10,"home now",p\nstay,3,10,no,q\n"go now",5,40,go,p\n';

  test("becomes numbers of words, padded, where its input stands in the row; numbers beside it are normalized", async () => {
    const text = data("features = inputs(size = [a, b], words = text(note))", "normalize = minmax; split = [1, 0, 0]") + BESIDE + train();
    const { train: part, encoding, shape } = await preparedText(fresh(text, csv).file, text);
    expect(encoding.columns!.map((c) => c.name)).toEqual(["note", "a", "b"]);
    // The most frequent first, then by letter, from 2.
    expect(encoding.columns![0]!.text).toMatchObject({ vocabulary: ["go", "home", "now", "stay"], lengths: [4] });
    expect(shape).toEqual([6]);
    expect((await rowsOf(part)).sort((a, b) => a[4]! - b[4]!)).toEqual([[2, 2, 3, 0, 0, 0, 0], [5, 0, 0, 0, 0.5, 0, 1], [2, 4, 0, 0, 1, 1, 0]]);
  });

  test("two texts of one embedding have one vocabulary, of two embeddings each its own; both are padded alike", async () => {
    const one = data("features = inputs(left = text(note), right = text(reply), size = a)", "split = [1, 0, 0]") + PAIR + train();
    const { encoding: shared, shape } = await preparedText(fresh(one, csv).file, one);
    expect(shared.columns![0]!.text!.vocabulary).toEqual(["go", "home", "now", "no", "stay"]);
    expect(shared.columns![1]!.text!.vocabulary).toEqual(shared.columns![0]!.text!.vocabulary);
    expect(shape).toEqual([9]);
    const two = one.replace("right -> words", "right -> embedding(9, 4)");
    const { encoding: apart } = await preparedText(fresh(two, csv).file, two);
    expect(apart.columns!.slice(0, 2).map((c) => c.text!.vocabulary)).toEqual([["go", "home", "now", "stay"], ["go", "home", "no", "now"]]);
  });

  test("rows that are left out take their sentences with them", async () => {
    const gaps = 'note,a,b,reply,y\n"go go home",,10,"home now",p\nstay,3,10,no,q\n"go now",5,,go,p\nwait,6,2,go,p\n"",6,2,go,q\n';
    const text = data("features = inputs(size = [a, b], words = text(note))", "missing = drop; split = [1, 0, 0]") + BESIDE + train();
    const { train: part, notes } = await preparedText(fresh(text, gaps).file, text);
    expect((await rowsOf(part)).sort((a, b) => a[4]! - b[4]!)).toEqual([[2, 0, 0, 0, 3, 10, 1], [3, 0, 0, 0, 6, 2, 0]]);
    expect(notes.join()).toContain("3 rows");
  });

  test("trains with tables of several lengths, and predicts in the file's order", async () => {
    for (const text of [FIRST, SECOND]) {
      const { file, folder } = fresh(text + train("epochs = 12").replace("epochs = 3; ", ""));
      const events = await run({ type: "train", file });
      expect(errorOf(events)).toBeUndefined();
      expect(of(events, "epoch").at(-1)!.loss).toBeLessThan(0.8 * of(events, "epoch")[0]!.loss);
      const predicted = of(await run({ type: "predict", file, data: join(folder, "d.csv") }), "prediction");
      expect(predicted.map((p) => p.row)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      expect(predicted.filter((p, i) => p.value === (i % 2 ? "good" : "bad")).length).toBeGreaterThan(56);
    }
  });

  test("goes on after a stop with equal bits, and takes folds and an ensemble", async () => {
    const [whole, stopped] = [fresh(SECOND + train()), fresh(SECOND + train())];
    await run({ type: "train", file: whole.file });
    let asked = 0;
    await run({ type: "train", file: stopped.file }, { cancelled: () => ++asked === 14 });
    expect(errorOf(await run({ type: "train", file: stopped.file, resume: true }))).toBeUndefined();
    const [a, b] = [whole, stopped].map(({ weights }) => readSafetensors(readFileSync(weights)).tensors);
    expect(b).toEqual(a);
    for (const settings of ["folds = 2", "ensemble = 2"]) expect(of(await run({ type: "train", file: fresh(SECOND + train(settings)).file, epochs: 1 }), "end")[0]!.testLoss).toBeLessThan(2);
  });

  test.runIf(here === "tensorflow")("gives the same losses as one TensorFlow graph", async () => {
    for (const text of [FIRST, SECOND]) {
      const events: TrainerEvent[] = [];
      await launchTrainer({ type: "train", file: fresh(text + train()).file, engine: "tensorflow" }, (e) => events.push(e), { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") }).done;
      expect(errorOf(events)).toBeUndefined();
      const portable = losses(await run({ type: "train", file: fresh(text + train()).file }));
      for (const [i, loss] of losses(events).entries()) expect(Math.abs(loss / portable[i]! - 1)).toBeLessThan(1e-4);
    }
  });
});

describe("is refused, with place and way out", () => {
  const cases: [what: string, text: string, csv: string, code: string, says: string][] = [
    ["an empty text", FIRST, rows().replace(/\n"[^"]*"/, '\n""'), "data-no-text", "column note has no word in this row"],
    ["more words than the embedding has rows", FIRST.replace("embedding(30", "embedding(5"), rows(), "data-index", "write text(note, vocabulary = 5), or embedding(14, …)"],
    ["a text of a computed length beside others", FIRST.replace("int [N]", "int [2 * N]"), rows(), "data-width", "write input words int [N]"],
  ];
  test.each(cases)("%s", async (_what, text, csv, code, says) => {
    const error = errorOf(await run({ type: "train", file: fresh(text + train(), csv).file }));
    expect(error?.code).toBe(code);
    expect(error!.message).toContain(says);
    expect(error!.file).toBeDefined();
  });

  test("a text that flows into an input of numbers, as one types", () => {
    const { findings } = analyse(join(dirname(import.meta.dirname), "m.nnet"), FIRST.replace("words int [N]", "words [8]").replace("words -> embedding(30, 4) -> global_avg_pool", "words -> dense(4)") + train());
    expect(findings.find((f) => f.severity === "error")).toMatchObject({ code: "shape-does-not-fit-data", message: expect.stringContaining("write input words int [N]") as string });
  });
});
