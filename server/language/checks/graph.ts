import type { Model, Node } from "../graph/graph.ts";

/** Ids of the nodes that each node's result flows into. */
export function consumersOf(model: Model): readonly (readonly number[])[] {
  const consumers: number[][] = model.nodes.map(() => []);
  for (const node of model.nodes) for (const i of node.inputs) consumers[i]!.push(node.id);
  return consumers;
}

export function kernelOf(node: Node) {
  return node.weights.find((w) => w.key === "kernel");
}

/** Layers that change shape or drop, but keep what a unit is. */
export const TRANSPARENT = new Set(["flatten", "reshape", "permute", "dropout", "spatial_dropout", "drop_path", "identity", "slice", "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "global_avg_pool", "global_max_pool", "k_max_pool", "upsample2d", "zero_pad2d", "crop2d"]);

export const NORMS = new Set(["batch_norm", "layer_norm", "group_norm", "rms_norm"]);
/** Silent for every negative input: what can die. */
export const RECTIFIERS = new Set(["relu", "relu6"]);

/** The last layer that computes: what the loss sees. */
export function lastLayer(model: Model): Node | undefined {
  if (model.outputs.length !== 1) return undefined;
  let node = model.nodes[model.outputs[0]!];
  while (node?.layer && TRANSPARENT.has(node.layer.name)) node = model.nodes[node.inputs[0]!];
  return node?.layer ? node : undefined;
}
