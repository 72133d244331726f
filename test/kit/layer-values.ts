import { readFileSync } from "node:fs";
import { join } from "node:path";
import { analyse, type Model, type Ops } from "../../server/language/index.ts";

/** What Keras says, recorded by test/truth/keras_layers.py. */
interface Recorded {
  readonly nnet: string;
  /** null: a size known only when data comes. */
  readonly inputs: readonly (readonly (number | null)[])[];
  /** Indices below this flow in. */
  readonly tokens?: number;
}

export interface RecordedCount extends Recorded {
  readonly output: readonly (number | null)[];
  readonly params: number;
  readonly trainable: number;
}

export interface RecordedValues extends Recorded {
  readonly shape: readonly number[];
  /** Of `ROWS` rows, one after another. */
  readonly values: readonly number[];
  readonly training?: true;
  /** Weights after a step in training, by key. */
  readonly after?: Readonly<Record<string, readonly number[]>>;
}

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "../truth", name), "utf8"));
export const recordedCounts: readonly RecordedCount[] = read("keras-layers.json").cases;
const recorded = read("keras-values.json");
export const recordedValues: readonly RecordedValues[] = recorded.cases;
export const ROWS: number = recorded.made.rows;

export const titleOf = (c: Recorded) => `${c.inputs.map((s) => `[${s.map((d) => d ?? "N").join(", ")}]`).join(" ")} ${c.nnet}${"training" in c ? " in training" : ""}`;

/** The case as a model; a size that Keras leaves open is the symbol N (M for the second one). `sizes` fills them in. */
export function modelOf(c: Recorded, sizes?: number): Model {
  const inputs = c.inputs.map((shape, i) => {
    const symbols = ["N", "M"];
    return `input ${"xyz"[i]} ${c.tokens ? "int " : ""}[${shape.map((d) => d ?? sizes ?? symbols.shift()).join(", ")}]`;
  });
  const analysis = analyse("/layer.nnet", `model Case {\n${inputs.join("\n")}\n${c.nnet}\n}\n`);
  const errors = analysis.findings.filter((f) => f.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((f) => `${f.code}: ${f.message}`).join("; "));
  return analysis.models[0]!.model;
}

/** The same model with every size known. */
export const sizedModel = (c: Recorded) => modelOf(c, recorded.made.length);

/** Entries of the j-th input, rows one after another; as `entry` in keras_layers.py. */
export function inputEntries(j: number, shape: readonly number[], tokens?: number): Float64Array {
  return Float64Array.from({ length: ROWS * size(shape) }, (_, i) => (tokens ? (7 * i + 3) % tokens : 2 * Math.cos(1.3 * i + j)));
}

/** Entries of the k-th weight; as `weight` in keras_layers.py. */
export function weightEntries(k: number, key: string, shape: readonly number[]): Float64Array {
  const middle = key.includes("variance") ? 1.25 : 0;
  return Float64Array.from({ length: size(shape) }, (_, i) => middle + 0.5 * Math.sin(0.7 * i + k));
}

/** Runs a model's layers with any interpreter. `input` makes values with a batch axis, `weight` shared ones. */
export function runModel<T>(model: Model, ops: Ops<T>, c: Recorded, make: { input(shape: readonly number[], entries: Float64Array): T; weight(shape: readonly number[], entries: Float64Array, key: string): T }): T {
  const results: T[] = [];
  const made = new Map<number, Record<string, T>>();
  let k = 0;
  for (const node of model.nodes) {
    if (!node.layer) {
      const shape = node.type!.shape as readonly number[];
      results.push(make.input(shape, inputEntries(results.length, shape, c.tokens)));
      continue;
    }
    const borrowed = node.sharesWith === undefined ? undefined : made.get(node.sharesWith);
    const weights: Record<string, T> = borrowed ?? {};
    made.set(node.id, weights);
    for (const { key, spec } of borrowed ? [] : node.weights) weights[key] = make.weight(spec.shape as readonly number[], weightEntries(k++, key, spec.shape as readonly number[]), key);
    results.push(node.layer.forward(ops, node.args, node.inputs.map((i) => results[i]!), weights));
  }
  return results[model.outputs[0]!]!;
}

/** The largest difference, relative where the values are large. */
export function farthest(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  return expected.reduce((most, e, i) => Math.max(most, Number.isFinite(actual[i]) ? Math.abs(actual[i]! - e) / Math.max(1, Math.abs(e)) : Infinity), 0);
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
