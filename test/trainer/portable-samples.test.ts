import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { learningRate, sources } from "../../server/language/index.ts";
import { evaluate, symbolsOf } from "../../server/language/ops/dim.ts";
import { openDataset } from "../../server/trainer/data/open.ts";
import { dresser } from "../../server/trainer/dress.ts";
import type { Engine, Step } from "../../server/trainer/engines/engine.ts";
import { graphEngine } from "../../server/trainer/engines/graph/engine.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { expectedLabels, planOf } from "../../server/trainer/plan.ts";
import { readTarget, type Target } from "../../server/trainer/target.ts";
import { tfOn } from "../kit/tf.ts";
import { folderWith } from "../kit/training.ts";

/** Every train block of samples/ whose data is there, from its own seed: the same losses, whatever computes them. */

const samples = join(import.meta.dirname, "../../samples");
const status = await engineStatus();

const STEPS = 50;
/** Operations of a step's forward passes, above which it takes fewer rows than the block says: plain JavaScript is slow. */
const MOST_OPERATIONS = 1.5e6;

const targets = readdirSync(samples, { recursive: true, encoding: "utf8" })
  // `.nnet` itself is the folder of runs.
  .filter((f) => /(^|[/\\])[^/\\.][^/\\]*\.nnet$/.test(f))
  .sort()
  .flatMap((name) => {
    const file = join(samples, name);
    const trained = [...readFileSync(file, "utf8").matchAll(/^train (\w+)/gm)].map(([, model]) => model!);
    return [...new Set(trained)].map((model) => ({ name, target: readTarget(file, model) }));
  });
const shipped = targets.filter(({ target }) => filesOf(target).every((f) => existsSync(f)));

test("these samples train", () => {
  expect(shipped.map((s) => s.name)).toEqual(expect.arrayContaining(["diabetes.nnet", "digits.nnet", "iris.nnet", "reviews.nnet"]));
});

for (const { name, target } of shipped) {
  const { settings } = target;
  const batch = Math.min(settings.batch, Math.max(1, Math.floor(MOST_OPERATIONS / operationsOf(target))));
  const what = batch < settings.batch ? `${STEPS} steps of ${batch} of its batch's ${settings.batch} rows` : `${STEPS} steps`;

  test(`${name}, ${target.model.name}, ${what}: losses on wasm and in TensorFlow's graph are plain JavaScript's to 1e-4`, async () => {
    const follow = await follower(target, batch);
    const portable = async (backend: "cpu" | "wasm") => tfjsEngine("portable", backend, { tf: await tfOn(backend), versions: {} });
    const expected = await follow(await portable("cpu"));
    const found = [await follow(await portable("wasm"))];
    if (status.engine === "tensorflow") {
      process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
      found.push(await follow(graphEngine("graph", await loadAddon(status.folder!), () => Promise.reject(new Error("the graph can be built")))));
    }
    expect(expected).toHaveLength(STEPS);
    expect(new Set(expected).size).toBeGreaterThan(STEPS / 2);
    for (const [i, losses] of found.entries()) {
      for (const [step, loss] of losses.entries()) {
        const difference = Math.abs(loss - expected[step]!) / Math.max(1, Math.abs(expected[step]!));
        expect(difference, `${["wasm", "graph"][i]}, step ${step}: ${loss} for ${expected[step]}`).toBeLessThanOrEqual(1e-4);
      }
      expect(losses).toHaveLength(STEPS);
    }
  }, 300_000);
}

/** Of a row; of a sentence with 16 words. */
function operationsOf({ model }: Target): number {
  const { flops } = model.totals;
  return evaluate(flops, new Map([...symbolsOf(flops)].map((s) => [s, 16])))!;
}

/** Takes a block's first steps on an engine: everything of `nnet train` but its files. */
async function follower(target: Target, batch: number): Promise<(engine: Engine) => Promise<number[]>> {
  const { file, model, data, settings } = target;
  const dataset = await openDataset({ file, settings: data.settings, expected: expectedLabels(model, settings), seed: settings.seed, folder: folderWith({}) }, target);
  const plan = planOf(model, settings, dataset.labels.map((l) => l.kind));
  const { train } = dataset.prepare(plan.heads);
  const dress = await dresser(settings, plan, train, model);
  return async (engine) => {
    const session = await engine.open(model, plan, { batch, steps: STEPS, measured: false });
    await session.measure(train);
    const losses: number[] = [];
    for (let epoch = 1; losses.length < STEPS; epoch++) {
      const pieces = train.epoch(batch, settings.seed, epoch);
      const total = pieces.reduce((n, p) => n + p.batches.length, 0);
      for (const piece of pieces) {
        const table = await piece.table();
        const steps = piece.batches.slice(0, STEPS - losses.length).map((rows, i): Step => {
          const number = losses.length + i;
          return { number, rows, learningRate: learningRate(settings, number, total, settings.epochs), ...dress(table, rows, number) };
        });
        losses.push(...(await session.train(table, steps)).map((r) => r.loss));
      }
    }
    session.dispose();
    return losses;
  };
}

function filesOf({ file, data: { settings } }: Target): string[] {
  return [settings.source, settings.test].flatMap((source) =>
    source ? Object.entries(sources[source.name]!.params).flatMap(([name, p]) => (p.type.path ? [join(dirname(file), source.args[name] as string)] : [])) : [],
  );
}
