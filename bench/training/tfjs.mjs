// The 28×28 CNN by tfjs-node's own `fit`, on the library that nnet has installed. usage: tfjs.mjs CSV EPOCHS BATCH
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";

// tfjs-node 4.22 calls these of node:util; Node 23 removed them.
util.isNullOrUndefined ??= (v) => v === null || v === undefined;
util.isArray ??= Array.isArray;

const [csv, epochs, batch, folder] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { addon } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const tf = require("@tensorflow/tfjs");
const { NodeJSKernelBackend } = require("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js");
require("@tensorflow/tfjs-node/dist/register_all_kernels.js");
tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(require(join(folder, addon)), "@tensorflow/tfjs-node"), 3);
await tf.setBackend("tensorflow");

const rows = readFileSync(csv, "utf8").trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
const x = tf.tensor(rows.flatMap((r) => r.slice(0, -1)), [rows.length, 28, 28, 1]);
const y = tf.oneHot(tf.tensor1d(rows.map((r) => r.at(-1)), "int32"), 10);
const { layers } = tf;
const model = tf.sequential({
  layers: [
    layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: "relu" }), layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }), layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(), layers.dense({ units: 128, activation: "relu" }), layers.dense({ units: 10, activation: "softmax" }),
  ],
});
model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
const rates = [];
let began = 0;
await model.fit(x, y, {
  epochs: Number(epochs), batchSize: Number(batch), verbose: 0, yieldEvery: "never",
  callbacks: { onEpochBegin: () => void (began = performance.now()), onEpochEnd: () => void rates.push((1000 * Math.ceil(rows.length / batch)) / (performance.now() - began)) },
});
console.log(JSON.stringify({ rates }));
process.exit(0);
