import { metrics } from "../language/settings/metrics.ts";
import type { OptionValue } from "../language/values.ts";
import type { Head } from "./plan.ts";

type Answering = Pick<Head, "kind" | "outputs" | "reconstructs">;

/** Metrics of predictions against labels. Definitions are scikit-learn's; macro means leave out classes without a row. */

export interface Answers {
  /** Probabilities or numbers, rows × outputs, row-major. */
  readonly outputs: Float32Array;
  /** Class indices or numbers. */
  readonly labels: Float32Array;
}

export type Scores = Readonly<Record<string, number>>;

/** By the metrics' names, `top_5` for top_k(5); those that have no value (one class alone, no spread) are left out. */
export function scoresOf(list: readonly OptionValue[], head: Answering, answers: Answers): Scores {
  const scores: Record<string, number> = {};
  for (const { name, args } of list) {
    const value = scoreOf(name, args as { k?: number }, head, answers);
    if (value !== undefined && Number.isFinite(value)) scores[name === "top_k" ? `top_${args["k"] as number}` : name] = value;
  }
  return scores;
}

/** Whether a metric is one for this kind of label. */
export const suits = (name: string, { kind, reconstructs }: Answering): boolean => !reconstructs && (kind === "number") === (metrics[name]!.of === "number");

function scoreOf(name: string, { k = 1 }: { k?: number }, head: Answering, answers: Answers): number | undefined {
  switch (name) {
    case "accuracy": return topK(answers, head, 1);
    case "top_k": return topK(answers, head, k);
    case "auc": return overClasses(answers, head, auc);
    case "mae": return mean(answers.labels, (y, i) => Math.abs(answers.outputs[i]! - y));
    case "rmse": return Math.sqrt(mean(answers.labels, (y, i) => (answers.outputs[i]! - y) ** 2));
    case "r2": return r2(answers);
    default: return overClasses(answers, head, (a, c) => byCounts(name, countsOf(a, head, c)));
  }
}

/** Of class 1 where there are two, else the mean over the classes that have rows. */
function overClasses(answers: Answers, head: Answering, score: (answers: Answers, classIndex: number) => number | undefined): number | undefined {
  if (head.kind === "binary" || head.outputs === 2) return score(answers, 1);
  const present = new Set(answers.labels);
  const values = [...present].sort((a, b) => a - b).map((c) => score(answers, c)).filter((v) => v !== undefined);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}

interface Counts {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

function countsOf({ outputs, labels }: Answers, head: Answering, classIndex: number): Counts {
  let [truePositive, falsePositive, falseNegative] = [0, 0, 0];
  for (const [i, label] of labels.entries()) {
    const said = answerAt(outputs, head, i) === classIndex;
    const is = label === classIndex;
    if (said && is) truePositive++;
    else if (said) falsePositive++;
    else if (is) falseNegative++;
  }
  return { truePositive, falsePositive, falseNegative };
}

function byCounts(name: string, { truePositive: tp, falsePositive: fp, falseNegative: fn }: Counts): number {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  if (name === "precision") return share(tp, tp + fp);
  if (name === "recall") return share(tp, tp + fn);
  return share(2 * tp, 2 * tp + fp + fn);
}

function answerAt(outputs: Float32Array, { kind, outputs: width }: Answering, row: number): number {
  if (kind === "binary") return outputs[row]! > 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < width; c++) if (outputs[row * width + c]! > outputs[row * width + best]!) best = c;
  return best;
}

function topK({ outputs, labels }: Answers, head: Answering, k: number): number {
  const { kind, outputs: width } = head;
  return mean(labels, (label, row) => {
    if (kind === "binary") return k > 1 || answerAt(outputs, head, row) === label ? 1 : 0;
    const own = outputs[row * width + label]!;
    let before = 0;
    for (let c = 0; c < width; c++) {
      const p = outputs[row * width + c]!;
      if (p > own || (p === own && c < label)) before++;
    }
    return before < k ? 1 : 0;
  });
}

/** By ranks (Mann–Whitney U), ties shared. */
function auc({ outputs, labels }: Answers, classIndex: number): number | undefined {
  const width = outputs.length / labels.length;
  const score = (row: number) => (width === 1 ? outputs[row]! : outputs[row * width + classIndex]!);
  const order = Array.from(labels.keys()).sort((a, b) => score(a) - score(b));
  let [positive, ranks] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && score(order[to]!) === score(order[from]!)) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) {
      if (labels[order[i]!] !== classIndex) continue;
      positive++;
      ranks += rank;
    }
    from = to;
  }
  const negative = labels.length - positive;
  return positive === 0 || negative === 0 ? undefined : (ranks - (positive * (positive + 1)) / 2) / (positive * negative);
}

function r2({ outputs, labels }: Answers): number | undefined {
  const centre = mean(labels, (y) => y);
  const spread = mean(labels, (y) => (y - centre) ** 2);
  return spread === 0 ? undefined : 1 - mean(labels, (y, i) => (y - outputs[i]!) ** 2) / spread;
}

function mean(values: Float32Array, of: (value: number, i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]!, i);
  return sum / values.length;
}
