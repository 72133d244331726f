// The workloads: models, data of their shapes, and what each is to be against its peers.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../editor/files.mjs";

const residual = `block Residual(filters, stride = 1) {
  let skip = stride == 1 and channels(in) == filters ? in : in -> conv2d(filters, 1, stride = stride, bias = false) -> batch_norm
  conv2d(filters, 3, stride = stride, padding = same, bias = false) -> batch_norm -> relu
  conv2d(filters, 3, padding = same, bias = false) -> batch_norm
  add(skip) -> relu
}`;

/** `epochs` by who trains: enough for some seconds each. `goal`: at least so many times as fast. */
export const workloads = {
  mlp: {
    what: "MLP 2-64-64-2 on spirals, batch 32", rows: 3200, shape: [2], classes: 2, batch: 32, epochs: { nnet: 300, torch: 12, keras: 5 }, goal: { torch: 8, keras: 20 },
    model: "input x [2]\ndense(64) -> relu\ndense(64) -> relu\ndense(2) -> softmax",
  },
  digits: {
    what: "CNN of samples/digits.nnet, batch 32", rows: 1437, shape: [8, 8, 1], classes: 10, batch: 32, epochs: { nnet: 30, torch: 12, keras: 6 }, goal: { torch: 1.5, keras: 2 }, value: (draw) => draw(),
    model: /model LeNet[^{]*\{\n([^]*?)\n\}/.exec(readFileSync(join(root, "samples/digits.nnet"), "utf8"))[1].replace(/\bclasses\b/g, "10"),
  },
  cnn28: {
    what: "CNN on 28×28, batch 64", rows: 1280, shape: [28, 28, 1], classes: 10, batch: 64, epochs: { nnet: 6, torch: 4, keras: 4, tfjs: 3 }, goal: { torch: 1.3, keras: 1.5, tfjs: 3 }, value: (draw) => draw(),
    model: "input x [28, 28, 1]\nconv2d(32, 3) -> relu -> max_pool2d(2)\nconv2d(64, 3) -> relu -> max_pool2d(2)\nflatten\ndense(128) -> relu\ndense(10) -> softmax",
  },
  resnet20: {
    what: "ResNet-20 on 32×32×3, batch 64", rows: 512, shape: [32, 32, 3], classes: 10, batch: 64, epochs: { nnet: 4, torch: 3, keras: 3, compile: 4 }, goal: { torch: 1 }, value: (draw) => draw(), blocks: residual,
    model: `input x [32, 32, 3]
conv2d(16, 3, padding = same, bias = false) -> batch_norm -> relu
repeat 3 { Residual(16) }
for f in [32, 64] {
  Residual(f, stride = 2)
  repeat 2 { Residual(f) }
}
global_avg_pool
dense(10) -> softmax`,
  },
  textcnn: {
    what: "TextCNN, 20,000 words, 64 tokens, batch 64", rows: 1280, shape: [64], classes: 2, batch: 64, epochs: { nnet: 5, torch: 4, keras: 3 }, goal: { torch: 1 }, value: (draw) => Math.floor(20_000 * draw()),
    model: "input x int [64]\nembedding(20_000, 128)\nconcat for h in [3, 4, 5] { conv1d(100, h) -> relu -> global_max_pool }\ndropout(0.5)\ndense(2) -> softmax",
  },
};

/** Numbers in [0, 1), the same on every run. */
function numbers(state = 1) {
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Writes a workload's data, NAME.csv, and its program, NAME.nnet; the path of that. */
export function prepare(folder, name, { rows, shape, classes, batch, value, model, blocks = "" } = workloads[name]) {
  const width = shape.reduce((a, b) => a * b, 1);
  const draw = numbers();
  const lines = [Array.from({ length: width }, (_, i) => `f${i}`).concat("label").join()];
  for (let i = 0; i < rows; i++) {
    const label = i % classes;
    // Two spirals, or noise: speed does not depend on what is learnt.
    const [t, turn] = [i / rows, Math.PI * label];
    const values = value ? Array.from({ length: width }, () => value(draw)) : [t * Math.cos(9 * t + turn), t * Math.sin(9 * t + turn)];
    lines.push([...values.map((v) => Number(v.toFixed(4))), label].join());
  }
  writeFileSync(join(folder, `${name}.csv`), lines.join("\n"));
  const file = join(folder, `${name}.nnet`);
  const data = `data d {\nsource = csv("${name}.csv")\nlabel = label\nsplit = [1, 0, 0]\n${shape.length > 1 ? `shape = [${shape.join(", ")}]\n` : ""}}`;
  writeFileSync(file, `${data}\n${blocks}\nmodel M {\n${model}\n}\ntrain M on d {\noptimizer = adam(lr = 1e-3)\nloss = cross_entropy\nbatch = ${batch}\n}\n`);
  return file;
}
