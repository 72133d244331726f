// Four models of different sizes, trained by nnet, Keras and PyTorch on data of the same shapes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { peersPython } from "../environment.mjs";
import { interleaved, median, spread, table } from "../statistics.mjs";

const workloads = {
  mlp: {
    what: "MLP 2-64-64-2 on spirals, batch 32", rows: 3200, shape: [2], classes: 2, batch: 32, epochs: 6, value: (draw) => 2 * draw() - 1,
    model: "input x [2]\ndense(64) -> relu\ndense(64) -> relu\ndense(2) -> softmax",
  },
  cnn28: {
    what: "CNN on 28×28, batch 64", rows: 1280, shape: [28, 28, 1], classes: 10, batch: 64, epochs: 4, value: (draw) => draw(),
    model: "input x [28, 28, 1]\nconv2d(32, 3) -> relu -> max_pool2d(2)\nconv2d(64, 3) -> relu -> max_pool2d(2)\nflatten\ndense(128) -> relu\ndense(10) -> softmax",
  },
  resnet20: {
    what: "ResNet-20 on 32×32×3, batch 64", rows: 384, shape: [32, 32, 3], classes: 10, batch: 64, epochs: 3, value: (draw) => draw(),
    model: `input x [32, 32, 3]
conv2d(16, 3, padding = same, bias = false) -> batch_norm -> relu
repeat 3 { Residual(16) }
for f in [32, 64] {
  Residual(f, stride = 2)
  repeat 2 { Residual(f) }
}
global_avg_pool
dense(10) -> softmax`,
    blocks: `block Residual(filters, stride = 1) {
  let skip = stride == 1 and channels(in) == filters ? in : in -> conv2d(filters, 1, stride = stride, bias = false) -> batch_norm
  conv2d(filters, 3, stride = stride, padding = same, bias = false) -> batch_norm -> relu
  conv2d(filters, 3, padding = same, bias = false) -> batch_norm
  add(skip) -> relu
}`,
  },
  textcnn: {
    what: "TextCNN, 20,000 words, 64 tokens, batch 64", rows: 1280, shape: [64], classes: 2, batch: 64, epochs: 3, value: (draw) => Math.floor(20_000 * draw()), int: true,
    model: "input x int [64]\nembedding(20_000, 128)\nconcat for h in [3, 4, 5] { conv1d(100, h) -> relu -> global_max_pool }\ndropout(0.5)\ndense(2) -> softmax",
  },
};

/** Numbers in [0, 1), the same on every run. */
function numbers(state = 1) {
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function prepare(folder, name, { rows, shape, classes, batch, epochs, value, model, blocks = "" }) {
  const width = shape.reduce((a, b) => a * b, 1);
  const draw = numbers();
  const lines = [Array.from({ length: width }, (_, i) => `f${i}`).concat("label").join()];
  for (let i = 0; i < rows; i++) {
    const label = i % classes;
    // Two spirals, or noise: speed does not depend on what is learnt.
    const [t, turn] = [i / rows, name === "mlp" ? Math.PI * label : 0];
    const values = name === "mlp" ? [t * Math.cos(9 * t + turn), t * Math.sin(9 * t + turn)] : Array.from({ length: width }, () => value(draw));
    lines.push([...values.map((v) => Number(v.toFixed(4))), label].join());
  }
  writeFileSync(join(folder, `${name}.csv`), lines.join("\n"));
  const text = `data d {\nsource = csv("${name}.csv")\nlabel = label\nsplit = [1, 0, 0]\n${shape.length > 1 ? `shape = [${shape.join(", ")}]\n` : ""}}\n${blocks}\nmodel M {\n${model}\n}\ntrain M on d {\noptimizer = adam(lr = 1e-3)\nloss = cross_entropy\nbatch = ${batch}\nepochs = ${epochs}\n}\n`;
  writeFileSync(join(folder, `${name}.nnet`), text);
}

function nnet(folder, name, { batch }) {
  const r = spawnSync(process.execPath, [join(root, "dist/cli.cjs"), "train", join(folder, `${name}.nnet`), "--json", "--engine", "tensorflow", "--out", join(folder, "runs")], { encoding: "utf8" });
  if (r.status !== 0) throw new Error(r.stdout + r.stderr);
  return r.stdout.trim().split("\n").map((l) => JSON.parse(l)).filter((e) => e.event === "epoch").map((e) => e.examplesPerSecond / batch);
}

function peer(folder, python, which, name, { epochs, batch }) {
  const r = spawnSync(python, [join(root, "bench/training/workloads.py"), which, name, join(folder, `${name}.csv`), String(epochs), String(batch)], { encoding: "utf8" });
  if (r.status !== 0) throw new Error(r.stderr);
  return JSON.parse(r.stdout.trim().split("\n").at(-1));
}

export const title = "Training: four sizes of model";

export async function run({ rounds }) {
  const python = peersPython();
  const folder = mkdtempSync(join(tmpdir(), "nnet-bench-"));
  const rows = [];
  try {
    for (const [name, w] of Object.entries(workloads)) {
      prepare(folder, name, w);
      const results = await interleaved({
        nnet: () => nnet(folder, name, w),
        keras: () => peer(folder, python, "keras", name, w),
        torch: () => peer(folder, python, "torch", name, w),
      }, rounds);
      // The first epoch compiles and warms.
      const [ours, keras, torch] = ["nnet", "keras", "torch"].map((k) => results.get(k).map((rates) => median(rates.slice(1))));
      const digits = median(ours) < 100 ? 1 : 0;
      rows.push([w.what, spread(ours, digits), spread(keras, digits), spread(torch, digits), (median(ours) / median(torch)).toFixed(2), (median(ours) / median(keras)).toFixed(2)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [`Steps a second in training, \`nnet train\` with the native engine against Keras \`fit\` and PyTorch eager; ${rounds} interleaved rounds, each a process of its own, the first epoch left out: median over rounds (smallest–largest).`, "", table(["", ".nnet", "Keras `fit`", "PyTorch eager", "× PyTorch", "× Keras"], rows)].join("\n");
}
