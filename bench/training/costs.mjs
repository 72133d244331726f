// What training costs besides its steps: the start, memory over a long run, a large model's graph, measurements.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resnet50, root } from "../editor/files.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";
import { prepare, workloads } from "./models.mjs";
import { rates, train } from "./trainer.mjs";

export const title = "Training: start, memory, measurements";

const STEPS = 20_000;

export async function run({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  try {
    return [
      await starts(folder, rounds),
      `A large model: ${await graph(rounds)}`,
      await flat(folder),
      await measuring(folder, rounds),
    ].join("\n\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command's own process: one step is the whole run. */
async function starts(folder, rounds) {
  const rows = [];
  for (const name of ["mlp", "resnet20"]) {
    const file = prepare(folder, name, { ...workloads[name], rows: workloads[name].batch });
    const way = () => {
      const began = performance.now();
      const r = spawnSync(process.execPath, [join(root, "dist/cli.cjs"), "train", file, "--epochs", "1", "--measure", "0", "--engine", "tensorflow", "--out", join(folder, "runs"), "--json"], { encoding: "utf8" });
      if (r.status !== 0) throw new Error(r.stdout + r.stderr);
      return (performance.now() - began) / 1000;
    };
    rows.push([workloads[name].what, spread((await interleaved({ way }, rounds)).get("way"), 2)]);
  }
  return ["Seconds of `nnet train` with one step to train, native engine, from the command to its end (start ≤ 3 s was aimed at); the page cache warm:", "", table(["", "s"], rows)].join("\n");
}

async function graph(rounds) {
  const way = () => JSON.parse(spawnSync(process.execPath, ["--no-warnings", join(root, "bench/training/compile.mjs"), resnet50, "8"], { encoding: "utf8" }).stdout.trim().split("\n").at(-1));
  const found = (await interleaved({ way }, rounds)).get("way");
  const of = (key) => spread(found.map((f) => f[key]), 0);
  return `ResNet-50's ${found[0].layers} layers are expanded in ${of("expand")} ms, its weights drawn in ${of("initialize")} ms, its graph of forward, backward and update written, loaded and optimized in ${of("graph")} ms; a step of 8 images then takes ${of("step")} ms.`;
}

/** Resident memory at a tenth of a long run and at its end. */
async function flat(folder) {
  const rows = [];
  for (const name of ["mlp", "digits"]) {
    const { rows: count, batch, what } = workloads[name];
    const file = prepare(folder, name);
    const epochs = Math.ceil(STEPS / Math.ceil(count / batch));
    const events = (await train(file, { epochs })).filter((e) => e.event === "epoch");
    const at = (share) => events[Math.min(Math.floor(share * events.length), events.length - 1)].rss / 1e6;
    rows.push([what, ...[0.1, 0.5, 1].map((share) => at(share).toFixed(0))]);
  }
  return [`Resident memory of the trainer, MB, in a run of ${STEPS.toLocaleString("en-US")} steps:`, "", table(["", "a tenth", "half", "the end"], rows)].join("\n");
}

/** The run from the first epoch's end on, with measurements as by default and without. */
async function measuring(folder, rounds) {
  const rows = [];
  for (const [name, epochs] of [["mlp", 300], ["digits", 60], ["cnn28", 24]]) {
    const file = prepare(folder, name);
    const way = (more) => async () => {
      const events = await train(file, { epochs, ...more });
      const train1 = rates(events, 1).reduce((sum, rate) => sum + workloads[name].rows / rate, 0);
      // Epochs are timed by the trainer; a measurement lies between an epoch's event and its own.
      const between = events.reduce((sum, e, i) => sum + (e.event === "measure" && e.epoch > 1 ? (e.at - events[i - 1].at) / 1000 : 0), 0);
      return { train: train1, between, count: events.filter((e) => e.event === "measure" && e.epoch > 1).length };
    };
    const found = (await interleaved({ on: way({}) }, rounds)).get("on");
    const share = found.map((f) => (100 * f.between) / (f.train + f.between));
    rows.push([workloads[name].what, `${found[0].count} in ${epochs}`, `${spread(share, 1)} %`, median(found.map((f) => (1000 * f.between) / f.count)).toFixed(1)]);
  }
  return ["Measurements of every layer at the default interval (aimed at: ≤ 5 % of the training time); without the first epoch and its measurement, which prepare the graphs:", "", table(["", "measured epochs", "of the time", "ms each"], rows)].join("\n");
}
