import { beforeAll, describe, expect, test } from "vitest";
import type { Engine, Expected, Step, Table } from "../../server/trainer/engines/engine.ts";
import { graphEngine } from "../../server/trainer/engines/graph/engine.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { generator } from "../../server/trainer/random.ts";
import { batches, follow, open } from "../kit/sessions.ts";
import { tfOn } from "../kit/tf.ts";

const status = await engineStatus();

const DENSE = "input x [4]\ndense(8, l1 = 1e-3, l2 = 1e-2) -> tanh\n";
const CLASSES = `${DENSE}dense(3) -> softmax`;
const NUMBER = `${DENSE}dense(1)`;
const NOISY = "input x [4]\ndense(8) -> relu -> dropout(0.5) -> gaussian_noise(0.1)\ndense(3) -> softmax";
/** So many that the graph has loops. */
const MANY = "input x [4]\ndense(74) -> tanh -> dropout(0.2)\nreshape([37, 2])\nbidirectional(lstm(3, true))\nlayer_norm -> dropout(0.2)\ngru(3, true)\nglobal_avg_pool -> dense(3) -> softmax";
const cases: [what: string, body: string, settings: string, label: "class" | "number"][] = [
  ...["adam(lr = 0.01)", "adamw(lr = 0.01, weight_decay = 0.1)", "sgd(lr = 0.1)", "sgd(lr = 0.05, momentum = 0.9)", "sgd(lr = 0.05, momentum = 0.9, nesterov = true)", "rmsprop(lr = 0.01)", "adagrad(lr = 0.1)"]
    .map((o): [string, string, string, "class"] => [o, CLASSES, `optimizer = ${o}`, "class"]),
  ["norms bounded", CLASSES, "clip = norm(0.1)", "class"],
  ["entries bounded", CLASSES, "clip = value(0.01)", "class"],
  ["label smoothing", CLASSES, "loss = cross_entropy(label_smoothing = 0.1)", "class"],
  ["log_softmax", `${DENSE}dense(3) -> log_softmax`, "loss = cross_entropy", "class"],
  ["probabilities from elsewhere", `${DENSE}dense(3) -> softmax -> identity`, "loss = cross_entropy", "class"],
  ["binary", `${DENSE}dense(1) -> sigmoid`, "", "class"],
  ["one answer per label", `${DENSE}dense(3) -> sigmoid`, "loss = binary_cross_entropy", "class"],
  ...["mse", "mae", "huber(delta = 0.5)"].map((l): [string, string, string, "number"] => [l, NUMBER, `loss = ${l}`, "number"]),
  ["batch norm and frozen weights", "input x [4]\nnormalization\ndense(8, frozen = true) -> batch_norm -> relu\ndense(3) -> softmax", "", "class"],
  ["dropout and noise", "input x [4]\ndense(8) -> relu -> dropout(0.5) -> gaussian_noise(0.1)\ndense(7) -> rrelu -> dropout(0.2)\ndense(3) -> softmax", "seed = 9", "class"],
  ["batch norm of images", "input x [4]\nreshape([2, 2, 1])\nconv2d(3, 2, padding = same, bias = false) -> batch_norm -> relu\nconv2d(2, 2, padding = same, bias = false) -> batch_norm(scale = false, center = false)\nflatten\ndense(3) -> softmax", "", "class"],
  ["recurrent", "input x [4]\nreshape([2, 2])\nbidirectional(lstm(3))\ndense(3) -> softmax", "", "class"],
  ["many positions", MANY, "optimizer = adam(lr = 0.01)\nclip = norm(0.1)", "class"],
  ["positions that fill a loop's rounds", "input x [4]\ndense(48) -> tanh\nreshape([24, 2])\nlstm(4, projection = 3, sequences = true)\nsimple_rnn(3)\ndense(1)", "optimizer = sgd(lr = 0.01)", "number"],
];

describe.runIf(status.engine === "tensorflow")("a model compiled to a graph", () => {
  let graph: Engine;
  let portable: Engine;
  beforeAll(async () => {
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
    graph = graphEngine("graph", await loadAddon(status.folder!), () => Promise.reject(new Error("the graph can be built")));
    portable = tfjsEngine("portable", "tfjs", { tf: await tfOn("cpu"), versions: {} });
  });

  test.each(cases)("%s: 50 losses, scores and weights are the portable engine's", async (_what, body, settings, label) => {
    const [ours, theirs] = [await follow(graph, body, settings, label, 50), await follow(portable, body, settings, label, 50)];
    for (const [i, r] of ours.results.entries()) {
      expect(Math.abs(r.loss - theirs.results[i]!.loss), `step ${i}`).toBeLessThan(1e-4);
      expect(r.correct).toBe(theirs.results[i]!.correct);
    }
    expect(ours.results).toHaveLength(50);
    expect(Math.abs(ours.score.loss - theirs.score.loss) / theirs.score.loss).toBeLessThan(1e-4);
    expect(ours.score.correct).toBe(theirs.score.correct);
    expect([...ours.weights.keys()]).toEqual([...theirs.weights.keys()]);
    for (const [name, { shape, data }] of ours.weights) {
      expect(shape).toEqual(theirs.weights.get(name)!.shape);
      expect(Math.max(...data.map((v, i) => Math.abs(v - theirs.weights.get(name)!.data[i]!))), name).toBeLessThan(1e-5);
    }
    expect(Math.max(...ours.outputs.map((v, i) => Math.abs(v - theirs.outputs[i]!)))).toBeLessThan(1e-3);
  });

  test.each([["classes", CLASSES, "class"], ["one answer", `${DENSE}dense(1) -> sigmoid`, "class"], ["numbers", NUMBER, "number"]] as const)("%s: features, targets and factors of rows that a step brings count as in the portable engine", async (_what, body, label) => {
    const [a, b] = [open(graph, body, "", label), open(portable, body, "", label)];
    const outputs = a.plan.heads[0].outputs;
    const given = batches(50, 8, 20, 0.01).map((step, i): Step => {
      const draw = generator(2, "given", i);
      const numbers = (n: number) => Float32Array.from({ length: n }, draw);
      const targets = numbers(step.rows.length * outputs);
      if (outputs > 1) for (let at = 0; at < targets.length; at += outputs) targets.set(targets.slice(at, at + outputs).map((v, _, all) => v / all.reduce((x, y) => x + y)), at);
      return { ...step, ...(i % 4 !== 0 && { x: numbers(step.rows.length * 4) }), ...(i % 3 !== 0 && { targets }), ...(i % 2 !== 0 && { weights: numbers(step.rows.length) }) };
    });
    const [ours, theirs] = [await (await a.session).train(a.table, given), await (await b.session).train(b.table, given)];
    expect(ours).toHaveLength(20);
    for (const [i, r] of ours.entries()) {
      expect(Math.abs(r.loss - theirs[i]!.loss), `step ${i}`).toBeLessThan(1e-4);
      expect(r.correct).toBe(theirs[i]!.correct);
    }
    for (const s of [a.session, b.session]) (await s).dispose();
  });

  test.each(["adam(lr = 0.01)", "sgd(lr = 0.05, momentum = 0.9)", "adagrad(lr = 0.1)"])("%s: training goes on from a state as from where it was taken, to the bit, on both engines", async (optimizer) => {
    for (const engine of [graph, portable]) {
      const { session, table } = open(engine, NOISY, `optimizer = ${optimizer}`, "class");
      const s = await session;
      const steps = batches(table.rows, 8, 30, 0.01);
      await s.train(table, steps.slice(0, 15));
      const taken = await s.state();
      const whole = await s.train(table, steps.slice(15));
      const other = await open(engine, NOISY, `optimizer = ${optimizer}`, "class").session;
      await other.setState(taken);
      expect(await other.train(table, steps.slice(15))).toEqual(whole);
      expect(await other.state()).toEqual(await s.state());
      for (const one of [s, other]) one.dispose();
    }
  });

  test("the same seed gives the same bits; another seed others", async () => {
    const [a, b] = [await follow(graph, NOISY, "seed = 4", "class", 40), await follow(graph, NOISY, "seed = 4", "class", 40)];
    expect(a).toEqual(b);
    expect((await follow(graph, NOISY, "seed = 5", "class", 40)).results).not.toEqual(a.results);
  });

  // What a replica would have of a batch alone is not dealt: batch norm keeps one.
  test.each(cases.filter(([what]) => /^adam\(|momentum = 0.9\)|norms|smoothing|one answer|huber|dropout|batch norm of|recurrent/.test(what)))("%s: rows dealt to three replicas give the losses, scores and weights of one", async (_what, body, settings, label) => {
    const dealt = graphEngine("graph", await loadAddon(status.folder!), () => Promise.reject(new Error("the graph can be built")), (rows) => Math.min(rows, 3));
    const [three, one] = [await follow(dealt, body, settings, label, 20), await follow(graph, body, settings, label, 20)];
    for (const [i, r] of three.results.entries()) {
      expect(Math.abs(r.loss - one.results[i]!.loss), `step ${i}`).toBeLessThan(1e-5 * Math.max(1, r.loss));
      expect(r.correct).toBe(one.results[i]!.correct);
    }
    expect(Math.abs(three.score.loss - one.score.loss)).toBeLessThan(1e-4);
    expect(three.score.correct).toBe(one.score.correct);
    for (const [i, v] of three.outputs.entries()) expect(v, `output ${i}`).toBeCloseTo(one.outputs[i]!, 4);
    for (const [name, { data }] of three.weights) expect(Math.max(...data.map((v, i) => Math.abs(v - one.weights.get(name)!.data[i]!))), name).toBeLessThan(1e-5);
    // The same measures.
    const measures = await Promise.all([dealt, graph].map(async (engine) => {
      const { session, table } = open(engine, body, settings, label);
      const s = await session;
      const [step] = batches(table.rows, 8, 1, 0.01);
      const found = { layers: await s.inspect(table, step!), units: await s.activity(table, step!.rows) };
      s.dispose();
      return found;
    }));
    for (const [i, layer] of measures[0]!.layers.entries()) for (const [key, v] of Object.entries(layer)) if (typeof v === "number") expect(v, key).toBeCloseTo(measures[1]!.layers[i]![key as "mean"] as number, 4);
    for (const [node, most] of measures[0]!.units) for (const [i, v] of most.entries()) expect(v).toBeCloseTo(measures[1]!.units.get(node)![i]!, 5);
  });

  test("the same seed gives the same bits where the graph has loops", async () => {
    expect(await follow(graph, MANY, "seed = 4", "class", 5)).toEqual(await follow(graph, MANY, "seed = 4", "class", 5, 1));
  });

  test("how many steps share a session run changes no bit", async () => {
    const several = await follow(graph, NOISY, "", "class", 40);
    const single = await follow(graph, NOISY, "", "class", 40, 1);
    expect(single).toEqual(several);
  });

  test.each(cases.filter(([what]) => /adamw|nesterov|rmsprop|adagrad|norms|log_softmax|binary|huber|frozen/.test(what)))("%s: the loop that XLA makes gives the same", async (_what, body, settings, label) => {
    const [made, written] = [await follow(graph, body, settings, label, 40, undefined, LONG), await follow(graph, body, settings, label, 40)];
    expect(made.results).toHaveLength(40);
    for (const [i, r] of made.results.entries()) {
      expect(Math.abs(r.loss - written.results[i]!.loss), `step ${i}`).toBeLessThan(1e-5 * Math.max(1, r.loss));
      expect(r.correct).toBe(written.results[i]!.correct);
    }
    for (const [name, { data }] of made.weights) expect(Math.max(...data.map((v, i) => Math.abs(v - written.weights.get(name)!.data[i]!))), name).toBeLessThan(1e-4);
  });

  test("XLA's loop: the same bits however its steps are grouped, and updates stop where a loss is not finite", async () => {
    const body = "input x [4]\ndense(8) -> tanh -> batch_norm\ndense(3) -> softmax";
    expect(await follow(graph, body, "", "class", 40, 3, LONG)).toEqual(await follow(graph, body, "", "class", 40, undefined, LONG));
    const { session, table } = open(graph, NUMBER, "optimizer = sgd(lr = 1e12)", "number", LONG);
    const s = await session;
    const steps = batches(table.rows, 8, 40, 1e12).filter((step) => step.rows.length === 8);
    const results = await s.train(table, steps);
    expect(results.length).toBeLessThan(40);
    expect(Number.isFinite(results.at(-1)!.loss)).toBe(false);
    expect(results.slice(0, -1).every((r) => Number.isFinite(r.loss))).toBe(true);
    const kept = await s.weights();
    expect(Number.isFinite((await s.train(table, steps.slice(results.length - 1)))[0]!.loss)).toBe(false);
    expect(await s.weights()).toEqual(kept);
    s.dispose();
  });

  test.each(cases.filter(([what]) => /adamw|nesterov|rmsprop|adagrad|norms|frozen|noise|images|recurrent|many/.test(what)))("%s: an inspected step is the step that is then taken, on both engines", async (_what, body, settings, label) => {
    const found = await Promise.all([graph, portable].map(async (engine) => {
      const { session, table } = open(engine, body, settings, label);
      const s = await session;
      const steps = batches(table.rows, 8, 6, 0.01);
      await s.train(table, steps.slice(0, 5));
      const before = await s.state();
      const layers = await s.inspect(table, steps[5]!);
      const units = await s.activity(table, steps[5]!.rows);
      expect(await s.state()).toEqual(before);
      await s.train(table, steps.slice(5));
      const after = await s.state();
      s.dispose();
      return { layers, units, before, after };
    }));
    const { model } = open(portable, body, settings, label);
    const [ours, theirs] = [found[0]!, found[1]!];
    expect(ours.layers.map((l) => l.node)).toEqual(model.nodes.filter((n) => n.layer).map((n) => n.id));
    for (const [i, l] of ours.layers.entries()) {
      const node = model.nodes[l.node]!;
      for (const key of ["gradientNorm", "weightNorm", "updateRatio", "mean", "variance", "zeros", "saturated"] as const) {
        const [a, b] = [l[key], theirs.layers[i]![key]];
        if (b === null) expect(a, `${node.name} ${key}`).toBeNull();
        else expect(Math.abs(a! - b), `${node.name} ${key}`).toBeLessThan(1e-3 * Math.max(1, Math.abs(b)));
      }
      const learning = node.weights.filter((w) => w.spec.trainable).map((w) => w.name);
      const norm = (of: (name: string, i: number) => number) => Math.sqrt(learning.reduce((sum, name) => sum + ours.before.get(name)!.data.reduce((s, _, j) => s + of(name, j) ** 2, 0), 0));
      const weight = norm((name, j) => ours.before.get(name)!.data[j]!);
      expect(l.weightNorm ?? 0, node.name).toBeCloseTo(weight, 4);
      expect((l.updateRatio ?? 0) * weight, node.name).toBeCloseTo(norm((name, j) => ours.after.get(name)!.data[j]! - ours.before.get(name)!.data[j]!), 5);
    }
    expect([...ours.units.keys()]).toEqual([...theirs.units.keys()]);
    for (const [node, most] of ours.units) expect(Math.max(...most.map((v, i) => Math.abs(v - theirs.units.get(node)![i]!)))).toBeLessThan(1e-3);
  });

  test("dropout keeps its share and its mean, and draws anew each step", async () => {
    const { session, table } = open(graph, "input x [4]\ndense(400, frozen = true, init = ones, bias_init = ones) -> dropout(0.25)\ndense(1, bias = false, init = constant(0.0025))", "", "number");
    const s = await session;
    const rows = Int32Array.of(0);
    const at = { ...table, x: new Float32Array(table.x.length), y: new Float32Array(table.rows) };
    // The output is the mean of 400 ones after dropout: 1 on average; the loss is its square.
    const outputs = (await s.train(at, Array.from({ length: 50 }, (_, number): Step => ({ number, rows, learningRate: 0 })))).map((r) => Math.sqrt(r.loss));
    expect(Math.abs(outputs.reduce((a, b) => a + b, 0) / 50 - 1)).toBeLessThan(0.02);
    expect(new Set(outputs).size).toBeGreaterThan(20);
    s.dispose();
  });

  test("a loss that is not finite stops the run's updates there, and the layer is named", async () => {
    const { session, table, model } = open(graph, NUMBER, "optimizer = sgd(lr = 1e12)", "number");
    const s = await session;
    const steps = batches(table.rows, 8, 40, 1e12);
    const before = await s.train(table, steps.slice(0, 1));
    expect(Number.isFinite(before[0]!.loss)).toBe(true);
    const results = await s.train(table, steps.slice(1));
    expect(Number.isFinite(results.at(-1)!.loss)).toBe(false);
    expect(results.slice(0, -1).every((r) => Number.isFinite(r.loss))).toBe(true);
    const kept = await s.weights();
    const bad = steps[results.length]!;
    expect(Number.isFinite((await s.train(table, [bad]))[0]!.loss)).toBe(false);
    expect(await s.weights()).toEqual(kept);
    const culprit = await s.diagnose(table, bad, true);
    if (culprit) expect(model.nodes[culprit.node]).toBeDefined();
    s.dispose();
  });

  test.each([
    ["convolutions", [3, 7, 12], "concat(axis = 1) for h in [2, 3] { conv1d(3, h) -> relu -> k_max_pool(1) }\nflatten"],
    ["a recurrent layer, written out and as a loop", [5, 16, 29], "bidirectional(gru(3))"],
  ] as const)("an input of any length, %s: tables of several lengths share the weights, and both engines agree", async (_what, lengths, layers) => {
    const body = `input words int [N]\nembedding(20, 4)\n${layers}\ndense(2) -> softmax`;
    const draw = generator(2, "tokens");
    const tables = lengths.map((length): Table => ({ rows: 10, shape: [length], x: Float32Array.from({ length: 10 * length }, () => Math.floor(20 * draw())), y: Float32Array.from({ length: 10 }, (_, i) => i % 2) }));
    const losses = async (engine: Engine) => {
      const s = await open(engine, body, "", "class").session;
      const found: number[] = [];
      for (let number = 0; number < 12; number++) {
        const table = tables[number % 3]!;
        found.push((await s.train(table, [{ number, rows: Int32Array.of(0, 3, 7, 8), learningRate: 0.02 }]))[0]!.loss, (await s.evaluate(table, Int32Array.of(1, 2))).loss);
        if (number === 5) s.forget(table);
      }
      s.dispose();
      return found;
    };
    const [ours, theirs] = [await losses(graph), await losses(portable)];
    expect(ours).toHaveLength(24);
    for (const [i, loss] of ours.entries()) expect(Math.abs(loss - theirs[i]!), `loss ${i}`).toBeLessThan(1e-4);
  });

  test("rows that the table lacks, and arrays of another size, never reach TensorFlow", async () => {
    const { session, table } = open(graph, CLASSES, "", "class");
    const s = await session;
    await expect(s.train(table, [{ number: 0, rows: Int32Array.of(0, table.rows), learningRate: 0.1 }])).rejects.toThrow(/not among the table's 50/);
    const step: Step = { number: 0, rows: Int32Array.of(0, 1), learningRate: 0.1 };
    await expect(s.train(table, [{ ...step, x: new Float32Array(7) }])).rejects.toThrow("a step of 2 rows brings 7 values as x, not 8");
    await expect(s.train(table, [{ ...step, weights: new Float32Array(3) }])).rejects.toThrow("brings 3 values as weights, not 2");
    await expect(s.train({ ...table, shape: [2, 2] }, [step])).rejects.toThrow("a row of shape [2, 2] does not fit the model's input [4]");
    await expect(s.train({ ...table, x: new Float32Array(10) }, [step])).rejects.toThrow("a table of 50 rows of shape [4] has 10 values, not 200");
    s.dispose();
  });
});

/** So many steps that compiling pays. */
const LONG: Expected = { batch: 8, steps: 1e6, measured: false };
