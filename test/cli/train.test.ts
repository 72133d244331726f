import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Averaged, EndEvent } from "../../server/trainer/protocol.ts";
import { broken, folder, good, interrupted } from "./run.ts";

const f = folder();
/** Three classes, told apart by the first column. */
const rows = Array.from({ length: 90 }, (_, i) => `${(i % 3) - 1},${(i * 7) % 5},${(i * 3) % 4},1,${["a", "b", "c"][i % 3]}`);
f.write("data.csv", `w,x,y,z,kind\n${rows.join("\n")}\n`);
const trained = (epochs: number): string => `data d {
  source = csv("data.csv")
  label  = kind
  split  = [0.6, 0.2, 0.2]
}
${good}
train M on d {
  optimizer = adam(lr = 0.05)
  batch     = 16
  epochs    = ${epochs}
  seed      = 1
}
`;
f.write("m.nnet", trained(3));
f.write("long.nnet", trained(100_000));
f.write("slow.nnet", trained(1).replace("dense(8)", "dense(3000) -> dense(3000) -> dense(3000)").replace("batch     = 16", "batch     = 54"));
f.write("without.nnet", good);
f.write("broken.nnet", broken);

interface Event {
  event: string;
  [key: string]: unknown;
}
const lines = (stdout: string): Event[] => stdout.trim().split("\n").map((l) => JSON.parse(l) as Event);

test("train --json: start, epochs with what the layers are like, end", () => {
  const { code, stdout, stderr } = f.run("train", "m.nnet", "--engine", "portable", "--epochs", "2", "--out", "runs", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const events = lines(stdout);
  expect(events.map((e) => e.event)).toEqual(["start", "epoch", "measure", "epoch", "measure", "end"]);
  expect(events[0]).toMatchObject({ engine: "portable", versions: expect.any(Object), rows: { train: 54, validation: 18, test: 18 }, params: 67 });
  expect(events[1]).toMatchObject({ epoch: 1, loss: expect.any(Number), accuracy: expect.any(Number), valLoss: expect.any(Number), valAccuracy: expect.any(Number), examplesPerSecond: expect.any(Number) });
  const { layers } = events[4] as unknown as { layers: Record<string, unknown>[] };
  expect(layers.map((l) => l["kind"])).toEqual(["dense", "relu", "dense", "softmax"]);
  expect(layers[0]).toMatchObject({ name: "dense_1", line: 8, gradientNorm: expect.any(Number), weightNorm: expect.any(Number), updateRatio: expect.any(Number), saturated: null, dead: null });
  expect(layers[1]).toMatchObject({ line: 8, gradientNorm: null, saturated: null, dead: expect.any(Number), mean: expect.any(Number), variance: expect.any(Number), zeros: expect.any(Number) });
  const end = events.at(-1)!;
  expect(end).toMatchObject({ reason: "completed", testLoss: expect.any(Number), testAccuracy: expect.any(Number), checkpoint: expect.stringContaining(join(f.path, "runs")) });
  expect(existsSync(end["checkpoint"] as string)).toBe(true);
});

test.each([["ensemble = 3", /^ +member +seed +epoch +test loss +test accuracy\n(?: +\d.*\n){3} +mean.*\naveraged.*\n +gain.* points$/m], ["folds = 3\n  metrics = [f1, auc, recall]", /^ +fold .*held-out loss.*\n(?: +\d.*\n){3} +mean.*\n +±.*\naveraged.*\n +gain.* points\nheld-out f1 \S+ ± \S+, auc/m]] as const)("%s: a line for each and what they give together, within 80 columns", (settings, table) => {
  f.write("several.nnet", trained(2).replace("seed      = 1", `seed = 1\n  ${settings}`));
  const { code, stdout } = f.run("train", "several.nnet", "--engine", "portable", "--out", "several");
  expect(code).toBe(0);
  expect(stdout).toMatch(table);
  expect(stdout.match(/^(?:member|fold) \d of 3/gm)).toHaveLength(3);
  expect(stdout).toMatch(/^best weights: .*M\.safetensors, which names the 3 files$/m);
  for (const line of stdout.split("\n").filter((l) => !l.startsWith("best weights"))) expect(line.length, line).toBeLessThanOrEqual(80);
});

/** Two outputs: the class, and a number that hangs on the features. */
const twofold = (settings: string): string => `data d {
  source = csv("data.csv")
  label  = outputs(kind = kind, size = y)
  features = [w, x]
  split  = [0.6, 0.2, 0.2]
}
model M {
  input x [2]
  dense(8) -> tanh as trunk
  trunk -> dense(3) -> softmax as kind
  trunk -> dense(1) as size
  output kind, size
}
train M on d {
  epochs = 2
  metrics = [f1]
  ${settings}
}
`;

test.each(["ensemble = 2", "folds = 2"])("%s of several outputs: each output's scores in words are those of --json", (settings) => {
  f.write("twofold.nnet", twofold(settings));
  const [words, json] = [f.run("train", "twofold.nnet", "--engine", "portable", "--out", "twofold"), f.run("train", "twofold.nnet", "--engine", "portable", "--out", "twofold", "--json")];
  expect([words.code, json.code, words.stderr]).toEqual([0, 0, ""]);
  const { ensemble, folds } = lines(json.stdout).at(-1) as unknown as EndEvent;
  const fixed = (v: number | undefined) => v!.toFixed(4);
  const share = (v: number | null | undefined) => `${(100 * v!).toFixed(1)} %`;
  const averaged = (ensemble ?? folds!.averaged) as Averaged;
  const [kind, size] = [averaged.own.outputs!["kind"]!, averaged.own.outputs!["size"]!];
  const flat = words.stdout.replace(/\n {2}(?=\S)/g, " ");
  const points = averaged.gain.outputs!["kind"]!.accuracy!;
  expect(flat).toContain(`test kind, averaged: loss ${fixed(kind.loss)}, one alone ${fixed(averaged.mean.outputs!["kind"]!.loss)}; accuracy ${share(kind.accuracy)}, one alone ${share(averaged.mean.outputs!["kind"]!.accuracy)} (${points < 0 ? "−" : "+"}${Math.abs(100 * points).toFixed(1)} points), f1 ${fixed(kind.metrics!["f1"])}`);
  expect(flat).toContain(`test size, averaged: loss ${fixed(size.loss)}, one alone ${fixed(averaged.mean.outputs!["size"]!.loss)}, mae`);
  expect(points).toBeCloseTo(kind.accuracy! - averaged.mean.outputs!["kind"]!.accuracy!, 12);
  if (ensemble) {
    expect(words.stdout).toMatch(/^ +member +seed +epoch +test loss +test kind +test size$/m);
    for (const { test } of ensemble.members) expect(words.stdout).toMatch(new RegExp(` ${share(test!.outputs!["kind"]!.accuracy)} +${fixed(test!.outputs!["size"]!.loss)}$`, "m"));
  }
  for (const name of folds ? ["kind", "size"] : []) {
    const [mean, deviation] = [folds!.validation.mean.outputs![name]!, folds!.validation.deviation.outputs![name]!];
    expect(flat).toContain(`held-out ${name}: loss ${fixed(mean.loss)} ± ${fixed(deviation.loss)}${mean.accuracy === null ? ", mae" : `, accuracy ${share(mean.accuracy)} ± ${share(deviation.accuracy)}, f1 ${fixed(mean.metrics!["f1"])}`}`);
  }
  for (const line of words.stdout.split("\n").filter((l) => !l.startsWith("best weights"))) expect(line.length, line).toBeLessThanOrEqual(80);
});

test("train in a pipe: plain lines of at most 80 columns; then predict from the newest run", () => {
  const { code, stdout } = f.run("train", "m.nnet", "--engine", "portable");
  expect(code).toBe(0);
  expect(stdout).toMatch(/67 parameters/);
  expect(stdout).toMatch(/^ +3\/3 .*$/m);
  expect(stdout).toMatch(/best weights: \.nnet/);
  expect(stdout).not.toMatch(/[\r\u001b]/);
  for (const line of stdout.split("\n").filter((l) => !l.startsWith("best weights"))) expect(line.length, line).toBeLessThanOrEqual(80);

  f.write("new.csv", "w,x,y,z\n-1,0,0,1\n1,1,1,1\n");
  const predicted = f.run("predict", "m.nnet", "--data", "new.csv", "--engine", "portable", "--json");
  expect(predicted.code, predicted.stderr).toBe(0);
  const events = lines(predicted.stdout);
  expect(events.map((e) => e.event)).toEqual(["prediction", "prediction", "predicted"]);
  expect(events[0]).toMatchObject({ row: 1, value: expect.stringMatching(/^[abc]$/), probabilities: [expect.any(Number), expect.any(Number), expect.any(Number)] });
  expect(f.run("predict", "m.nnet", "--data", "new.csv", "--engine", "portable").stdout).toMatch(/^ +row {2}prediction\n +1 {2}[abc] {2}[\d.]+ %\n/);
});

test("a run that can't begin: an error event, exit code 1", () => {
  for (const file of ["without.nnet", "broken.nnet"]) {
    const { code, stdout } = f.run("train", file, "--engine", "portable", "--json");
    expect(code).toBe(1);
    expect(lines(stdout)).toEqual([expect.objectContaining({ event: "error", code: expect.stringMatching(/^[a-z-]+$/), message: expect.any(String) })]);
  }
  expect(f.run("train", "broken.nnet", "--engine", "portable").stderr).toMatch(/broken\.nnet:3:\d+ error\[syntax-error\]/);
  f.write("wrong.nnet", trained(1).replace("dense(8)", "dense(0)"));
  const { stderr } = f.run("train", "wrong.nnet", "--engine", "portable");
  expect(stderr).toContain("nothing was trained: correct the errors first");
  // Once: the trainer's own word for it would be the same again.
  expect(stderr.match(/error\[/g)).toHaveLength(1);
});

test("a model that the file does not train is misuse", () => {
  expect(f.run("train", "m.nnet", "--model", "Nobody")).toMatchObject({ code: 2, stderr: expect.stringContaining("it trains M") });
});

test("Ctrl-C stops a run and keeps its weights", async () => {
  const { code, stdout } = await interrupted(f.path, ["train", "long.nnet", "--engine", "portable", "--json"], (out) => out.includes('"epoch":2'));
  expect(code).toBe(1);
  const end = lines(stdout).at(-1)!;
  expect(end).toMatchObject({ event: "end", reason: "cancelled" });
  expect(existsSync(end["checkpoint"] as string)).toBe(true);
});

test("Ctrl-C in the middle of a step that takes many seconds does not wait for it", async () => {
  let asked = 0;
  const { code, stdout } = await interrupted(f.path, ["train", "slow.nnet", "--engine", "portable"], (out) => {
    if (out.includes("parameters")) asked ||= performance.now();
    return asked > 0;
  });
  // A second is what is meant; the step takes half a minute.
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(code).toBe(1);
  expect(stdout).toContain("no weights were kept: not one epoch was finished");
});
