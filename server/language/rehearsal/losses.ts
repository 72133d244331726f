import type { Head } from "../heads.ts";
import type { Ops } from "../ops/ops.ts";

/** Keras' clip of probabilities before a logarithm. */
const EPSILON = 1e-7;

/**
 * Loss of each row, a scalar, as Keras 3 computes it. `output` [outputs] is the model's, `logits` the same before the
 * activation where the head says so; `target` [outputs]: shares of the classes, or numbers.
 */
export function rowLoss<T>(ops: Ops<T>, head: Head, output: T, logits: T | undefined, target: T): T {
  const { name, args } = head.loss;
  const one = ops.constant(1);
  if (name === "cross_entropy") {
    const smoothing = (args["label_smoothing"] as number | undefined) ?? 0;
    const shares = smoothing === 0 ? target : ops.add(ops.mul(target, ops.constant(1 - smoothing)), ops.constant(smoothing / head.outputs));
    return ops.neg(ops.sum(ops.mul(shares, logProbabilities(ops, head, output, logits)), [-1]));
  }
  if (name === "binary_cross_entropy") {
    // −(t·log σ(z) + (1 − t)·log(1 − σ(z))) = softplus(z) − t·z
    if (logits !== undefined && head.logits?.activation === "sigmoid") return ops.mean(ops.sub(ops.softplus(logits), ops.mul(target, logits)), [-1]);
    const p = clipped(ops, output);
    return ops.neg(ops.mean(ops.add(ops.mul(target, ops.log(p)), ops.mul(ops.sub(one, target), ops.log(ops.sub(one, p)))), [-1]));
  }
  const difference = ops.sub(output, target);
  if (name === "mse") return ops.mean(ops.square(difference), [-1]);
  const size = ops.abs(difference);
  if (name === "mae") return ops.mean(size, [-1]);
  // d²/2 up to delta, then delta·(|d| − delta/2); both are inner·(|d| − inner/2).
  const inner = ops.minimum(size, ops.constant(args["delta"] as number));
  return ops.mean(ops.mul(inner, ops.sub(size, ops.mul(inner, ops.constant(0.5)))), [-1]);
}

function logProbabilities<T>(ops: Ops<T>, head: Head, output: T, logits: T | undefined): T {
  if (head.logarithmic) return output;
  if (logits !== undefined && head.logits?.activation === "softmax") return ops.logSoftmax(logits);
  return ops.log(clipped(ops, ops.div(output, ops.sum(output, [-1], true))));
}

const clipped = <T>(ops: Ops<T>, p: T): T => ops.minimum(ops.maximum(p, ops.constant(EPSILON)), ops.constant(1 - EPSILON));

/** The least mean loss of an answer that is the same for every row. `targets`: rows of [outputs]; `factors` of their losses. */
export function bestConstant({ loss: { name, args }, outputs }: Pick<Head, "loss" | "outputs">, targets: readonly Float64Array[], factors: readonly number[] = targets.map(() => 1)): number {
  const all = factors.reduce((a, b) => a + b, 0);
  if (all === 0) return 0;
  const mean = (of: (t: number) => number, k: number): number => targets.reduce((s, t, r) => s + factors[r]! * of(t[k]!), 0) / all;
  const entropy = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  let sum = 0;
  for (let k = 0; k < outputs; k++) {
    const centre = mean((t) => t, k);
    if (name === "cross_entropy") {
      const smoothing = (args["label_smoothing"] as number | undefined) ?? 0;
      sum += entropy(centre * (1 - smoothing) + smoothing / outputs);
    } else if (name === "binary_cross_entropy") sum += (entropy(centre) + entropy(1 - centre)) / outputs;
    else if (name === "mse") sum += mean((t) => (t - centre) ** 2, k) / outputs;
    else {
      const delta = name === "mae" ? undefined : (args["delta"] as number);
      const of = (y: number) => mean((t) => (delta === undefined ? Math.abs(t - y) : Math.abs(t - y) <= delta ? (t - y) ** 2 / 2 : delta * (Math.abs(t - y) - delta / 2)), k);
      sum += leastOf(of, targets.map((t) => t[k]!)) / outputs;
    }
  }
  return (sum * all) / targets.length;
}

/** Of a convex function, between the least and the greatest of these. */
function leastOf(of: (y: number) => number, values: readonly number[]): number {
  if (values.length === 1) return of(values[0]!);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  for (let i = 0; i < 60; i++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (of(a) < of(b)) high = b;
    else low = a;
  }
  return of((low + high) / 2);
}
