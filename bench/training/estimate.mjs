// What is foreseen of a workload's memory, and what three steps take. usage: estimate.mjs NAME wasm|cpu|tensorflow BATCH
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { analyse } from "../../server/language/index.ts";
import { graphEngine } from "../../server/trainer/engines/graph/engine.ts";
import { startWasm } from "../../server/trainer/engines/portable/wasm.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { memoryOf } from "../../server/trainer/memory.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { workloads } from "./models.mjs";

const [name, backend, rows] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const { model: body, blocks = "", shape } = workloads[name];
if (backend === "tensorflow") process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
else if (backend === "wasm") await startWasm(tf, `${join(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist")}/`);
else await tf.setBackend("cpu");
const { models, trains } = analyse("/m.nnet", `data d {\n  source = csv("d.csv")\n  label = y\n}\n${blocks}\nmodel M {\n${body}\n}\ntrain M on d {\n  optimizer = adam(lr = 1e-3)\n  loss = cross_entropy\n}\n`);
const { model } = models.find((m) => m.model.name === "M");
const plan = planOf(model, trains[0].settings, ["class"]);
const engine = backend === "tensorflow" ? graphEngine("", await loadAddon((await engineStatus()).folder), () => Promise.reject(new Error("the graph can be built"))) : tfjsEngine("portable", "", { tf, versions: {} });
// While TensorFlow's library is loaded, 170 MB more of its file are in memory for a moment, which the system can take back.
if (backend === "tensorflow") writeFileSync("/proc/self/clear_refs", "5");
const session = await engine.open(model, plan, { batch: rows, steps: 3, measured: false });
const table = { rows, shape, x: Float32Array.from({ length: rows * shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 7), y: new Float32Array(rows) };
const { perRow, fixed } = memoryOf({ model, plan, shape, data: 4 * table.x.length, engine: engine.name, ...(session.rowBytes && { row: await session.rowBytes(shape) }) });
for (let number = 0; number < 3; number++) await session.train(table, [{ number, rows: Int32Array.from({ length: rows }, (_, i) => i), learningRate: 1e-4 }]);
const peak = 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
console.log(JSON.stringify({ predicted: fixed + rows * perRow, peak }));
process.exit(0);
