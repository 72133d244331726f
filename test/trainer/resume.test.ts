import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { launchTrainer } from "../../server/trainer/launch.ts";
import type { EngineChoice, FoldEvent, MemberEvent, TrainerEvent } from "../../server/trainer/protocol.ts";
import { blobs, errorOf, folderWith, of, run } from "../kit/training.ts";

/** The bundle, as it is shipped. */
const trainerPath = join(import.meta.dirname, "../../dist/trainer.cjs");
const { engine: here } = await engineStatus();
/** KILLS=100 before a release. */
const KILLS = Number(process.env["KILLS"] ?? 3);

/** Dropout, momentum, batch statistics, a schedule, an odd last batch: everything that a resumed run could lose. */
const text = (epochs: number, more = "") => `data d {
  source = csv("d.csv")
  label = colour
}
model Net {
  input x [2]
  dense(24, bias = false) -> batch_norm -> relu
  dropout(0.3)
  dense(3) -> softmax
}
train Net on d {
  optimizer = adam(lr = 0.01)
  schedule = cosine(warmup = 10)
  batch = 32
  epochs = ${epochs}
  seed = 5
  ${more}
}
`;

interface Life {
  readonly events: readonly TrainerEvent[];
  readonly ended: boolean;
}

/** One process; killed with -9 so long after its start, unless it has ended. */
async function live(folder: string, engine: EngineChoice, resume: boolean, killAfterMs?: number): Promise<Life> {
  const events: TrainerEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const { done, pid } = launchTrainer({ type: "train", file: join(folder, "m.nnet"), engine, resume }, (e) => {
    events.push(e);
    if (e.event === "start" && killAfterMs !== undefined) timer = setTimeout(() => process.kill(pid!, "SIGKILL"), killAfterMs);
  }, { trainerPath });
  await done;
  clearTimeout(timer);
  return { events, ended: of(events, "end").length > 0 };
}

/** What a run leaves: the losses of its epochs as they were told, the score, the weights' bytes. */
function outcome(folder: string, events: readonly TrainerEvent[]) {
  const epochs = new Map(of(events, "epoch").map((e) => [e.epoch, [e.loss, e.accuracy, e.valLoss, e.valAccuracy, e.outputs]]));
  const { testLoss, testAccuracy, reason } = of(events, "end")[0]!;
  return { epochs: [...epochs].sort(([a], [b]) => a - b), testLoss, testAccuracy, reason, weights: readFileSync(join(folder, ".nnet/runs/Net.safetensors")).toString("base64") };
}

describe.each(["tensorflow", "portable"] as const)("%s", (engine) => {
  const there = engine === "portable" || here === "tensorflow";
  const epochs = engine === "tensorflow" ? 60 + 10 * KILLS : 10 + 4 * KILLS;
  const rows = engine === "tensorflow" ? 3000 : 400;

  test.runIf(there)("killed at any moment, it goes on to the same bits", async () => {
    await killed(engine, { "m.nnet": text(epochs, engine === "portable" ? "checkpoint = every(2)" : ""), "d.csv": blobs(rows) });
  }, 60_000 + KILLS * 5000);
});

/** Kills a run again and again and compares what is left with a run that was never interrupted. */
async function killed(engine: EngineChoice, files: Readonly<Record<string, string>>): Promise<void> {
  const whole = folderWith(files);
  const { events } = await live(whole, engine, false);
  const expected = outcome(whole, events);

  const folder = folderWith(files);
  const all: TrainerEvent[] = [];
  const runFile = join(folder, ".nnet/runs/Net.run");
  let kills = 0;
  for (let i = 0; ; i++) {
    const life = await live(folder, engine, existsSync(runFile), kills < KILLS ? 50 + ((i * 7919) % 1300) : undefined);
    all.push(...life.events.filter((e) => e.event !== "error"));
    expect(errorOf(life.events.filter((e) => e.event !== "error" || e.code !== "trainer-crashed"))).toBeUndefined();
    if (life.ended) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(0);
  expect(outcome(folder, all)).toEqual(expected);
  expect(existsSync(runFile)).toBe(false);
}

/** The rows with a sentence of any length, which tells the colour too, and a number that hangs on the features. */
function letters(rows: number): string {
  const [, ...lines] = blobs(rows).trim().split("\n");
  const sentence = (colour: string, i: number): string => [...Array<string>(1 + (i % 9)).fill("so"), `${colour}ish`, `word${i % 7}`].join(" ");
  return `a,b,colour,said,size\n${lines.map((line, i) => `${line},${sentence(line.split(",")[2]!, i)},${(Math.sin(i) - 2 * Math.cos(2.3 * i)).toFixed(4)}`).join("\n")}\n`;
}

const withOutputs = (epochs: number): string => text(epochs, "loss_weight = outputs(size = 0.5); metrics = [f1]").replace("label = colour", "label = outputs(kind = colour, size = size); features = [a, b]").replace("dense(3) -> softmax\n", "identity as trunk\n  trunk -> dense(3) -> softmax as kind\n  trunk -> dense(1) as size\n  output kind, size\n");
const withText = (epochs: number): string => text(epochs).replace("label = colour", "label = colour; features = inputs(x = [a, b], words = text(said))").replace("input x [2]\n  dense", "input x [2]\n  input words int [N]\n  words -> embedding(40, 6) -> global_avg_pool as w\n  x -> concat(w) -> dense");

// Of such models at the size where steps share a session run, and where each length of sentence has a program of its own.
test.runIf(here === "tensorflow").each([["several outputs", withOutputs], ["sentences as one of two inputs", withText]] as const)("%s: killed at any moment, it goes on to the same bits", async (_what, nnet) => {
  await killed("tensorflow", { "m.nnet": nnet(25 + 10 * KILLS), "d.csv": letters(3000) });
}, 60_000 + KILLS * 5000);

test("what a saved state leaves behind was told before it", async () => {
  const folder = folderWith({ "m.nnet": text(20, "checkpoint = every(1)"), "d.csv": blobs() });
  const events: TrainerEvent[] = [];
  const request = { type: "train", file: join(folder, "m.nnet"), engine: "portable", measure: 1 } as const;
  const { done, pid } = launchTrainer(request, (e) => events.push(e), { trainerPath });
  // Killed at the very moment that the state has its name.
  const watching = setInterval(() => {
    if (existsSync(join(folder, ".nnet/runs/Net.run"))) process.kill(pid!, "SIGKILL");
  }, 0);
  await done;
  clearInterval(watching);
  await launchTrainer({ ...request, resume: true }, (e) => events.push(e), { trainerPath }).done;
  expect(of(events, "start")[1]!.resumed!.epoch).toBeGreaterThan(1);
  for (const event of ["epoch", "measure"] as const) expect(new Set(of(events, event).map((e) => e.epoch))).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i + 1)));
});

describe.each([["ensemble = 3", "member"], ["folds = 3", "fold"]] as const)("%s", (settings, which) => {
  const weightsOf = (folder: string) => ["Net", "Net.1", "Net.2", "Net.3"].map((name) => readFileSync(join(folder, `.nnet/runs/${name}.safetensors`)).toString("base64"));
  const files = { "m.nnet": text(5, `${settings}\n  checkpoint = every(1)`), "d.csv": blobs() };
  const numberOf = (e: MemberEvent | FoldEvent) => (e.event === "member" ? e.member : e.fold);
  const ends = (events: readonly TrainerEvent[]) => of(events, "end").map(({ checkpoint: _, ...end }) => JSON.parse(JSON.stringify(end, (key, v: unknown) => (key === "checkpoint" ? undefined : v))) as object);

  test("stopped at any moment, it goes on to the same bits and trains none again that has ended", async () => {
    const whole = folderWith(files);
    const expected = await run({ type: "train", file: join(whole, "m.nnet") });
    const folder = folderWith(files);
    const request = { type: "train", file: join(folder, "m.nnet") } as const;
    const all: TrainerEvent[] = [];
    // In the middle of the second, at the end of it, and while predictions are averaged.
    const moments: ((events: readonly TrainerEvent[]) => boolean)[] = [
      (e) => of(e, "epoch").filter((x) => x[which] === 2).length === 2,
      (e) => of(e, which).some((x) => numberOf(x) === 2),
      (e) => of(e, which).some((x) => numberOf(x) === 3),
    ];
    for (const [i, cancelled] of [...moments, () => false].entries()) {
      const events = await run({ ...request, resume: i > 0 }, { cancelled });
      expect(errorOf(events)).toBeUndefined();
      expect(of(events, "end")[0]!.reason).toBe(i < moments.length ? "cancelled" : "completed");
      if (i === 1) expect(of(events, "start")[0]!.resumed![which]).toBe(2);
      all.push(...events);
    }
    expect(of(all, which).map(numberOf)).toEqual([1, 2, 3]);
    expect(ends(all).at(-1)).toEqual(ends(expected)[0]);
    expect(weightsOf(folder)).toEqual(weightsOf(whole));
    expect(existsSync(join(folder, ".nnet/runs/Net.run"))).toBe(false);
    // Told once each, as in the run that was never stopped; an epoch in which it was stopped is told by the process that ended it.
    const told = (events: readonly TrainerEvent[]) => of(events, "epoch").map((e) => [e[which], e.epoch, e.loss, e.valLoss]);
    expect(told(all)).toEqual(told(expected));
  });

  test.runIf(here === "tensorflow")("killed in the second, it goes on there to the same bits", async () => {
    const [whole, folder] = [folderWith(files), folderWith(files)];
    const expected = await live(whole, "tensorflow", false);
    const { done, pid } = launchTrainer({ type: "train", file: join(folder, "m.nnet"), engine: "tensorflow" }, (e) => {
      if (e.event === "epoch" && e[which] === 2 && e.epoch === 3) process.kill(pid!, "SIGKILL");
    }, { trainerPath });
    await done;
    expect(existsSync(join(folder, ".nnet/runs/Net.3.safetensors"))).toBe(false);
    const { events } = await live(folder, "tensorflow", true);
    expect(of(events, "start")[0]!.resumed).toMatchObject({ [which]: 2 });
    expect(of(events, which).map(numberOf)).toEqual([2, 3]);
    expect(ends(events)).toEqual(ends(expected.events));
    expect(weightsOf(folder)).toEqual(weightsOf(whole));
  });
});

describe("a run that was stopped", () => {
  const folder = async () => {
    const f = folderWith({ "m.nnet": text(8), "d.csv": blobs() });
    await run({ type: "train", file: join(f, "m.nnet") }, { cancelled: (events) => of(events, "epoch").length === 3 });
    return f;
  };

  test("goes on where it was, and says so", async () => {
    const f = await folder();
    const events = await run({ type: "train", file: join(f, "m.nnet"), resume: true });
    expect(of(events, "start")[0]).toMatchObject({ resumed: { epoch: expect.toSatisfy((e: number) => e === 3 || e === 4) } });
    expect(of(events, "end")[0]).toMatchObject({ reason: "completed" });
    expect(errorOf(await run({ type: "train", file: join(f, "m.nnet"), resume: true }))).toMatchObject({ code: "resume-missing" });
  });

  test("is mentioned to one who begins anew", async () => {
    const f = await folder();
    const [start] = of(await run({ type: "train", file: join(f, "m.nnet") }), "start");
    expect(start!.notes).toEqual([expect.stringContaining("--resume")]);
  });

  test.each([
    ["the .nnet file", "m.nnet", text(8, "clip = norm(1.0)"), "the .nnet file has changed"],
    ["the data", "d.csv", blobs(93), "the data file has changed"],
  ])("does not go on with another: %s", async (_what, file, contents, says) => {
    const f = await folder();
    writeFileSync(join(f, file), contents);
    expect(errorOf(await run({ type: "train", file: join(f, "m.nnet"), resume: true }))).toMatchObject({ code: "resume-differs", message: expect.stringContaining(says) });
  });

  test("does not go on where the data changed while it ran: nobody knows which it had read", async () => {
    const f = folderWith({ "m.nnet": text(8), "d.csv": blobs() });
    let changed = false;
    await run({ type: "train", file: join(f, "m.nnet") }, {
      cancelled: (events) => {
        if (!changed && of(events, "start").length > 0) writeFileSync(join(f, "d.csv"), blobs(93));
        changed ||= of(events, "start").length > 0;
        return of(events, "epoch").length === 3;
      },
    });
    expect(errorOf(await run({ type: "train", file: join(f, "m.nnet"), resume: true }))).toMatchObject({ code: "resume-differs", message: expect.stringContaining("the data file has changed") });
  });

  test("goes on from the generation before where the newest was cut short", async () => {
    const f = folderWith({ "m.nnet": text(8, "checkpoint = every(1)"), "d.csv": blobs() });
    await run({ type: "train", file: join(f, "m.nnet") }, { cancelled: (events) => of(events, "epoch").length === 4 });
    const file = join(f, ".nnet/runs/Net.run");
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 10));
    const [start] = of(await run({ type: "train", file: join(f, "m.nnet"), resume: true }), "start");
    expect(start!.resumed!.epoch).toBeGreaterThan(2);
  });
});

/** A run whose weights lie in a file system of 64 KiB; undefined where this user may not mount one. */
async function onSmallDisk() {
  const folder = folderWith({ "m.nnet": text(3), "d.csv": blobs() });
  const out = join(folder, "runs");
  mkdirSync(out);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", out], { stdio: "ignore" }).status !== 0) return undefined;
  onTestFinished(() => void spawnSync("umount", [out]));
  const request = { type: "train", file: join(folder, "m.nnet"), out } as const;
  await run(request);
  const weights = () => readFileSync(join(out, "Net.safetensors"));
  return { out, request, weights, before: weights() };
}

test("a full disk is said, and the weights that were there stay whole", async (context) => {
  const disk = await onSmallDisk();
  if (!disk) return context.skip();
  const { out, request, weights, before } = disk;
  expect(() => writeFileSync(join(out, "filler"), Buffer.alloc(64 * 1024))).toThrow("ENOSPC");
  const events = await run({ ...request, text: text(4) });
  const said = [...of(events, "warning"), ...of(events, "error")];
  expect(said.length).toBeGreaterThan(0);
  for (const e of said) expect(e).toMatchObject({ code: "checkpoint-not-written", message: expect.stringContaining("the disk is full") });
  expect(weights().equals(before)).toBe(true);
});

test("a file system that may only be read is an error before training, and the weights stay", async (context) => {
  const disk = await onSmallDisk();
  if (!disk) return context.skip();
  const { out, request, weights, before } = disk;
  expect(spawnSync("mount", ["-o", "remount,ro", out]).status).toBe(0);
  const events = await run({ ...request, text: text(4) });
  expect(events.map((e) => e.event)).toEqual(["error"]);
  expect(errorOf(events)).toMatchObject({ code: "checkpoint-not-written", message: expect.stringContaining("read") as string });
  expect(weights().equals(before)).toBe(true);
});

test("where the state can't be written, training goes on and says it once", async () => {
  const folder = folderWith({ "m.nnet": text(5, "checkpoint = every(1)"), "d.csv": blobs() });
  // A folder in the way of the state's name.
  mkdirSync(join(folder, ".nnet/runs/Net.run/full"), { recursive: true });
  const events = await run({ type: "train", file: join(folder, "m.nnet") });
  expect(of(events, "warning")).toEqual([expect.objectContaining({ code: "checkpoint-not-written", message: expect.stringContaining("can't be resumed") })]);
  expect(of(events, "end")[0]).toMatchObject({ reason: "completed" });
});
