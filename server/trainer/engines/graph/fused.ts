import type { Node } from "../../../language/index.ts";
import { type Graph, sizeOf, type, type Value } from "./builder.ts";
import { add, mul } from "./math.ts";
import type { Flow, GraphOps } from "./ops.ts";

/** Whether each row's value follows from the others of its batch. */
export const measuresBatch = ({ layer, args }: Node): boolean => layer?.name === "batch_norm" && !args["frozen"];

/**
 * Layers that TensorFlow has as one kernel: the same numbers as their forward pass over `Ops`, in fewer passes over
 * memory. Undefined where there is none.
 */
export function fused(g: Graph, ops: GraphOps, node: Node, inputs: readonly Flow[], weights: Readonly<Record<string, Flow>>): Flow | undefined {
  const x = inputs[0]?.value;
  if (!measuresBatch(node) || !ops.training || x?.shape.length !== 4 || !inputs[0]!.perRow) return undefined;
  return { value: batchNorm(g, ops, x, node.args as { momentum: number; epsilon: number }, weights), perRow: true };
}

function batchNorm(g: Graph, ops: GraphOps, x: Value, { momentum, epsilon }: { momentum: number; epsilon: number }, weights: Readonly<Record<string, Flow>>): Value {
  ops.wantsWholeBatch();
  const channels = x.shape[3]!;
  const vector = { shape: [channels], dtype: "float" as const };
  const gamma = weights["gamma"]?.value ?? g.constant(Array<number>(channels).fill(1), [channels]);
  const beta = weights["beta"]?.value ?? g.constant(Array<number>(channels).fill(0), [channels]);
  const none = g.constant([], [0]);
  const attrs = { T: type("float"), U: type("float"), epsilon: { f: epsilon }, is_training: { b: true }, data_format: { s: "NHWC" } };
  const results = g.add("FusedBatchNormV3", [x, gamma, beta, none, none], [x, vector, vector, vector, vector, vector], {
    attrs: { ...attrs, exponential_avg_factor: { f: 1 } },
    gradient: ([d]) => (d ? g.add("FusedBatchNormGradV3", [d, x, gamma, results[3]!, results[4]!, results[5]!], [x, vector, vector], { attrs }) : []),
  });
  const [y, mean, corrected] = results as [Value, Value, Value];
  // The kernel's variance is the sample's, n / (n − 1) of the biased one that the average keeps.
  const n = sizeOf(x.shape) / channels;
  const fresh = { moving_mean: mean, moving_variance: mul(g, corrected, g.scalar((n - 1) / n)) };
  for (const [key, value] of Object.entries(fresh)) {
    const old = weights[key]!;
    ops.assign(old, { value: add(g, mul(g, old.value, g.scalar(momentum)), mul(g, value, g.scalar(1 - momentum))), perRow: false });
  }
  return y;
}
