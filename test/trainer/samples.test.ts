import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { folderWith, of } from "../kit/training.ts";

/** The samples beside digits.nnet (process.test.ts), as shipped, whole runs on each engine. */
const trainerPath = join(import.meta.dirname, "../../dist/trainer.cjs");
const { engine: here } = await engineStatus();

async function train(name: string, engine: "portable" | "tensorflow", epochs?: number): Promise<TrainerEvent[]> {
  const folder = folderWith({});
  cpSync(join(import.meta.dirname, "../../samples"), folder, { recursive: true, filter: (f) => !f.endsWith("/.nnet") });
  const events: TrainerEvent[] = [];
  expect(await launchTrainer({ type: "train", file: join(folder, name), engine, ...(epochs !== undefined && { epochs }) }, (e) => events.push(e), { trainerPath }).done).toBe(0);
  return events;
}

describe.each(["portable", "tensorflow"] as const)("%s", (engine) => {
  const there = engine === "portable" || here === "tensorflow";

  test.runIf(there)("iris: words are classes", async () => {
    const events = await train("iris.nnet", engine);
    expect(of(events, "start")[0]).toMatchObject({ rows: { train: 90, validation: 30, test: 30 } });
    expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThanOrEqual(0.9);
  });

  test.runIf(there)("diabetes: a number, explained better than by its mean", async () => {
    const [end] = of(await train("diabetes.nnet", engine), "end");
    // The column's variance is 5,930; linear regression leaves about 2,900 to 3,000.
    expect(end!.testLoss).toBeLessThan(3600);
    expect(end!.testAccuracy).toBeNull();
  });

  test.runIf(there)("wide-deep: three inputs, one of them a category", async () => {
    const events = await train("wide-deep.nnet", engine, engine === "portable" ? 40 : undefined);
    expect(of(events, "end")[0]!.testLoss).toBeLessThan(3800);
  });

  test.runIf(there)("two-outputs: a class and a number from one trunk", async () => {
    const { testOutputs } = of(await train("two-outputs.nnet", engine), "end")[0]!;
    expect(testOutputs!["kind"]!.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(testOutputs!["length"]!.metrics!["r2"]).toBeGreaterThan(0.9);
  });

  test.runIf(there && engine === "tensorflow")("two-towers: which answer is to which question", async () => {
    expect(of(await train("two-towers.nnet", engine), "end")[0]!.testAccuracy).toBeGreaterThanOrEqual(0.95);
  });

  test.runIf(there)("reviews: sentences of any length", async () => {
    const events = await train("reviews.nnet", engine, engine === "portable" ? 3 : undefined);
    expect(of(events, "start")[0]).toMatchObject({ rows: { train: 960, validation: 120, test: 120 } });
    expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThanOrEqual(0.95);
  });
});
