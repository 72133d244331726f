// Five models of different sizes, trained by nnet, Keras and PyTorch on the same data.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { peersPython } from "../environment.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";
import { prepare, workloads } from "./models.mjs";
import { rates, train } from "./trainer.mjs";

export const title = "Training: five sizes of model";

export async function run({ rounds }) {
  const python = peersPython();
  const folder = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  const speeds = [];
  const notes = [];
  try {
    for (const [name, w] of Object.entries(workloads)) {
      const file = prepare(folder, name);
      const csv = join(folder, `${name}.csv`);
      const peer = (which) => () => answer(python, "workloads.py", which, name, csv, w.epochs[which], w.batch);
      const results = await interleaved({
        nnet: () => train(file, { epochs: w.epochs.nnet }),
        torch: peer("torch"),
        keras: peer("keras"),
        peak: () => answer(python, "workloads.py", "matmul").gflops,
        ...(w.epochs.tfjs && { tfjs: () => answer(process.execPath, "tfjs.mjs", csv, w.epochs.tfjs, w.batch, engineFolder()) }),
      }, rounds);
      const later = (way) => results.get(way)?.map((r) => median(r.rates.slice(1)));
      const ours = results.get("nnet").map((events) => median(rates(events, w.batch)));
      const times = (way) => (results.has(way) ? `${(median(ours) / median(later(way))).toFixed(2)}${w.goal[way] ? ` (≥ ${w.goal[way]})` : ""}` : "");
      const digits = median(ours) < 100 ? 1 : 0;
      const operations = 3 * 2 * macsOf(file) * w.batch;
      const share = (median(ours) * operations) / 1e9 / median(results.get("peak"));
      speeds.push([w.what, ...[ours, later("torch"), later("keras")].map((v) => spread(v, digits)), times("torch"), times("keras"), `${(100 * share).toFixed(0)} %`]);
      if (results.has("tfjs")) notes.push(`tfjs-node's own \`fit\` takes ${spread(later("tfjs"), 1)} steps/s of the CNN on 28×28: .nnet is ${times("tfjs")} times as fast.`);
      if (w.epochs.compile) notes.push(compiled(name, peer("compile"), ours, Math.min(rounds, 3)));
      notes.push(`Product of matrices beside ${w.what.split(",")[0]}: ${spread(results.get("peak"), 0)} GFLOP/s.`);
      console.error(`bench: ${speeds.at(-1).join(" | ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    `Steps a second in training: the trainer's process as \`nnet train\` starts it, with the native engine and its default measurements, against Keras \`fit\` and a plain PyTorch loop (eager, its default threads); ${rounds} interleaved rounds, each a process of its own, the first epoch left out: median over rounds (smallest–largest). In brackets after a ratio: what was aimed at. Last column: floating-point operations of forward and backward (3 · 2 · MACs) over what a product of 2,048² matrices reaches on the same cores (PyTorch, the best of eight).`,
    "",
    table(["", ".nnet", "PyTorch eager", "Keras `fit`", "× PyTorch", "× Keras", "of the peak"], speeds),
    "",
    ...notes,
  ].join("\n");
}

/** torch.compile apart: its first epoch compiles for a long time. */
function compiled(name, once, ours, rounds) {
  try {
    const results = Array.from({ length: rounds }, once);
    const speed = results.map((r) => median(r.rates.slice(1)));
    return `\`torch.compile\` on ${workloads[name].what}: ${spread(speed, 1)} steps/s after a first epoch of ${spread(results.map((r) => r.first), 0)} s; .nnet is ${(median(ours) / median(speed)).toFixed(2)} times as fast.`;
  } catch (e) {
    return `\`torch.compile\` does not run here: ${e.message.trim().split("\n").at(-1)}`;
  }
}

/** The last line of what a script of this folder prints. */
function answer(program, script, ...args) {
  const r = spawnSync(program, [join(root, "bench/training", script), ...args.map(String)], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (r.status !== 0) throw new Error(r.stderr || String(r.error));
  return JSON.parse(r.stdout.trim().split("\n").at(-1));
}

function nnet(...args) {
  const r = spawnSync(process.execPath, [join(root, "dist/cli.cjs"), ...args, "--json"], { encoding: "utf8" });
  return JSON.parse(r.stdout);
}

const engineFolder = () => nnet("engine", "status").folder;
const macsOf = (file) => nnet("summary", file).models.find((m) => m.name === "M").macs;
