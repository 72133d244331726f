import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** Rows of three numbers and a town, whose price hangs on all of them. */
function homes(rows = 60): string {
  const towns = ["Bern", "Thun", "Biel"];
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = [Math.sin(i), Math.cos(3 * i), Math.sin(0.7 * i + 1)].map((v) => v.toFixed(4));
    return `${a},${b},${c},${towns[i % 3]},${i % 4},${(Number(a) - 2 * Number(b) * Number(c) + (i % 3)).toFixed(4)}`;
  });
  return `a,b,c,town,kind,price\n${lines.join("\n")}\n`;
}

const data = (features: string, more = "") => `data d { source = csv("d.csv"); label = price; ${features}; ${more} }\n`;
const train = (settings = "") => `train M on d { loss = mse; optimizer = adam(lr = 0.02); epochs = 3; seed = 2; ${settings} }\n`;

const TWO = `model M {
  input left [2]
  input right [1]
  let l = left -> dense(4) -> tanh
  right -> dense(3) -> tanh -> concat(l) -> dense(1)
}
`;
/** The same, cut by hand. */
const ONE = `model M {
  input row [3]
  let l = row -> slice(axis = 0, start = 0, size = 2) -> dense(4) -> tanh
  row -> slice(axis = 0, start = 2, size = 1) -> dense(3) -> tanh -> concat(l) -> dense(1)
}
`;
const TOWNS = `model M {
  input size [2]
  input town int [1]
  let t = town -> embedding(4, 2) -> flatten
  size -> concat(t) -> dense(4) -> tanh -> dense(1)
}
`;
const BY_TOWN = data("features = inputs(town = town, size = [b, a])", "scale = 1 / 2; normalize = standard");

const fresh = (text: string, csv = homes()) => {
  const folder = folderWith({ "m.nnet": text, "d.csv": csv });
  return { file: join(folder, "m.nnet"), folder, weights: join(folder, ".nnet/runs/M.safetensors") };
};
const losses = (events: readonly TrainerEvent[]) => of(events, "epoch").flatMap((e) => [e.loss, e.valLoss!]);

const { engine: here } = await engineStatus();
async function onTensorflow(text: string): Promise<TrainerEvent[]> {
  const events: TrainerEvent[] = [];
  await launchTrainer({ type: "train", file: fresh(text).file, engine: "tensorflow" }, (e) => events.push(e), { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") }).done;
  return events;
}

describe("several inputs", () => {
  // Written in another order than the model's inputs are.
  const fed = data("features = inputs(right = c, left = [b, a])") + TWO;
  const cut = data("features = [b, a, c]") + ONE;

  test("train as one input does that is cut by hand", async () => {
    const [events, expected] = [await run({ type: "train", file: fresh(fed + train()).file }), await run({ type: "train", file: fresh(cut + train()).file })];
    expect(errorOf(events)).toBeUndefined();
    expect(losses(events)).toEqual(losses(expected));
    expect(of(events, "end")[0]!.testMetrics).toEqual(of(expected, "end")[0]!.testMetrics);
  });

  test.runIf(here === "tensorflow")("give the same losses as one TensorFlow graph", async () => {
    const text = BY_TOWN + TOWNS + train();
    const events = await onTensorflow(text);
    expect(errorOf(events)).toBeUndefined();
    const portable = losses(await run({ type: "train", file: fresh(text).file }));
    for (const [i, loss] of losses(events).entries()) expect(Math.abs(loss / portable[i]! - 1)).toBeLessThan(1e-4);
  });

  test("may share a column, take folds, an ensemble and shards, and are measured", async () => {
    const shared = data("features = inputs(left = [b, a], right = a)", "memory = 1024") + TWO;
    const events = await run({ type: "train", file: fresh(shared + train("batch = 16"), homes(400)).file, measure: 1 });
    expect(errorOf(events)).toBeUndefined();
    expect(of(events, "start")[0]!.notes!.join()).toContain("shards");
    expect(of(events, "measure")[0]!.layers.map((l) => l.name)).toContain("dense_2");
    for (const settings of ["folds = 3", "ensemble = 2"]) {
      const { file } = fresh(BY_TOWN + TOWNS + train(settings));
      expect(of(await run({ type: "train", file }), "end")[0]!.testLoss).toBeLessThan(10);
    }
  });

  test("go on after a stop with equal bits", async () => {
    const text = BY_TOWN + TOWNS + train();
    const [whole, stopped] = [fresh(text), fresh(text)];
    await run({ type: "train", file: whole.file });
    await run({ type: "train", file: stopped.file }, { cancelled: (events) => of(events, "epoch").length === 2 });
    expect(errorOf(await run({ type: "train", file: stopped.file, resume: true }))).toBeUndefined();
    const [a, b] = [whole, stopped].map(({ weights }) => readSafetensors(readFileSync(weights)).tensors);
    expect(b).toEqual(a);
  });

  test("of a category take its number, unscaled; one that training has not seen is 0", async () => {
    const { file, weights } = fresh(BY_TOWN + TOWNS + train("epochs = 1").replace("epochs = 3; ", ""));
    await run({ type: "train", file });
    const encoding = JSON.parse(readSafetensors(readFileSync(weights)).metadata["encoding"]!) as { columns: unknown[]; inputs: number[] };
    expect(encoding.inputs).toEqual([2, 1]);
    expect(encoding.columns).toEqual([{ name: "b" }, { name: "a" }, { name: "town", categories: ["Bern", "Biel", "Thun"], index: true }]);
    const csv = (town: string) => folderWith({ "new.csv": `town,b,a\n${town},0.5,0.25\n` });
    const values = new Map<string, number>();
    for (const town of ["Bern", "Thun", "Chur", "Genf"]) {
      const events = await run({ type: "predict", file, data: join(csv(town), "new.csv") });
      values.set(town, of(events, "prediction")[0]!.value as number);
      if (town === "Chur") expect(of(events, "predicted")[0]!.notes!.join()).toContain("no category");
    }
    expect(values.get("Chur")).toBe(values.get("Genf"));
    expect(new Set(values.values()).size).toBe(3);
  });
});

describe("is refused, with place and way out", () => {
  const cases: [what: string, text: string, code: string, says: string][] = [
    ["more categories than the embedding has", BY_TOWN + TOWNS.replace("embedding(4", "embedding(3") + train(), "data-index", "embedding(4, …)"],
    ["two categories in one input", data("features = inputs(town = [town, kind], size = [b, a])", "categories = [kind]") + TOWNS.replace("[1]", "[2]") + train(), "data-index", "an input and an embedding of its own"],
    ["an index that is none", data("features = inputs(town = b, size = [b, a])") + TOWNS + train(), "data-index", "in column b is no index"],
    ["categories that are too many numbers", data("features = inputs(left = [town], right = a)") + TWO + train(), "data-width", "input left of model M takes [2], and its columns give 3 numbers a row (town=Bern, town=Biel, town=Thun)"],
    ["a size that a table does not vary", data("features = inputs(left = [a, b], right = a)") + TWO.replace("[2]", "[N]").replace("dense(4) -> tanh", "reshape([-1, 1]) -> global_avg_pool") + train(), "data-width", "takes [N]"],
    ["mixup of indices", BY_TOWN + TOWNS + train("augment = [mixup(0.2)]"), "file-has-errors", "takes [2] and tokens [1]"],
    ["the row as the target", data("features = inputs(left = [a, b], right = a)") + TWO + train("target = input"), "file-has-errors", "leave target out"],
  ];
  test.each(cases)("%s", async (_, text, code, says) => {
    const events = await run({ type: "train", file: fresh(text).file });
    expect(errorOf(events)).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(events).toHaveLength(1);
  });
});
