// `nnet check` on ResNet-50 as a process, against Keras building the same model and counting.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peersPython } from "../environment.mjs";
import { median } from "../statistics.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const time = (command, args, env = {}) => {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - start;
};
const python = peersPython();
const ways = {
  "nnet check resnet50.nnet": () => time(process.execPath, [join(root, "dist/cli.cjs"), "check", join(root, "test/fixtures/models/resnet50.nnet")]),
  "keras.applications.ResNet50(weights=None).count_params()": () => time(python, ["-c", "import keras; print(keras.applications.ResNet50(weights=None).count_params())"], { TF_CPP_MIN_LOG_LEVEL: "3" }),
};
const times = Object.fromEntries(Object.keys(ways).map((k) => [k, []]));
for (let i = 0; i < 6; i++) for (const [name, way] of Object.entries(ways)) times[name].push(way());
console.log("| process | median ms |\n|---|---:|");
for (const [name, t] of Object.entries(times)) console.log(`| ${name} | ${median(t.slice(1)).toFixed(0)} |`);
