import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { blobs, errorOf, folderWith, of, run, SMALL } from "../kit/training.ts";
import { BACKENDS } from "../kit/tf.ts";

const small = (change: (nnet: string) => string = (s) => s, csv = blobs()) => {
  const folder = folderWith({ "m.nnet": change(SMALL), "d.csv": csv });
  return { folder, file: join(folder, "m.nnet"), weights: join(folder, ".nnet/runs/Small.safetensors") };
};

describe("a run", () => {
  test.each(BACKENDS)("learns, and says so, on %s", async (backend) => {
    const { file, weights } = small((s) => s.replace("epochs = 8", "epochs = 30"));
    const events = await run({ type: "train", file }, { backend });
    expect(events[0]).toMatchObject({ event: "start", model: "Small", rows: { train: 72, validation: 9, test: 9 }, params: 51, epochs: 30, batch: 32, seed: 3, checkpoint: weights });
    const epochs = of(events, "epoch");
    expect(epochs.map((e) => e.epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    expect(epochs.every((e) => e.examplesPerSecond > 0)).toBe(true);
    const best = Math.min(...epochs.map((e) => e.valLoss!));
    expect(epochs.findLast((e) => e.best)!.valLoss).toBe(best);
    expect(events.at(-1)).toMatchObject({ event: "end", reason: "completed", checkpoint: weights });
    expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThan(0.8);
  });

  test("is the same bit for bit with the same seed, and another with another", async () => {
    const numbers = async (seed: number) => {
      const { file, weights } = small((s) => s.replace("seed = 3", `seed = ${seed}`));
      const events = await run({ type: "train", file });
      return { losses: of(events, "epoch").map((e) => [e.loss, e.valLoss, e.accuracy]), bytes: [...readSafetensors(readFileSync(weights)).tensors.values()].map((t) => [...t.data]) };
    };
    const first = await numbers(3);
    expect(await numbers(3)).toEqual(first);
    expect((await numbers(4)).losses).not.toEqual(first.losses);
  });

  test("keeps the weights of the best epoch, with where they come from", async () => {
    const { file, weights } = small();
    const events = await run({ type: "train", file });
    const { metadata, tensors } = readSafetensors(readFileSync(weights));
    expect({ ...metadata }).toMatchObject({
      nnet_sha256: createHash("sha256").update(readFileSync(file)).digest("hex"), seed: "3", model: "Small", label: "colour",
      epoch: String(of(events, "epoch").findLast((e) => e.best)!.epoch), classes: '["blue","green","red"]', features: '["a","b"]', shape: "[2]", scale: "1",
    });
    expect([...tensors].map(([name, t]) => [name, t.shape])).toEqual([["dense_1/kernel", [2, 8]], ["dense_1/bias", [8]], ["dense_2/kernel", [8, 3]], ["dense_2/bias", [3]]]);
  });

  test("leaks no tensors from step to step", async () => {
    const tf = await import("@tensorflow/tfjs-core");
    const { file } = small((s) => s.replace("dropout(0.2)", "batch_norm").replace("adam(lr = 0.02)", "adamw\n  clip = norm(1)"));
    const counts: number[] = [];
    await run({ type: "train", file }, { cancelled: () => (counts.push(tf.memory().numTensors), false) });
    expect(new Set(counts.slice(1, 15)).size).toBe(1);
  });

  test("stops early", async () => {
    const { file } = small((s) => s.replace("epochs = 8", "epochs = 500\n  early_stop = patience(2)").replace("lr = 0.02", "lr = 0.5"));
    const events = await run({ type: "train", file });
    const epochs = of(events, "epoch");
    expect(events.at(-1)).toMatchObject({ reason: "early_stop" });
    expect(epochs.length - epochs.findLast((e) => e.best)!.epoch).toBe(2);
  });

  test("that stops early ends with the weights of its best epoch: their own predictions give the scores at the end", async () => {
    const rows = blobs().split("\n");
    const marked = rows.map((r, i) => (i === 0 ? `${r},part` : r === "" ? r : `${r},${["train", "validation", "test"][i % 5 < 3 ? 0 : (i % 5) - 2]}`));
    const { folder, file, weights } = small((s) => s.replace("label = colour", "label = colour\n  split = part").replace("epochs = 8", "epochs = 500\n  early_stop = patience(3)").replace("lr = 0.02", "lr = 0.5"), marked.join("\n"));
    const events = await run({ type: "train", file });
    const epochs = of(events, "epoch");
    const best = epochs.findLast((e) => e.best)!;
    expect([of(events, "end")[0]!.reason, epochs.length - best.epoch]).toEqual(["early_stop", 3]);
    expect(epochs.at(-1)!.valLoss).toBeGreaterThan(best.valLoss!);
    const scored = async (part: string) => {
      const own = rows.slice(1).filter((_, i) => marked[i + 1]!.endsWith(part));
      writeFileSync(join(folder, `${part}.csv`), [rows[0], ...own].join("\n"));
      const said = of(await run({ type: "predict", file, data: join(folder, `${part}.csv`), weights }), "prediction");
      const right = own.map((r) => ["blue", "green", "red"].indexOf(r.split(",")[2]!));
      return -said.reduce((sum, p, i) => sum + Math.log(p.probabilities![right[i]!]!), 0) / own.length;
    };
    expect(await scored("validation")).toBeCloseTo(best.valLoss!, 5);
    expect(await scored("test")).toBeCloseTo(of(events, "end")[0]!.testLoss!, 5);
  });

  test("that is cancelled keeps the best weights so far", async () => {
    const { file, weights } = small((s) => s.replace("epochs = 8", "epochs = 1_000"));
    const events = await run({ type: "train", file }, { cancelled: (e) => of(e, "epoch").length >= 2 });
    expect(events.at(-1)).toEqual({ event: "end", reason: "cancelled", testLoss: null, testAccuracy: null, checkpoint: weights });
    expect(readSafetensors(readFileSync(weights)).tensors.size).toBe(4);
  });

  test("that is cancelled in its first epoch has written none", async () => {
    const { file, weights } = small();
    const events = await run({ type: "train", file }, { cancelled: () => true });
    expect(events.at(-1)).toMatchObject({ reason: "cancelled", checkpoint: null });
    expect(existsSync(weights)).toBe(false);
  });

  test("of numbers has no accuracy", async () => {
    const csv = `a,b,colour\n${Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(i)},${2 * Math.sin(i) - Math.cos(i) + 0.5}`).join("\n")}`;
    const { file } = small((s) => s.replace("dense(3) -> softmax", "dense(1)").replace("dropout(0.2)", "").replace("epochs = 8", "epochs = 60"), csv);
    const events = await run({ type: "train", file });
    expect(of(events, "epoch").at(-1)).toMatchObject({ accuracy: null, valAccuracy: null });
    expect(of(events, "end")[0]!.testLoss).toBeLessThan(0.1);
    expect(of(events, "end")[0]!.testAccuracy).toBeNull();
  });

  test("of two classes with one sigmoid unit", async () => {
    const csv = blobs(90).replaceAll("blue", "red");
    const { file } = small((s) => s.replace("dense(3) -> softmax", "dense(1) -> sigmoid").replace("epochs = 8", "epochs = 40"), csv);
    const events = await run({ type: "train", file });
    expect(errorOf(events)).toBeUndefined();
    expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThan(0.8);
  });

  test("measures normalization on the training rows", async () => {
    const { file, weights } = small((s) => s.replace("dense(8)", "normalization -> dense(8)"));
    expect(errorOf(await run({ type: "train", file }))).toBeUndefined();
    const { tensors } = readSafetensors(readFileSync(weights));
    expect(Math.abs(tensors.get("normalization_1/mean")!.data[0]! - 1)).toBeLessThan(0.3);
    expect(tensors.get("normalization_1/variance")!.data[0]!).toBeGreaterThan(1);
  });
});

describe("is refused before any training", () => {
  const cases: [what: string, change: (s: string) => string, csv: string | undefined, code: string, says: string, place: object][] = [
    ["a word among the features", (s) => s, "a,b,colour\n1,2,red\n1,x,red\n", "data-not-numeric", '"x"', { line: 3, column: 2 }],
    ["another number of columns", (s) => s.replace("label = colour", "label = colour\n  shape = [3]").replace("input x [2]", "input x [3]"), blobs(), "data-width", "which is 3 numbers a row, and the file has 2", { line: 1 }],
    ["a shape that is not the model's", (s) => s.replace("input x [2]", "input x [1, 2]").replace("dense(8)", "flatten -> dense(8)"), blobs(), "data-width", "write shape = [1, 2] in data d", {}],
    ["a sequence of any length", (s) => s.replace("input x [2]", "input x [N, 1]").replace("dense(8)", "global_avg_pool -> dense(8)"), blobs(), "data-width", "write shape = [2, 1] in data d", { line: 1 }],
    ["rows that are too short for a kernel", (s) => s.replace("label = colour", "label = colour\n  shape = [2, 1]").replace("input x [2]", "input x [N, 1]").replace("dense(8)", "conv1d(4, 3) -> global_avg_pool -> dense(8)"), blobs(), "data-width", "conv1d needs N ≥ 3, and rows of data d give N = 2", { line: 8 }],
    ["more columns than the model takes", (s) => s.replace("input x [2]", "input x [1]"), blobs(), "data-width", "change input to [2]", { line: 1, column: 2 }],
    ["too many classes", (s) => s.replace("dense(3)", "dense(2)"), blobs(), "data-classes", "3 classes (blue, green, red)", { line: 1, column: 3 }],
    ["too few classes", (s) => s.replace("dense(3)", "dense(4)"), blobs(), "data-classes", "4 outputs", {}],
    ["three classes for one unit", (s) => s.replace("dense(3) -> softmax", "dense(1) -> sigmoid"), blobs(), "data-classes", "dense(3) -> softmax", {}],
    ["numbers for a classifier", (s) => s, "a,b,colour\n1,2,0.5\n1,2,1.5\n1,3,2.5\n", "data-classes", "0.5", {}],
    ["numbers for three outputs", (s) => s.replace(" -> softmax", "").replace("optimizer", "loss = mse\n  optimizer"), "a,b,colour\n1,2,0.5\n", "data-classes", "dense(1)", {}],
    ["indices that are none", (s) => s.replace("input x [2]", "input x int [2]").replace("dense(8)", "embedding(5, 4) -> flatten -> dense(8)"), "a,b,colour\n1,2,red\n1,7,green\n1,1,blue\n", "data-index", "7 in column b", { line: 3, column: 2 }],
    ["an error in the model", (s) => s.replace("dense(8)", "dens(8)"), blobs(), "file-has-errors", "dens", { line: 7 }],
    ["no file of data", (s) => s, undefined, "data-missing", "d.csv", {}],
    ["no train block", (s) => s.slice(0, s.indexOf("train Small")), blobs(), "train-not-found", "no train block", {}],
    ["a model that gives rows of rows", (s) => s.replace("dense(8)", "reshape([2, 1]) -> dense(8)"), blobs(), "file-has-errors", "gives [2, 3] for each row", { line: 9 }],
    ["a model without weights", (s) => s.replace("dense(8) -> tanh as hidden", "relu").replace("dense(3) -> softmax", "softmax"), "a,b,colour\n1,2,red\n1,2,green\n", "file-has-errors", "none of its layers has weights", { line: 9 }],
    ["a model with two inputs", (s) => s.replace("input x [2]", "input x [2]\n  input z [2]\n  x -> add(z)"), blobs(), "file-has-errors", "input-not-fed", { line: 13, column: 16 }],
  ];
  for (const [what, change, csv, code, says, place] of cases) {
    test(what, async () => {
      const folder = folderWith({ "m.nnet": change(SMALL), ...(csv !== undefined && { "d.csv": csv }) });
      const events = await run({ type: "train", file: join(folder, "m.nnet") });
      expect(events.map((e) => e.event)).toEqual(["error"]);
      expect(errorOf(events)).toMatchObject({ code, ...place });
      expect(errorOf(events)!.message).toContain(says);
    });
  }

  test("an unknown model, with the nearest name; several, with none chosen", async () => {
    const { file } = small((s) => `${s}\nmodel Other { input x [2]; dense(3) -> softmax }\ntrain Other on d { epochs = 1 }\n`);
    expect(errorOf(await run({ type: "train", file }))).toMatchObject({ code: "train-ambiguous", message: expect.stringContaining("Small, Other") });
    expect(errorOf(await run({ type: "train", file, model: "Smal" }))).toMatchObject({ code: "train-not-found", message: expect.stringContaining("did you mean Small?") });
    expect(of(await run({ type: "train", file, model: "Other" }), "end")).toHaveLength(1);
  });

  test("two blocks of one name; each of two names is trained, and keeps weights of its own", async () => {
    const twice = small((s) => `${s}train Small on d { epochs = 1 }\n`);
    expect(errorOf(await run({ type: "train", file: twice.file }))).toMatchObject({ code: "train-ambiguous", message: expect.stringContaining("train Small on … as Small2") });
    const { file, folder, weights } = small((s) => `${s}train Small on d as quick { epochs = 1 }\n`);
    expect(errorOf(await run({ type: "train", file }))).toMatchObject({ code: "train-ambiguous", message: expect.stringContaining("Small, quick") });
    const events = await run({ type: "train", file, model: "quick" });
    expect(of(events, "start")[0]).toMatchObject({ model: "Small", run: "quick", epochs: 1, checkpoint: join(folder, ".nnet/runs/quick.safetensors") });
    expect(existsSync(weights)).toBe(false);
    expect(of(await run({ type: "train", file, model: "Small" }), "start")[0]).toMatchObject({ epochs: 8, checkpoint: weights });
    writeFileSync(join(folder, "new.csv"), "a,b\n3,0\n");
    const [quick, whole] = [await run({ type: "predict", file, model: "quick", data: join(folder, "new.csv") }), await run({ type: "predict", file, model: "Small", data: join(folder, "new.csv") })];
    expect(of(quick, "prediction")[0]!.probabilities).not.toEqual(of(whole, "prediction")[0]!.probabilities);
  });

  test("a name that only a block of that model has", async () => {
    const { file } = small((s) => s.replace("train Small on d", "train Small on d as quick"));
    expect(of(await run({ type: "train", file, model: "Small", epochs: 1 }), "start")[0]).toMatchObject({ run: "quick" });
  });

  test("nothing, where the error is in a model that is not trained", async () => {
    const { file } = small((s) => `${s}\nmodel Other { input x [2]; dens(3) }\n`);
    expect(errorOf(await run({ type: "train", file }))).toBeUndefined();
  });
});

describe("a loss that is no number", () => {
  test("names layer, step and line", async () => {
    const { file, weights } = small((s) => s.replace("adam(lr = 0.02)", "sgd(lr = 1e30)").replace(" -> tanh", " -> relu"));
    const events = await run({ type: "train", file });
    const error = errorOf(events)!;
    expect(error).toMatchObject({ code: "non-finite", file });
    expect(error.message).toMatch(/at step [23] \(epoch 1\): (layer \w+ is the first whose output|the weights of layer \w+ are)/);
    expect([7, 9]).toContain(error.line);
    expect(existsSync(weights)).toBe(false);
  });

  test("may come from the rows", async () => {
    const { file } = small((s) => s.replace("label = colour", "label = colour\n  scale = 1e39"));
    expect(errorOf(await run({ type: "train", file }))).toMatchObject({ code: "non-finite", line: 7, message: expect.stringContaining("rows that flow into x") });
  });
});

describe("a checkpoint", () => {
  const asRoot = process.getuid?.() === 0;

  test("that cannot be written is an error before training", async () => {
    const { folder, file } = small();
    writeFileSync(join(folder, "runs"), "a file, not a folder");
    const events = await run({ type: "train", file, out: "runs" });
    expect(events.map((e) => e.event)).toEqual(["error"]);
    expect(errorOf(events)).toMatchObject({ code: "checkpoint-not-written" });
  });

  test.skipIf(asRoot)("in a folder that may not be written to stays as it was", async () => {
    const { file, weights } = small();
    await run({ type: "train", file });
    const before = readFileSync(weights);
    chmodSync(join(weights, ".."), 0o555);
    expect(errorOf(await run({ type: "train", file, epochs: 1 }))).toMatchObject({ code: "checkpoint-not-written" });
    chmodSync(join(weights, ".."), 0o755);
    expect(readFileSync(weights)).toEqual(before);
  });

  test("that becomes impossible in the run ends it, and leaves nothing half", async () => {
    const { folder, file } = small();
    // A folder where the file would go: renaming over it fails.
    mkdirSync(join(folder, "out/Small.safetensors/x"), { recursive: true });
    const events = await run({ type: "train", file, out: "out" });
    expect(events.at(-1)).toMatchObject({ event: "error", code: "checkpoint-not-written" });
    expect(readdirSync(join(folder, "out"))).toEqual(["Small.safetensors"]);
  });

  test("half written by a run that was killed is cleared away", async () => {
    const { file, weights } = small();
    mkdirSync(join(weights, ".."), { recursive: true });
    writeFileSync(`${weights}.2147483646.tmp`, "half");
    await run({ type: "train", file, epochs: 1 });
    expect(readdirSync(join(weights, ".."))).toEqual(["Small.safetensors"]);
  });
});

describe("predict", () => {
  const trained = async () => {
    const made = small((s) => s.replace("epochs = 8", "epochs = 30"));
    await run({ type: "train", file: made.file });
    return made;
  };

  test("gives each row its class and probabilities; the label may be there or not, columns in any order", async () => {
    const { folder, file } = await trained();
    writeFileSync(join(folder, "new.csv"), "b,a\n0,0\n0,3\n3,0\n");
    writeFileSync(join(folder, "labelled.csv"), "a,b,colour\n0,0,?\n3,0,?\n0,3,?\n");
    for (const data of ["new.csv", "labelled.csv"]) {
      const events = await run({ type: "predict", file, data: join(folder, data) });
      const rows = of(events, "prediction");
      expect(rows.map((r) => [r.row, r.value])).toEqual([[1, "red"], [2, "green"], [3, "blue"]]);
      for (const r of rows) expect(r.probabilities!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(events.at(-1)).toEqual({ event: "predicted", classes: ["blue", "green", "red"] });
    }
  });

  test("says which weight does not fit", async () => {
    const { folder, file } = await trained();
    const predict = () => run({ type: "predict", file, data: join(folder, "d.csv") });
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("dense(8)", "dense(9)"));
    expect(errorOf(await predict())).toMatchObject({ code: "weights-do-not-match", message: expect.stringContaining("dense_1/kernel is [2, 8] there and [2, 9] here") });
    writeFileSync(file, text.replace("dropout(0.2)", "dense(8)"));
    expect(errorOf(await predict())).toMatchObject({ code: "weights-do-not-match", message: expect.stringContaining("dense_2/kernel is [8, 3] there") });
  });

  test("says what is wrong with the weights' file and the data", async () => {
    const { folder, file, weights } = await trained();
    const predict = (more: object) => run({ type: "predict", file, data: join(folder, "d.csv"), ...more }).then(errorOf);
    expect(await predict({ weights: join(folder, "none") })).toMatchObject({ code: "weights-missing" });
    writeFileSync(join(folder, "half"), readFileSync(weights).subarray(0, 100));
    expect(await predict({ weights: join(folder, "half") })).toMatchObject({ code: "weights-broken" });
    writeFileSync(join(folder, "bad.csv"), "a,c\n1,2\n");
    expect(await predict({ data: join(folder, "bad.csv") })).toMatchObject({ code: "data-no-column", message: expect.stringContaining("no column b") });
  });
});
