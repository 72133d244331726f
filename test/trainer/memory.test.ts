import { expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { chooseEngine, type Work } from "../../server/trainer/engines/choose.ts";
import { errorEvent } from "../../server/trainer/errors.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import type { EngineChoice, TrainerEvent } from "../../server/trainer/protocol.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { runTraining } from "../../server/trainer/run.ts";
import { tfOn } from "../kit/tf.ts";
import { errorOf, folderWith, of, run, SMALL, blobs } from "../kit/training.ts";
import { join } from "node:path";

const { engine: here } = await engineStatus();
const wide = SMALL.replace("dense(8)", "dense(4_000)").replace("epochs = 8", "batch = 4096\n  epochs = 1");

test("a batch that memory does not hold is refused before the first step, with one that fits", async () => {
  const folder = folderWith({ "m.nnet": wide, "d.csv": blobs(5000) });
  const file = join(folder, "m.nnet");
  const memory = () => 1.8e8;
  const events = await run({ type: "train", file }, { memory });
  const error = errorOf(events)!;
  expect(error).toMatchObject({ code: "out-of-memory" });
  expect(error.message).toMatch(/about \d+\.\d GB of memory, and 0\.2 GB are free: .* for each of the batch's 4000 rows\. batch = (\d+) fits\.$/);
  expect(of(events, "start")).toEqual([]);
  const fits = Number(/batch = (\d+) fits/.exec(error.message)![1]);
  const smaller = folderWith({ "m.nnet": wide.replace("batch = 4096", `batch = ${fits}`), "d.csv": blobs(5000) });
  let asked = 0;
  const again = await run({ type: "train", file: join(smaller, "m.nnet") }, { memory: () => (asked++, memory()), cancelled: () => true });
  expect(errorOf(again)).toBeUndefined();
  expect(asked).toBe(1);
});

test.runIf(here === "tensorflow")("the same before a graph is run: it trains with the batch that is named, and not with twice that", async () => {
  const go = async (batch: number): Promise<TrainerEvent[]> => {
    const folder = folderWith({ "m.nnet": wide.replace("batch = 4096", `batch = ${batch}`), "d.csv": blobs(5000) });
    const events: TrainerEvent[] = [];
    const surroundings = { emit: (e: TrainerEvent) => void events.push(e), cancelled: () => of(events, "start").length > 0, memory: () => 3.2e8, engine: (_: EngineChoice, work: Work) => chooseEngine("tensorflow", work) };
    await runTraining({ type: "train", file: join(folder, "m.nnet") }, surroundings).catch((e: unknown) => events.push(errorEvent(e)));
    return events;
  };
  const error = errorOf(await go(4000))!;
  expect(error).toMatchObject({ code: "out-of-memory" });
  const fits = Number(/batch = (\d+) fits/.exec(error.message)![1]);
  expect(fits).toBeGreaterThan(100);
  expect(of(await go(fits), "start")).toHaveLength(1);
  expect(errorOf(await go(2 * fits))).toMatchObject({ code: "out-of-memory" });
});

test("what a row of a step takes on wasm is measured: a batch fills as much of its memory as was said", async () => {
  const tf = await tfOn("wasm");
  const held = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  // Pooling there keeps many times what a compiled graph would.
  const text = 'data d {\n  source = csv("d.csv")\n  label = y\n}\nmodel M {\n  input x [16, 16, 1]\n  conv2d(16, 3, padding = same) -> relu -> max_pool2d(2)\n  dropout(0.2)\n  flatten\n  dense(3) -> softmax\n}\ntrain M on d {\n  loss = cross_entropy\n}\n';
  const { models, trains } = analyse("/m.nnet", text);
  const { model } = models[0]!;
  const session = await tfjsEngine("portable", "", { tf, versions: {} }).open(model, planOf(model, trains[0]!.settings!, ["class"]));
  const state = await session.state();
  const [row, rows] = [await session.rowBytes!([16, 16, 1]), 1024];
  expect(await session.state()).toEqual(state);
  const before = held();
  const table = { rows, shape: [16, 16, 1], x: new Float32Array(rows * 256).fill(0.5), y: new Float32Array(rows) };
  await session.train(table, [{ number: 0, rows: Int32Array.from({ length: rows }, (_, i) => i), learningRate: 0 }]);
  const taken = (held() - before) / (rows * row);
  session.dispose();
  // Its memory grows in pieces of up to a fifth.
  expect(taken).toBeGreaterThan(0.7);
  expect(taken).toBeLessThan(1.4);
});

test("where the weights alone are too many, no batch is named", async () => {
  const folder = folderWith({ "m.nnet": wide, "d.csv": blobs() });
  expect(errorOf(await run({ type: "train", file: join(folder, "m.nnet") }, { memory: () => 1e8 }))!.message).toMatch(/weights, optimizer and data alone take .* A smaller model, sgd in place of adam, or fewer rows, need less\./);
});
