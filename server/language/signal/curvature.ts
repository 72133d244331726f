import type { Model } from "../graph/graph.ts";
import { propagate } from "./gradients.ts";
import type { Signal } from "./signal.ts";
import { count } from "./sizes.ts";

/**
 * The largest eigenvalue of the loss' curvature by the weights at initialization, for networks of dense layers on one
 * row's features: s·Θ, with the loss' own curvature s by an output and Θ = E[∇f(x)·∇f(x′)], what the gradients of an
 * output for two inputs have in common (Karakida, Akaho, Amari 2019, Universal statistics of Fisher information in deep
 * neural networks: mean field approach). Undefined for other networks.
 */
export function curvatureOf(model: Model, inputs: readonly Signal[] | undefined): number | undefined {
  const { nodes } = model;
  if (model.outputs.length !== 1 || !nodes.every((n) => n.type && n.type.shape.length === 1 && n.sharesWith === undefined && n.layer?.family !== "normalization")) return undefined;
  const { signals, flows, roots } = propagate(model, inputs, true);
  const output = nodes[model.outputs[0]!]!;
  const ends = output.layer?.name;
  const head = ends === "softmax" || ends === "log_softmax" || ends === "sigmoid" ? output.inputs[0]! : output.id;
  const outputs = count(nodes[head]!.type!.shape);
  const common = new Float64Array(nodes.length);
  common[head] = 1;
  let theta = 0;
  for (let id = head; id >= 0; id--) {
    const node = nodes[id]!;
    const flow = flows[id];
    if (!node.layer || common[id] === 0) continue;
    if (!flow) return undefined;
    for (const [i, back] of flow.back.entries()) common[roots[id]! >= 0 ? roots[id]! : node.inputs[i]!]! += back.cc * common[id]!;
    for (const { key, spec } of node.weights) {
      if (!spec.trainable) continue;
      if (key === "kernel") theta += count(spec.shape) * signals[node.inputs[0]!]!.cross * common[id]!;
      else if (key === "bias") theta += count(spec.shape) * common[id]!;
    }
  }
  const own = ends === "softmax" || ends === "log_softmax" ? 1 / outputs : ends === "sigmoid" ? 0.25 : 2 / outputs;
  return (own * theta) / outputs;
}
