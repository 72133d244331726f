// What it takes to make a model's graph: expand the file, draw the weights, write, load and optimize the graph. usage: compile.mjs FILE BATCH
import { readFileSync } from "node:fs";
import { analyse } from "../../server/language/index.ts";
import { GraphSession } from "../../server/trainer/engines/graph/session.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { planOf } from "../../server/trainer/plan.ts";

process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
const [file, batch] = [process.argv[2], Number(process.argv[3])];
const addon = await loadAddon((await engineStatus()).folder);
const began = performance.now();
const text = `data d {\n  source = csv("d.csv")\n  label = y\n}\n${readFileSync(file, "utf8")}`;
const name = /model (\w+)/.exec(text)[1];
const analysis = analyse(file, `${text}\ntrain ${name} on d {\n  loss = cross_entropy\n  batch = ${batch}\n}\n`);
const model = analysis.models.find((m) => m.model.name === name).model;
const plan = planOf(model, analysis.trains[0].settings, ["class"]);
const expanded = performance.now();
const session = new GraphSession(addon, model, plan);
const initialized = performance.now();
const shape = model.nodes[model.inputs[0]].type.shape;
const table = { rows: batch, shape, x: new Float32Array(batch * shape.reduce((a, b) => a * b, 1)).fill(0.5), y: new Float32Array(batch) };
const step = async (number) => {
  const start = performance.now();
  await session.train(table, [{ number, rows: Int32Array.from({ length: batch }, (_, i) => i), learningRate: 1e-3 }]);
  return performance.now() - start;
};
const first = await step(0);
const later = Math.min(await step(1), await step(2));
console.log(JSON.stringify({ layers: model.nodes.length, expand: expanded - began, initialize: initialized - expanded, graph: first - later, step: later }));
process.exit(0);
