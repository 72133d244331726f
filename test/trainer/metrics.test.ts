import { expect, test } from "vitest";
import type { OptionValue } from "../../server/language/values.ts";
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
