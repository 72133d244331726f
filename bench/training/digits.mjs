// Digits examples/s of nnet, Keras and PyTorch: interleaved rounds in one run, medians and ratios.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peersPython } from "../environment.mjs";
import { root } from "../editor/files.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";

const EPOCHS = 8;

function nnet(engine) {
  const out = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  const r = spawnSync(process.execPath, [join(root, "dist/cli.cjs"), "train", join(root, "samples/digits.nnet"), "--json", "--epochs", String(EPOCHS), "--engine", engine, "--out", out], { encoding: "utf8" });
  rmSync(out, { recursive: true, force: true });
  if (r.status !== 0) throw new Error(r.stdout + r.stderr);
  const events = r.stdout.trim().split("\n").map((l) => JSON.parse(l));
  return { rates: events.filter((e) => e.event === "epoch").map((e) => e.examplesPerSecond), accuracy: events.find((e) => e.event === "end").testAccuracy };
}

function peer(python, which) {
  const r = spawnSync(python, [join(root, "bench/training/peers.py"), which, join(root, "samples/data/digits.csv"), String(EPOCHS)], { encoding: "utf8" });
  if (r.status !== 0) throw new Error(r.stderr);
  const result = JSON.parse(r.stdout.trim().split("\n").at(-1));
  return { rates: result.examplesPerSecond, accuracy: result.testAccuracy };
}

export const title = "Training: digits";

/** Interleaved rounds in one run, so that whatever else the machine does falls on all of them alike. */
export async function run({ rounds }) {
  const python = peersPython();
  const ways = {
    ".nnet, TensorFlow": () => nnet("tensorflow"),
    "Keras `fit`": () => peer(python, "keras"),
    "PyTorch eager": () => peer(python, "torch"),
  };
  const results = await interleaved(ways, rounds);
  // The first epoch compiles and warms.
  const rates = (name) => results.get(name).map((r) => median(r.rates.slice(1)));
  const base = median(rates("PyTorch eager"));
  const rows = Object.keys(ways).map((name) => [name, spread(rates(name), 0), (median(rates(name)) / base).toFixed(2), median(results.get(name).map((r) => r.accuracy)).toFixed(3)]);
  return [`The CNN of samples/digits.nnet, batch 32, ${rounds} interleaved rounds of ${EPOCHS} epochs; examples a second in training, the first epoch left out: median over rounds (smallest–largest).`, "", table(["", "examples/s", "× PyTorch eager", "test accuracy"], rows)].join("\n");
}
