import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { EngineChoice, TrainerEvent } from "../../server/trainer/protocol.ts";
import { blobs, errorOf, folderWith, of, SMALL } from "../kit/training.ts";

/** The bundle, as it is shipped: each test starts it as a process of its own. */
const trainerPath = join(import.meta.dirname, "../../dist/trainer.cjs");
const samples = join(import.meta.dirname, "../../samples");
const { engine: here } = await engineStatus();

const endless = () => folderWith({ "m.nnet": SMALL.replace("epochs = 8", "epochs = 1_000_000"), "d.csv": blobs() });

describe.each(["portable", "tensorflow"] as const)("%s", (engine: EngineChoice) => {
  const there = engine === "portable" || here === "tensorflow";

  test.runIf(there)("a cancel ends the run within a second, and the best weights stay", async () => {
    const folder = endless();
    const events: TrainerEvent[] = [];
    let asked = 0;
    const handle = launchTrainer({ type: "train", file: join(folder, "m.nnet"), engine }, (e) => {
      events.push(e);
      if (e.event !== "epoch" || e.epoch !== 3) return;
      asked = performance.now();
      handle.cancel();
    }, { trainerPath, killAfterMs: 5000 });
    expect(await handle.done).toBe(0);
    expect(performance.now() - asked).toBeLessThan(1000);
    const end = events.at(-1);
    expect(end).toMatchObject({ event: "end", reason: "cancelled", checkpoint: join(folder, ".nnet/runs/Small.safetensors") });
    expect(readSafetensors(readFileSync(join(folder, ".nnet/runs/Small.safetensors"))).tensors.size).toBe(4);
  });

  test.runIf(there)("it ends within 5 s of its parent's end", async () => {
    const folder = endless();
    // A parent that starts the trainer, tells its number and waits to be killed.
    const script = `
      const trainer = require("node:child_process").fork(${JSON.stringify(trainerPath)}, [], { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"] });
      trainer.send({ type: "train", file: ${JSON.stringify(join(folder, "m.nnet"))}, engine: ${JSON.stringify(engine)} });
      trainer.on("message", (e) => e.event === "epoch" && e.epoch === 2 && console.log(trainer.pid));
    `;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    const trainer = Number(String((await once(parent.stdout, "data"))[0]));
    expect(alive(trainer)).toBe(true);
    const killed = performance.now();
    parent.kill("SIGKILL");
    while (alive(trainer) && performance.now() - killed < 10_000) await sleep(50);
    expect(alive(trainer)).toBe(false);
    expect(performance.now() - killed).toBeLessThan(5000);
  });

  // The portable engine takes half a minute for the whole run.
  test.runIf(there)("digits", async () => {
    const folder = folderWith({ "digits.nnet": readFileSync(join(samples, "digits.nnet"), "utf8") });
    cpSync(join(samples, "data"), join(folder, "data"), { recursive: true });
    const events: TrainerEvent[] = [];
    const request = { type: "train", file: join(folder, "digits.nnet"), engine, ...(engine === "portable" && { epochs: 1 }) } as const;
    expect(await launchTrainer(request, (e) => events.push(e), { trainerPath }).done).toBe(0);
    expect(events[0]).toMatchObject({ event: "start", engine, rows: { train: 1437, validation: 180, test: 180 }, params: 13_706 });
    expect(existsSync(join(folder, ".nnet/runs/LeNet.safetensors"))).toBe(true);
    if (engine === "tensorflow") expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThanOrEqual(0.95);
    // Both engines draw the same weights, order and dropout: they must agree on the curve.
    expect(of(events, "epoch")[0]!.loss).toBeCloseTo(2.2145, 3);
  });
});

test("an engine that is not there, and was asked for, is an error with the way out", async () => {
  const folder = endless();
  const events: TrainerEvent[] = [];
  const code = await launchTrainer({ type: "train", file: join(folder, "m.nnet"), engine: "tensorflow" }, (e) => events.push(e), { trainerPath, env: { NNET_CACHE: join(folder, "none"), NNET_ENGINE: "" } }).done;
  expect(code).toBe(1);
  expect(errorOf(events)).toMatchObject({ code: "engine-missing", message: expect.stringContaining("nnet engine install") });
});

test("auto says why it is not the fast one", async () => {
  const folder = folderWith({ "m.nnet": SMALL, "d.csv": blobs() });
  const events: TrainerEvent[] = [];
  await launchTrainer({ type: "train", file: join(folder, "m.nnet"), epochs: 1 }, (e) => events.push(e), { trainerPath, env: { NNET_CACHE: join(folder, "none"), NNET_ENGINE: "" } }).done;
  expect(events[0]).toMatchObject({ event: "start", engine: "portable", engineNote: expect.stringContaining("nnet engine install") });
});

test("started by hand it says that it is not to be", async () => {
  const child = spawn(process.execPath, [trainerPath], { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (d) => (words += d));
  expect((await once(child, "close"))[0]).toBe(1);
  expect(words).toContain("nnet train");
});

test("a request that it does not know is an error", async () => {
  const child = fork(trainerPath, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  child.send({ type: "dance" });
  expect((await once(child, "message"))[0]).toMatchObject({ event: "error", code: "bad-request" });
  expect((await once(child, "close"))[0]).toBe(1);
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Killed, and not yet collected by the system: it does nothing any more.
    return !existsSync(`/proc/${pid}/stat`) || !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
