// Final scores of the samples against PyTorch's, on the same rows: fast and wrong does not count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { peersPython } from "../environment.mjs";
import { table } from "../statistics.mjs";
import { train } from "./trainer.mjs";

const SEEDS = [1, 2, 3, 4, 5];
const samples = { digits: { shares: [0.8, 0.9], score: "accuracy" }, iris: { shares: [0.6, 0.8], score: "accuracy" }, diabetes: { shares: [0.7, 0.85], score: "R²" } };

export const title = "Training: final scores";

export async function run() {
  const python = peersPython();
  const folder = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  const rows = [];
  try {
    for (const [name, { shares, score }] of Object.entries(samples)) {
      const [ours, theirs] = [[], []];
      for (const seed of SEEDS) {
        const file = prepare(folder, name, seed, shares);
        const end = (await train(file, {})).at(-1);
        ours.push(score === "R²" ? end.testMetrics.r2 : end.testAccuracy);
        const r = spawnSync(python, [join(root, "bench/training/accuracy.py"), name, join(folder, `${name}.csv`), String(seed)], { encoding: "utf8", env: { ...process.env, OMP_NUM_THREADS: "1" } });
        if (r.status !== 0) throw new Error(r.stderr);
        theirs.push(JSON.parse(r.stdout).score);
      }
      const differences = ours.map((v, i) => v - theirs[i]);
      const noise = deviation(differences) / Math.sqrt(SEEDS.length);
      rows.push([`${name}: ${score}`, shown(ours), shown(theirs), `${signed(mean(differences))} ± ${(2.776 * noise).toFixed(3)}`]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    `Scores on the test rows after the samples' whole training, ${SEEDS.length} seeds, each with its own split into the same rows for both: mean ± standard deviation. Last column: mean of the differences seed by seed, ± its 95 % interval (Student, 4 degrees of freedom).`,
    "",
    table(["", ".nnet, native engine", "PyTorch", "difference"], rows),
  ].join("\n");
}

/** The sample with a seed of its own, and its data with a column that says which part a row is in. */
function prepare(folder, name, seed, [train, validation]) {
  const lines = readFileSync(join(root, "samples/data", `${name}.csv`), "utf8").trim().split("\n");
  let state = seed;
  const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const order = lines.slice(1).map((line) => [draw(), line]).sort((a, b) => a[0] - b[0]).map(([, line]) => line);
  const parts = order.map((line, i) => `${line},${i < train * order.length ? "train" : i < validation * order.length ? "validation" : "test"}`);
  writeFileSync(join(folder, `${name}.csv`), [`${lines[0]},part`, ...parts].join("\n"));
  const text = readFileSync(join(root, "samples", `${name}.nnet`), "utf8")
    .replace(/csv\("[^"]*"\)/, `csv("${name}.csv")`).replace(/split( *)= \[[^\]]*\]/, "split$1= part").replace(/seed( *)= \d+/, `seed$1= ${seed}`);
  const file = join(folder, `${name}.nnet`);
  writeFileSync(file, text);
  return file;
}

const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
const deviation = (v) => Math.sqrt(v.reduce((s, x) => s + (x - mean(v)) ** 2, 0) / (v.length - 1));
const shown = (v) => `${mean(v).toFixed(3)} ± ${deviation(v).toFixed(3)}`;
const signed = (v) => (v < 0 ? `−${(-v).toFixed(3)}` : `+${v.toFixed(3)}`);
