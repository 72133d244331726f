// Where a training process' memory is, against PyTorch's, and what was foreseen before the run against what it took.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { peersPython } from "../environment.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";
import { prepare, workloads } from "./models.mjs";
import { train } from "./trainer.mjs";

export const title = "Training: memory";

/** Rows of a step large enough that they are most of the memory, and epochs of a step each. */
const foreseen = [["mlp", "wasm", 16_384], ["digits", "wasm", 1024], ["cnn28", "wasm", 128], ["resnet20", "wasm", 32], ["textcnn", "wasm", 128], ["mlp", "cpu", 16_384], ["digits", "cpu", 128], ["textcnn", "cpu", 16], ["mlp", "tensorflow", 65_536], ["digits", "tensorflow", 4096], ["cnn28", "tensorflow", 512], ["resnet20", "tensorflow", 256], ["textcnn", "tensorflow", 512]];

export async function run({ rounds }) {
  const python = peersPython();
  const folder = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  const rows = [];
  try {
    for (const [name, w] of Object.entries(workloads)) {
      const file = prepare(folder, name);
      const epochs = name === "mlp" ? w.epochs.nnet : 4;
      const results = await interleaved({
        nnet: async () => {
          const events = await train(file, { epochs });
          return { ...events.filter((e) => e.event === "epoch").at(-1), peak: Math.max(...events.map((e) => e.peak)) };
        },
        torch: () => answer(python, "workloads.py", "torch", name, join(folder, `${name}.csv`), 2, w.batch),
      }, Math.min(rounds, 3));
      const of = (way, key) => results.get(way).map((r) => r[key] / 1e6);
      const both = (key) => [spread(of("nnet", key), 0), spread(of("torch", key), 0)];
      rows.push([w.what, ...both("peak"), (median(of("nnet", "peak")) / median(of("torch", "peak"))).toFixed(2), ...both("private"), ...both("mapped")]);
      console.error(`bench: ${rows.at(-1).join(" | ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const estimates = foreseen.map(([name, backend, batch]) => {
    const { predicted, peak } = answer(process.execPath, "estimate.mjs", name, backend, batch);
    return [`${workloads[name].what.replace(/, batch.*/, "")}, batch ${batch.toLocaleString("en-US")}`, backend === "cpu" ? "plain JavaScript" : backend, ...[predicted, peak].map((b) => (b / 1e6).toFixed(0)), (peak / predicted).toFixed(2)];
  });
  return [
    "Resident memory of a process, MB: its highest; and once it trains, what is its own (private) and what are pages of files that it has mapped (libraries: the system takes them back when it is short).",
    "",
    table(["", "peak: .nnet", "PyTorch eager", "× PyTorch", "private: .nnet", "PyTorch", "of files: .nnet", "PyTorch"], rows),
    "",
    "Memory foreseen before the first step (`server/trainer/memory.ts`), and the highest of a process that took three steps, MB:",
    "",
    table(["", "on", "foreseen", "taken", "taken / foreseen"], estimates),
  ].join("\n");
}

/** The last line of what a script of this folder prints. */
function answer(program, script, ...args) {
  const r = spawnSync(program, [join(root, "bench/training", script), ...args.map(String)], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (r.status !== 0) throw new Error(r.stderr || String(r.error));
  return JSON.parse(r.stdout.trim().split("\n").at(-1));
}
