import { join } from "node:path";
import { expect, test } from "vitest";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** Settings that are rarely written together: each run ends, with the same scores on both engines. */

const towns = ["Bern", "Thun", "Biel"];
const table = `age\ttown\tplan\tspent\tleft\n${Array.from({ length: 150 }, (_, i) => {
  const age = 20 + ((i * 37) % 60);
  return `${age}\t${towns[i % 3]}\t${1 + (i % 2)}\t${i % 23 === 0 ? "" : (Math.sin(i) * 20 + 50).toFixed(2)}\t${(age < 35) !== (i % 3 === 0) ? "yes" : "no"}`;
}).join("\n")}\n`;
const words = ["good fine great film", "bad awful dull film", "rain snow sun film"].map((s) => s.split(" "));
const text = `text,kind\n${Array.from({ length: 90 }, (_, i) => `"${Array.from({ length: 3 + (i % 9) }, (_, k) => words[i % 3]![(i + 2 * k) % 4]).join(" ")}",${"abc"[i % 3]}`).join("\n")}\n`;

const MIXED = (features: number) => `model M {\n  input x [${features}]\n  dense(8) -> relu -> dropout(0.1) -> dense(2) -> softmax\n}\n`;
const cases: Readonly<Record<string, string>> = {
  "an ensemble of weighted classes, mixed and noisy, in one cycle, that stops early": `data d { source = tsv("d.tsv"); label = left; missing = mean; categories = [plan]; normalize = standard }
${MIXED(7)}train M on d { ensemble = 2; early_stop = patience(1); class_weight = balanced; augment = [noise(0.05), mixup(0.2)]; schedule = one_cycle; metrics = [auc, f1, top_k(1)]; epochs = 3; batch = 17 }`,
  "folds of balanced classes, smoothed and clipped, on a plateau": `data d { source = tsv("d.tsv"); label = left; missing = drop; normalize = minmax }
${MIXED(6)}train M on d { folds = 2; balance = oversample; loss = cross_entropy(label_smoothing = 0.1); optimizer = sgd(lr = 0.05, momentum = 0.9, nesterov = true); clip = norm(1); schedule = plateau; augment = [swap_noise(0.1)]; metrics = [auc, recall]; epochs = 3 }`,
  "folds in shards of weighted classes, with a test source of its own": `data d { source = tsv("d.tsv"); test = tsv("d.tsv"); label = left; missing = mean; memory = 2048; normalize = standard }
${MIXED(6)}train M on d { folds = 2; class_weight = balanced; augment = [mixup(0.2)]; metrics = [auc]; epochs = 2; batch = 16 }`,
  "folds of sentences of three classes, with words lost and swapped": `data d { source = text("t.csv", column = text); label = kind }
model M {\n  input words int [N]\n  embedding(40, 6) -> conv1d(6, 3) -> relu -> global_max_pool\n  dense(3) -> softmax\n}
train M on d { folds = 2; class_weight = [1, 2, 1]; augment = [random_delete(0.1), random_swap(0.1), random_mask(0.1)]; early_stop = patience(1); metrics = [top_k(1), f1]; epochs = 3; optimizer = adam(lr = 0.01) }`,
};

const { engine: here } = await engineStatus();
const fresh = (nnet: string) => join(folderWith({ "m.nnet": nnet, "d.tsv": table, "t.csv": text }), "m.nnet");

test.each(Object.entries(cases))("%s", async (_, nnet) => {
  const events = await run({ type: "train", file: fresh(nnet), measure: 0 });
  expect(errorOf(events)).toBeUndefined();
  const end = of(events, "end")[0]!;
  expect(end.testLoss).toBeGreaterThan(0);
  expect(Object.values(end.testMetrics!).every((v) => v >= 0 && v <= 1)).toBe(true);
  expect((end.ensemble?.members ?? end.folds!.folds).length).toBe(2);
  if (here !== "tensorflow") return;

  const compiled: TrainerEvent[] = [];
  await launchTrainer({ type: "train", file: fresh(nnet), engine: "tensorflow", measure: 0 }, (e) => compiled.push(e), { trainerPath: join(import.meta.dirname, "../../dist/trainer.cjs") }).done;
  expect(errorOf(compiled)).toBeUndefined();
  const other = of(compiled, "end")[0]!;
  expect(Math.abs(other.testLoss! / end.testLoss! - 1)).toBeLessThan(1e-4);
  expect(other.testAccuracy).toBeCloseTo(end.testAccuracy!, 2);
});
