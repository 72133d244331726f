import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrainSettings } from "../../server/language/index.ts";
import type { OptionValue } from "../../server/language/values.ts";
import { classWeights } from "../../server/trainer/classes.ts";
import { partOf } from "../../server/trainer/data/part.ts";
import { scoresOf } from "../../server/trainer/metrics.ts";
import type { Head } from "../../server/trainer/plan.ts";

const head = (kind: Head["kind"], outputs: number) => ({ kind, outputs });
const option = (name: string, args = {}): OptionValue => ({ kind: "option", name, args });
const answers = (outputs: number[][], labels: number[]) => ({ outputs: Float32Array.from(outputs.flat()), labels: Float32Array.from(labels) });

// Each is the example of its function in scikit-learn's reference.
test("precision, recall and f1 of several classes are scikit-learn's macro means", () => {
  const said = [0, 2, 1, 0, 0, 1].map((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)));
  const scores = scoresOf([option("precision"), option("recall"), option("f1"), option("accuracy")], head("classes", 3), answers(said, [0, 1, 2, 0, 1, 2]));
  expect(scores["precision"]).toBeCloseTo(0.2222, 4);
  expect(scores["recall"]).toBeCloseTo(0.3333, 4);
  expect(scores["f1"]).toBeCloseTo(0.2667, 4);
  expect(scores["accuracy"]).toBeCloseTo(2 / 6, 6);
});

test("auc is scikit-learn's, ties shared", () => {
  const auc = (scores: number[], labels: number[]) => scoresOf([option("auc")], head("binary", 1), answers(scores.map((s) => [s]), labels))["auc"];
  expect(auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
  expect(auc([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1])).toBe(0.5);
  expect(auc([0.2, 0.7], [1, 1])).toBeUndefined();
});

test("top_k is scikit-learn's", () => {
  const outputs = [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]];
  expect(scoresOf([option("top_k", { k: 2 })], head("classes", 3), answers(outputs, [0, 1, 2, 2]))).toEqual({ top_2: 0.75 });
});

test("r2, mae and rmse are scikit-learn's", () => {
  const scores = scoresOf([option("r2"), option("mae"), option("rmse")], head("number", 1), answers([[2.5], [0], [2], [8]], [3, -0.5, 2, 7]));
  expect(scores["r2"]).toBeCloseTo(0.948608, 5);
  expect(scores["mae"]).toBe(0.5);
  expect(scores["rmse"]).toBeCloseTo(0.612372, 5);
  expect(scoresOf([option("r2")], head("number", 1), answers([[1], [2]], [4, 4]))).toEqual({});
});

/** test/truth/sklearn_metrics.py has the same answers. */
describe("of 200 answers with many ties", () => {
  const truth = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/sklearn-metrics.json"), "utf8")) as Record<"two" | "four" | "missing" | "binary" | "numbers", Record<string, number>> & Record<"top" | "balanced", number[]>;
  const ROWS = 200;
  const sines = (seed: number, n: number) => Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + seed));
  const labels = (classes: number, seed: number) => Array.from({ length: ROWS }, (_, i) => Math.min(classes - 1, Math.floor(classes * Math.sin(2.3 * i + seed) ** 2)));
  const tenths = (v: number) => Math.round(10 * v) / 10;
  const scores = (classes: number, of: readonly number[], round: (v: number) => number) => Array.from({ length: ROWS }, (_, row) => sines(classes, ROWS * classes).slice(row * classes, (row + 1) * classes).map((v, c) => round(Math.abs(v) + (round === tenths && c === of[row] ? 0.5 : 0))));
  const shares = (rows: readonly number[][]) => rows.map((row) => row.map((v) => v / row.reduce((a, b) => a + b, 0)));
  const four = labels(4, 0.2);
  const cases: [what: "two" | "four" | "missing", classes: number, of: number[]][] = [["two", 2, labels(2, 0.1)], ["four", 4, four], ["missing", 4, four.map((c) => (c === 2 ? 0 : c))]];
  const close = (found: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>) => {
    expect(Object.keys(found)).toEqual(Object.keys(wanted));
    for (const [name, value] of Object.entries(wanted)) expect(found[name], name).toBeCloseTo(value, 6);
  };
  const list = (of: Readonly<Record<string, number>>) => Object.keys(of).map((name) => option(name));

  test.each(cases)("%s classes: accuracy, precision, recall, f1 and auc are scikit-learn's", (what, classes, of) => {
    close(scoresOf(list(truth[what]), head("classes", classes), answers(shares(scores(classes, of, tenths)), of)), truth[what]);
  });

  test("top_k for every k, one sigmoid, and numbers", () => {
    for (const [i, share] of truth.top.entries()) expect(scoresOf([option("top_k", { k: i + 1 })], head("classes", 4), answers(scores(4, four, (v) => v), four))).toEqual({ [`top_${i + 1}`]: share });
    const two = labels(2, 0.1);
    close(scoresOf(list(truth.binary), head("binary", 1), answers(sines(9, ROWS).map((v, i) => [tenths(0.5 + 0.4 * v + 0.2 * (two[i]! - 0.5))]), two)), truth.binary);
    const y = sines(1, ROWS).map((v) => 3 * v);
    close(scoresOf(list(truth.numbers), head("number", 1), answers(sines(5, ROWS).map((v, i) => [y[i]! + v ** 3]), y)), truth.numbers);
  });

  test("balanced class weights are scikit-learn's", async () => {
    const part = partOf({ rows: ROWS, shape: [1], x: new Float32Array(ROWS), y: Float32Array.from(four) });
    const [found] = (await classWeights({ class_weight: "balanced" } as TrainSettings, [head("classes", 4) as Head], part))!;
    for (const [c, factor] of truth.balanced.entries()) expect(found![c]).toBeCloseTo(factor, 6);
  });
});
