// Whole processes: the server until its first diagnostics, `nnet check`, and Keras building the same model.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { peersPython } from "../environment.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";
import { resnet50, root } from "./files.mjs";
import { openSession } from "./session.mjs";

const KERAS = "keras.applications.ResNet50(weights=None).count_params()";
const CHECK = "`nnet check` on ResNet-50";

function time(command, args, env = {}) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - start;
}

export const title = "Start of processes";

export async function run({ rounds, short }) {
  const python = peersPython();
  const text = readFileSync(resnet50, "utf8");
  const ways = {
    "`node -e 0`": () => time(process.execPath, ["-e", "0"]),
    "server start to first diagnostics of ResNet-50": async () => {
      const s = await openSession(text);
      await s.stop();
      return s.first;
    },
    [CHECK]: () => time(process.execPath, [join(root, "dist/cli.cjs"), "check", resnet50]),
    [`\`${KERAS}\``]: () => time(python, ["-c", `import keras; print(${KERAS})`], { TF_CPP_MIN_LOG_LEVEL: "3", KERAS_BACKEND: "tensorflow" }),
  };
  const count = (short ? 3 : 10) * (rounds > 1 ? 1 : 0) + 2;
  const results = await interleaved(ways, count);
  // The first run reads files from the disk, and keeps what it compiles.
  const warm = (name) => results.get(name).slice(1);
  const check = median(warm(CHECK));
  const rows = Object.keys(ways).map((name) => [name, spread(warm(name), 0), (median(warm(name)) / check).toFixed(2)]);
  return [`Milliseconds as a process, the page cache warm, and what the first one has compiled kept; ${count - 1} interleaved runs: median (smallest–largest).`, "", table(["process", "ms", "× `nnet check`"], rows)].join("\n");
}
