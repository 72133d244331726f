// Digits examples/s of nnet, Keras and PyTorch: interleaved rounds in one run, medians and ratios.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peersPython } from "../environment.mjs";
import { median } from "../statistics.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const EPOCHS = 8;
const ROUNDS = Number(process.argv[2] ?? 5);

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

const python = peersPython();
const ways = {
  "nnet, TensorFlow": () => nnet("tensorflow"),
  "Keras fit": () => peer(python, "keras"),
  "PyTorch eager": () => peer(python, "torch"),
};
const rounds = Object.fromEntries(Object.keys(ways).map((k) => [k, []]));
const accuracy = {};
for (let i = 0; i < ROUNDS; i++) {
  for (const [name, way] of Object.entries(ways)) {
    const { rates, accuracy: a } = way();
    // The first epoch compiles and warms.
    rounds[name].push(median(rates.slice(1)));
    (accuracy[name] ??= []).push(a);
  }
}
const base = median(rounds["PyTorch eager"]);
console.log(`digits CNN, batch 32, ${ROUNDS} interleaved rounds of ${EPOCHS} epochs, medians\n`);
console.log("| | examples/s | range | × PyTorch | test accuracy after 8 epochs |\n|---|---:|---|---:|---:|");
for (const [name, values] of Object.entries(rounds)) {
  console.log(`| ${name} | ${Math.round(median(values)).toLocaleString("en-US")} | ${Math.round(Math.min(...values)).toLocaleString("en-US")}–${Math.round(Math.max(...values)).toLocaleString("en-US")} | ${(median(values) / base).toFixed(2)} | ${median(accuracy[name]).toFixed(3)} |`);
}
