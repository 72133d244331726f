import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadPortable } from "../../server/trainer/engines/portable/load.ts";
import { errorEvent } from "../../server/trainer/errors.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { blobs, folderWith, of, SMALL } from "../kit/training.ts";

const dist = join(import.meta.dirname, "../../dist");

async function train(trainerPath: string): Promise<{ note: string; losses: number[] }> {
  const folder = folderWith({ "m.nnet": SMALL, "d.csv": blobs() });
  const events: TrainerEvent[] = [];
  expect(await launchTrainer({ type: "train", file: join(folder, "m.nnet"), engine: "portable" }, (e) => events.push(e), { trainerPath }).done).toBe(0);
  return { note: of(events, "start")[0]!.engineNote, losses: of(events, "epoch").map((e) => e.loss) };
}

test("the portable engine runs on wasm, and in plain JavaScript where wasm does not start, with the same losses", async () => {
  const alone = folderWith({});
  for (const program of ["trainer.cjs", "training.cjs"]) copyFileSync(join(dist, program), join(alone, program));
  const [wasm, plain] = [await train(join(dist, "trainer.cjs")), await train(join(alone, "trainer.cjs"))];
  expect(wasm.note).toContain("runs on wasm");
  expect(plain.note).toContain("runs on cpu");
  expect(wasm.losses).toHaveLength(8);
  expect(Math.max(...wasm.losses.map((loss, i) => Math.abs(loss - plain.losses[i]!)))).toBeLessThan(1e-5);
});

test("wasm's loader leaves the process' own errors alone, and memory past its bound is an error", async () => {
  const listeners = () => [...process.listeners("uncaughtException"), ...process.listeners("unhandledRejection")];
  const before = listeners();
  const { tf, backend } = await loadPortable();
  expect(backend).toBe("wasm");
  expect(listeners()).toEqual(before);
  let error: unknown;
  try {
    // 2.2 GB twice, with nothing written to them.
    for (let i = 0; i < 2; i++) (tf.backend() as unknown as { makeOutput(shape: number[], dtype: "float32"): unknown }).makeOutput([550_000_000], "float32");
  } catch (e) {
    error = e;
  }
  expect(errorEvent(error)).toMatchObject({ code: "out-of-memory", message: expect.stringContaining("4 GiB") });
  expect(tf.add(1, 2).dataSync()[0]).toBe(3);
});
