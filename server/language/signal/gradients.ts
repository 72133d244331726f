import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import type { WeightSpec } from "../layers/define.ts";
import { type Forward, forward } from "./propagate.ts";
import { throughTime } from "./recurrent.ts";
import type { Signal } from "./signal.ts";
import { count, sizeOf } from "./sizes.ts";

/** The gradient of one kernel at initialization. */
export class KernelGradient {
  readonly node: Node;
  readonly key: string;
  /** Root of the mean square of an entry's gradient, for one row of data. */
  readonly rms: number;
  private readonly spec: WeightSpec;

  constructor(node: Node, key: string, spec: WeightSpec, rms: number) {
    this.node = node;
    this.key = key;
    this.spec = spec;
    this.rms = rms;
  }

  /** The same of the whole kernel: its norm. */
  get norm(): number {
    return this.rms * Math.sqrt(count(this.spec.shape));
  }
}

export interface Propagation extends Forward {
  /** Mean square of the gradient by each node's result; NaN where it is not known, 0 where none comes. */
  readonly gradients: Float64Array;
  /** Of trainable kernels, in the order of the model; those that share weights are one. */
  readonly kernels: readonly KernelGradient[];
  /** 1 where an estimate lies between a node and the output. */
  readonly estimatedBack: Uint8Array;
}

/**
 * Signal and gradients of a model at initialization. The gradient starts where the loss takes it up: with the size of
 * p − y for a model that ends in softmax or sigmoid, of 2(y − t)/n for numbers with targets of variance 1. It flows back
 * by the forward pass' own factors, summed over all that read a result (gradient independence: Yang 2020).
 */
export function propagate(model: Model, inputs?: readonly Signal[], cross = false): Propagation {
  return inputs || cross ? work(model, inputs, cross) : plain(model);
}

const plain = perModel<Propagation>((model, before) => work(model, undefined, false, before));

function work(model: Model, inputs?: readonly Signal[], cross?: boolean, before?: Forward): Propagation {
  const f = forward(model, inputs, cross, before);
  const { nodes } = model;
  const g = new Float64Array(nodes.length);
  const c = new Float64Array(nodes.length);
  const estimated = new Uint8Array(nodes.length);
  for (const output of model.outputs) {
    const { at, size } = headOf(model, output, f.signals.at(output)?.square);
    g[at] = (g[at] ?? 0) + size;
  }
  const kernels: KernelGradient[] = [];
  /** Several uses of one kernel add up. */
  const uses = nodes.some((n) => n.sharesWith !== undefined) ? new Map<string, number>() : undefined;
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    const [own, common] = [g[id]!, c[id]!];
    if (own === 0 || !node.layer) continue;
    const flow = f.flows[id];
    if (!flow) {
      for (const i of node.inputs) g[i] = NaN;
      continue;
    }
    const root = f.roots[id]!;
    const derived = estimated[id] === 0 && f.signals.isDerived(id);
    for (let i = 0; i < flow.back.length; i++) {
      const back = flow.back[i]!;
      const to = root >= 0 ? root : node.inputs[i]!;
      g[to]! += back.gg * own + back.gc * common;
      c[to]! += back.cg * own + back.cc * common;
      if (!derived) estimated[to] = 1;
    }
    for (const gain of flow.gains) {
      let spec = node.weights[0]!.spec;
      for (const w of node.weights) if (w.key === gain.key) spec = w.spec;
      if (!spec.trainable) continue;
      const owner = node.sharesWith === undefined ? node : nodes[node.sharesWith]!;
      const name = uses && `${owner.id}/${gain.key}`;
      const before = name === undefined ? undefined : uses!.get(name);
      const from = node.inputs[0]!;
      const self = flow.perInput ? gain.self * f.signals.squares[from]! : gain.self;
      const cross = flow.perInput ? gain.cross * f.signals.crosses[from]! : gain.cross;
      const square = self * own + cross * common + (before === undefined ? 0 : kernels[before]!.rms ** 2);
      const entry = new KernelGradient(owner, gain.key, spec, Math.sqrt(square));
      if (before !== undefined) kernels[before] = entry;
      else {
        if (name !== undefined) uses!.set(name, kernels.length);
        kernels.push(entry);
      }
    }
  }
  kernels.reverse();
  return { ...f, gradients: g, kernels, estimatedBack: estimated };
}

/** Where the loss takes up the gradient of an output of this mean square, and the mean square of one entry there. */
export function headOf(model: Model, output: number, square = 1): { at: number; size: number } {
  const node = model.nodes[output]!;
  const n = sizeOf(node.type?.shape[node.type.shape.length - 1]);
  switch (node.layer?.name) {
    case "softmax":
    case "log_softmax":
      return { at: node.inputs[0]!, size: (n - 1) / (n * n) || 1 };
    case "sigmoid":
      return { at: node.inputs[0]!, size: 0.25 };
    default:
      return { at: output, size: (4 * ((Number.isFinite(square) ? square : 1) + 1)) / (n * n) };
  }
}

/** Of a recurrent layer's gradient at its last position, the share of its mean square that reaches the first. */
export function reachOf(model: Model, node: Node): { readonly share: number; readonly steps: number } | undefined {
  const x = propagate(model).signals.at(node.inputs[0]!);
  const over = x && node.type ? throughTime(node, model.nodes[node.inputs[0]!]!, x) : undefined;
  return over && { share: over.reach, steps: over.steps };
}
