import type { Model, Node } from "../graph/graph.ts";
import { propagate } from "./gradients.ts";
import type { Back, Signal } from "./signal.ts";
import { count, positions } from "./sizes.ts";

/** What the gradients of an output have in common: E[∇f(x)·∇f(x′)] for two inputs, and E|∇f(x)|² for one; and the loss' own curvature by that output. */
export interface Tangent {
  readonly common: number;
  readonly own: number;
  readonly loss: number;
  readonly outputs: number;
  /** False where `own` is summed over kernels alone and `common` is not known (0). */
  readonly exact: boolean;
  /** The same as `common` where it is exact, or else the part that places have in common with themselves. Undefined where nothing is known. */
  readonly least: number | undefined;
}

/**
 * The loss' curvature by one output where the model answers evenly: p(1 − p) for cross-entropy, and the square of the
 * activation's slope for squared error, all in the mean over the outputs.
 */
function curvatureOfLoss(loss: string | undefined, ends: string | undefined, outputs: number): number | undefined {
  if (ends === "softmax" || ends === "log_softmax") return loss === "mse" ? 2 / outputs ** 3 : loss === undefined || loss === "cross_entropy" ? 1 / outputs : undefined;
  if (ends === "sigmoid") return loss === "mse" ? 1 / (8 * outputs) : loss === undefined || loss === "binary_cross_entropy" ? 0.25 / outputs : undefined;
  return loss === undefined || loss === "mse" ? 2 / outputs : undefined;
}

/**
 * The tangent kernel at initialization (Jacot, Gabriel, Hongler 2018): exact for networks of dense layers on one row's
 * features (Karakida, Akaho, Amari 2019, Universal statistics of Fisher information in deep neural networks: mean field
 * approach). Undefined where some gradient is not known, and for losses without a curvature (absolute error).
 */
export function tangentOf(model: Model, inputs: readonly Signal[] | undefined, lossName?: string): Tangent | undefined {
  const { nodes } = model;
  if (model.outputs.length !== 1) return undefined;
  const plain = nodes.every((n) => n.type && n.sharesWith === undefined && (!n.layer || PLAIN.has(n.layer.kind) || n.layer.activation === true));
  const dense = nodes.every((n) => n.type && n.type.shape.length === 1 && n.sharesWith === undefined && n.layer?.family !== "normalization");
  const { signals, flows, roots, kernels, gradients } = propagate(model, inputs, true);
  const output = nodes[model.outputs[0]!]!;
  const ends = output.layer?.name;
  const head = ends === "softmax" || ends === "log_softmax" || ends === "sigmoid" ? output.inputs[0]! : output.id;
  const outputs = count(nodes[head]!.type!.shape);
  const [common, own] = [new Float64Array(nodes.length), new Float64Array(nodes.length)];
  common[head] = own[head] = 1;
  const theta = { common: 0, own: 0 };
  for (let id = head; id >= 0; id--) {
    const node = nodes[id]!;
    const flow = flows[id];
    if (!node.layer || own[id] === 0) continue;
    if (!flow) return undefined;
    for (const [i, back] of flow.back.entries()) {
      const to = roots[id]! >= 0 ? roots[id]! : node.inputs[i]!;
      common[to]! += betweenRows(node, back) * common[id]!;
      own[to]! += back.gg * own[id]!;
    }
    for (const { key, spec } of node.weights) {
      if (!spec.trainable || (key !== "kernel" && key !== "bias")) continue;
      const x = key === "kernel" ? signals.known(node.inputs[0]!) : { cross: 1, square: 1 };
      // One kernel serves many places, each pair of which adds its own part: those of one place are known.
      const places = key === "kernel" ? (flow.gains.find((g) => g.key === key)?.self ?? 1) : positions(node.type!.shape);
      theta.common += count(spec.shape) * (dense ? 1 : places) * x.cross * common[id]!;
      theta.own += count(spec.shape) * x.square * own[id]!;
    }
  }
  const loss = curvatureOfLoss(lossName, ends, outputs);
  if (loss === undefined) return undefined;
  if (!dense) {
    // The gradient was sent back from all outputs at once, each by itself.
    const own = kernels.reduce((sum, k) => sum + k.norm ** 2, 0) / (outputs * gradients[head]!);
    return Number.isFinite(own) && own > 0 ? { common: 0, own, loss, outputs, exact: false, least: plain ? theta.common / outputs : undefined } : undefined;
  }
  return { common: theta.common / outputs, own: theta.own / outputs, loss, outputs, exact: true, least: theta.common / outputs };
}

/** Beside activations: what such networks may have where places share kernels. */
const PLAIN = new Set(["dense", "conv", "flatten", "dropout", "max_pool", "avg_pool"]);

/** Of E[δ·δ′] for two rows at one place: a flattened place stays one, and an average goes to all of its window alike. */
function betweenRows({ layer }: Node, back: Back): number {
  return layer!.name === "flatten" ? 1 : layer!.kind === "avg_pool" ? back.gg : back.cc;
}

/** The largest eigenvalue of the loss' curvature by the weights at initialization: of networks of dense layers, or about that where convolutions and poolings stand before them. */
export function curvatureOf(model: Model, inputs: readonly Signal[] | undefined, loss?: string): { readonly value: number; readonly exact: boolean } | undefined {
  const tangent = tangentOf(model, inputs, loss);
  return tangent?.least === undefined ? undefined : { value: tangent.loss * tangent.least, exact: tangent.exact };
}
