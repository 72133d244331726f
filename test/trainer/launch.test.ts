import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type LaunchOptions, launchTrainer, type TrainerHandle } from "../../server/trainer/launch.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";

const folder = mkdtempSync(join(tmpdir(), "nnet-launch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = `{ event: "start", model: "M", engine: "portable", engineNote: "", versions: {}, rows: { train: 1, validation: 1, test: 1 }, params: 1, epochs: 2, batch: 1, seed: 0, checkpoint: "/runs/best.safetensors" }`;
const EPOCH = `{ event: "epoch", epoch: 1, loss: NaN, accuracy: null, valLoss: null, valAccuracy: null, examplesPerSecond: 1, best: true }`;
const END = `{ event: "end", reason: "completed", testLoss: 1, testAccuracy: null, checkpoint: null }`;

let count = 0;
/** Runs a stand-in for the trainer whose answer to the request is `script`. */
function launch(script: string, options: LaunchOptions = {}, onEvent: (event: TrainerEvent, handle: () => TrainerHandle) => void = () => undefined): { events: TrainerEvent[]; handle: TrainerHandle } {
  const trainerPath = join(folder, `${count++}.cjs`);
  writeFileSync(trainerPath, `process.on("disconnect", () => process.exit()); const send = (e) => process.send(e); process.once("message", (request) => { ${script} });`);
  const events: TrainerEvent[] = [];
  const handle: TrainerHandle = launchTrainer({ type: "train", file: "/m.nnet" }, (event) => {
    events.push(event);
    onEvent(event, () => handle);
  }, { trainerPath, ...options });
  return { events, handle };
}

test("passes the request and the events, NaN included", async () => {
  const { events, handle } = launch(`send({ ...${START}, model: request.file }); send(${EPOCH}); send(${END}); process.disconnect();`);
  expect(await handle.done).toBe(0);
  expect(events.map((e) => e.event)).toEqual(["start", "epoch", "end"]);
  expect(events[0]).toMatchObject({ model: "/m.nnet" });
  expect(events[1]).toMatchObject({ loss: NaN });
});

test("cancel asks first", async () => {
  const { events, handle } = launch(
    `send(${START}); process.on("message", (m) => { send({ ...${END}, reason: m.type }); process.disconnect(); });`, {},
    (event, handle) => event.event === "start" && handle().cancel(),
  );
  expect(await handle.done).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: "end", reason: "cancel" });
});

test("a trainer that does not listen is killed, and the best weights are named", async () => {
  const { events, handle } = launch(`send(${START}); send(${EPOCH}); setInterval(() => {}, 1000);`, { killAfterMs: 100 }, (event, handle) => event.event === "epoch" && handle().cancel());
  expect(await handle.done).toBe(null);
  expect(events.at(-1)).toEqual({ event: "end", reason: "cancelled", testLoss: null, testAccuracy: null, checkpoint: "/runs/best.safetensors" });
});

test("without a best epoch no weights are named", async () => {
  const { events, handle } = launch(`send(${START}); for (;;);`, { killAfterMs: 100 }, (event, handle) => event.event === "start" && handle().cancel());
  await handle.done;
  expect(events.at(-1)).toMatchObject({ event: "end", reason: "cancelled", checkpoint: null });
});

test("a crash becomes an error with the last lines of stderr", async () => {
  const { events, handle } = launch(`send(${START}); console.error("first"); console.error("no memory"); process.exitCode = 7; process.disconnect();`);
  expect(await handle.done).toBe(7);
  expect(events).toHaveLength(2);
  expect(events[1]).toMatchObject({ event: "error", code: "trainer-crashed", message: expect.stringMatching(/exit code 7[^]*no memory/) });
});

test("a signal is named", async () => {
  const { events, handle } = launch(`process.kill(process.pid, "SIGKILL");`);
  expect(await handle.done).toBe(null);
  expect(events).toMatchObject([{ event: "error", code: "trainer-crashed", message: expect.stringContaining("SIGKILL") }]);
});

test("a missing trainer is an error, not a throw", async () => {
  const { events, handle } = launch("", { trainerPath: join(folder, "none.cjs") });
  expect(await handle.done).toBe(1);
  expect(events).toMatchObject([{ event: "error", code: "trainer-crashed" }]);
});
