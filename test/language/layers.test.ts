import { describe, expect, test } from "vitest";
import { analyse, initializerOf, layers } from "../../server/language/index.ts";
import { ArrayOps, type Arrays } from "../../server/language/ops/arrays.ts";
import { farthest, modelOf, recordedCounts, recordedValues, ROWS, runModel, sizedModel, titleOf } from "../kit/layer-values.ts";

describe("shapes and counts are Keras'", () => {
  for (const c of recordedCounts) {
    test(titleOf(c), () => {
      const model = modelOf(c);
      const { shape } = model.nodes[model.outputs[0]!]!.type!;
      // Keras says only that an axis is open; ours says which formula it follows.
      expect(shape.map((d) => (typeof d === "number" ? d : null))).toEqual(c.output);
      expect(model.totals.params).toBe(c.params);
      expect(model.totals.trainable).toBe(c.trainable);
    });
  }
});

describe("results are Keras'", () => {
  for (const c of recordedValues) {
    test(titleOf(c), () => {
      const model = sizedModel(c);
      const ops = new ArrayOps(c.training);
      const kept = new Map<string, Arrays>();
      const rows = (shape: readonly number[], entries: Float64Array, count: number): Arrays => ({ shape, rows: Array.from({ length: count }, (_, r) => entries.slice((r * entries.length) / count, ((r + 1) * entries.length) / count)) });
      const out = runModel<Arrays>(model, ops, c, {
        input: (shape, entries) => rows(shape, entries, ROWS),
        weight: (shape, entries, key) => {
          const w = rows(shape, entries, 1);
          kept.set(key, w);
          return w;
        },
      });
      expect(out.shape).toEqual(c.shape);
      expect(out.shape).toEqual(model.nodes[model.outputs[0]!]!.type!.shape);
      expect(farthest(out.rows.flatMap((r) => [...r]), c.values)).toBeLessThan(1e-6);
      for (const [key, values] of Object.entries(c.after ?? {})) {
        const w = kept.get(key)!;
        expect(farthest((ops.assigned.get(w) ?? w).rows[0]!, values), key).toBeLessThan(1e-6);
      }
    });
  }
});

describe("in training", () => {
  const run = (call: string, shape: readonly number[], fill: (i: number) => number, rows = 400): Arrays => {
    const model = analyse("/l.nnet", `model M {\ninput x [${shape.join(", ")}]\n${call}\n}`).models[0]!.model;
    const size = shape.reduce((a, b) => a * b, 1);
    const x = { shape, rows: Array.from({ length: rows }, () => Float64Array.from({ length: size }, (_, i) => fill(i))) };
    const node = model.nodes[1]!;
    return node.layer!.forward(new ArrayOps(true), node.args, [x], {});
  };
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const entries = (x: Arrays) => x.rows.flatMap((r) => [...r]);

  test("dropout drops its share of entries and keeps their mean", () => {
    const y = entries(run("dropout(0.25)", [50], () => 3));
    expect(new Set(y)).toEqual(new Set([0, 4]));
    expect(mean(y)).toBeCloseTo(3, 1);
    expect(new Set(entries(run("dropout(0)", [50], () => 3)))).toEqual(new Set([3]));
  });

  test("spatial_dropout drops whole channels, drop_path whole rows", () => {
    const channels = run("spatial_dropout(0.5)", [4, 3, 5], () => 1).rows;
    for (const row of channels) for (let i = 0; i < row.length; i++) expect(row[i]).toBe(row[i % 5]);
    expect(new Set(channels.map((r) => r.slice(0, 5).join())).size).toBeGreaterThan(20);
    const rows = run("drop_path(0.5)", [4, 3], () => 1).rows;
    for (const row of rows) expect(new Set(row).size).toBe(1);
    expect(mean(rows.map((r) => r[0]!))).toBeGreaterThan(0.7);
    expect(mean(rows.map((r) => r[0]!))).toBeLessThan(1.3);
  });

  test("gaussian_noise adds noise of its deviation", () => {
    const y = entries(run("gaussian_noise(0.5)", [100], () => 2));
    expect(mean(y)).toBeCloseTo(2, 1);
    expect(Math.sqrt(mean(y.map((v) => (v - 2) ** 2)))).toBeCloseTo(0.5, 1);
  });

  test("rrelu draws a slope for each entry within its bounds", () => {
    const y = entries(run("rrelu", [50], () => -1));
    expect(Math.min(...y)).toBeGreaterThanOrEqual(-1 / 3);
    expect(Math.max(...y)).toBeLessThanOrEqual(-1 / 8);
    expect(mean(y)).toBeCloseTo(-(1 / 8 + 1 / 3) / 2, 2);
    expect(new Set(y).size).toBeGreaterThan(1000);
  });
});

test("weights begin as in Keras", () => {
  const starts = (input: string, call: string) => {
    const { model } = analyse("/l.nnet", `model M {\ninput x ${input}\n${call}\n}`).models[0]!;
    return Object.fromEntries(model.nodes[1]!.weights.map((w) => [w.key, [...initializerOf(w.spec.init.name).fill(w.spec.init.args, w.spec.shape as number[], () => 0.5)]]));
  };
  expect(starts("[2]", "batch_norm")).toEqual({ gamma: [1, 1], beta: [0, 0], moving_mean: [0, 0], moving_variance: [1, 1] });
  expect(starts("[4, 2]", "lstm(2)")["bias"]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect(starts("[4, 2]", "lstm(2, bias_init = ones)")["bias"]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  expect(starts("[4, 2]", "bidirectional(lstm(1))")["backward_bias"]).toEqual([0, 1, 0, 0]);
  expect(starts("[2]", "prelu")).toEqual({ slope: [0.25, 0.25] });
  expect(starts("[2]", "layer_scale")["gamma"]![0]).toBeCloseTo(1e-6, 12);
  expect(starts("[3, 2]", "class_token")).toEqual({ row: [0, 0] });
});

test("a reshape divides sizes that come with the data", () => {
  const shape = (input: string, call: string) => analyse("/l.nnet", `model M {\ninput x [${input}]\n${call}\n}`).models[0]!.model.nodes[1]!.type?.shape.map(String).join(", ");
  expect(shape("N, 4", "reshape([-1])")).toBe("4*N");
  expect(shape("N, 4", "reshape([-1, 2, 2])")).toBe("N, 2, 2");
  expect(shape("N, 4", "reshape([dim(in, 0), -1])")).toBe("N, 4");
  expect(shape("N, M", "reshape([-1, dim(in, 1)])")).toBe("N, M");
  expect(shape("N, 6", "reshape([dim(in, 0) * 2, -1])")).toBe("2*N, 3");
  expect(shape("N, 4", "reshape([-1, 8])")).toBe(undefined);
});

test("every layer is compared", () => {
  const seen = (cases: readonly { nnet: string }[]) => new Set(cases.flatMap((c) => c.nnet.match(/[a-z]\w*/g) ?? []));
  expect([...layers.keys()].filter((name) => !seen(recordedCounts).has(name))).toEqual([]);
  expect([...layers.keys()].filter((name) => !seen(recordedValues).has(name))).toEqual([]);
});
