import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { reachable } from "../graph/totals.ts";

/** By kind of a layer, all of them in the order of the flow. */
const byKind = perModel(({ nodes }): ReadonlyMap<string, readonly Node[]> => {
  const found = new Map<string, Node[]>();
  for (const node of nodes) {
    if (!node.layer) continue;
    const alike = found.get(node.layer.kind);
    if (alike) alike.push(node);
    else found.set(node.layer.kind, [node]);
  }
  return found;
});

const NONE: readonly Node[] = [];

/** Every layer of these kinds, by kind and then in the order of the flow. */
export function layersOf(model: Model, ...kinds: readonly string[]): readonly Node[] {
  const found = byKind(model);
  if (kinds.length === 1) return found.get(kinds[0]!) ?? NONE;
  return kinds.flatMap((kind) => found.get(kind) ?? NONE);
}

/** Who reads each result: one run of ids by node, in one array for all, since most nodes have one reader. */
export class Readers {
  private readonly nodes: readonly Node[];
  private readonly starts: Int32Array;
  private readonly ids: Int32Array;

  constructor({ nodes }: Model) {
    this.nodes = nodes;
    this.starts = new Int32Array(nodes.length + 1);
    for (const { inputs } of nodes) for (const i of inputs) this.starts[i + 1]!++;
    for (let i = 0; i < nodes.length; i++) this.starts[i + 1]! += this.starts[i]!;
    this.ids = new Int32Array(this.starts[nodes.length]!);
    const next = this.starts.slice();
    for (const { id, inputs } of nodes) for (const i of inputs) this.ids[next[i]!++] = id;
  }

  count(id: number): number {
    return this.starts[id + 1]! - this.starts[id]!;
  }

  of(id: number): Node[] {
    return Array.from(this.ids.subarray(this.starts[id], this.starts[id + 1]), (i) => this.nodes[i]!);
  }

  some(id: number, is: (reader: Node) => boolean): boolean {
    for (let i = this.starts[id]!; i < this.starts[id + 1]!; i++) if (is(this.nodes[this.ids[i]!]!)) return true;
    return false;
  }

  /** The one reader; undefined where there is none, or several. */
  only(id: number): Node | undefined {
    return this.count(id) === 1 ? this.nodes[this.ids[this.starts[id]!]!] : undefined;
  }
}

export const readersOf = perModel((model) => new Readers(model));

export type NodeSet = Pick<ReadonlySet<number>, "has">;

/** Nodes through which every way from the inputs to the outputs leads. */
export const unavoidable = perModel((model): NodeSet => {
  const { nodes, outputs } = model;
  const live = reachable(model);
  // Ids grow along every way, so a way around a node has an edge that spans it.
  const farthest = new Int32Array(nodes.length).fill(-1);
  for (const { id, inputs } of nodes) if (live.has(id)) for (const i of inputs) farthest[i] = id;
  if (outputs.length > 1) for (const id of outputs) farthest[id] = nodes.length;
  const here = new Uint8Array(nodes.length);
  for (let id = 0, around = -1; id < nodes.length; id++) {
    if (!live.has(id)) continue;
    if (around <= id) here[id] = 1;
    around = Math.max(around, farthest[id]!);
  }
  return { has: (id) => here[id] === 1 };
});

export function kernelOf({ weights }: Node) {
  const [first] = weights;
  return first?.key === "kernel" ? first : weights.find((w) => w.key === "kernel");
}

export function isNorm({ layer }: Node): boolean {
  return layer !== undefined && NORMS.has(layer.name);
}

/** Layers that change shape or drop, but keep what a unit is. */
export const TRANSPARENT = new Set(["flatten", "reshape", "permute", "reverse", "dropout", "spatial_dropout", "drop_path", "identity", "slice", "max_pool", "avg_pool", "global_avg_pool", "global_max_pool", "k_max_pool", "upsample", "zero_pad", "crop"]);

const NORMS = new Set(["batch_norm", "layer_norm", "group_norm", "rms_norm"]);

export function hasNorm(model: Model): boolean {
  return layersOf(model, ...NORMS).length > 0;
}

/** Results that sum to 1 over their last axis, as they are or before the logarithm. */
export const DISTRIBUTIONS = ["softmax", "log_softmax", "sparsemax"] as const;

/** Silent for every negative input: what can die. */
export const RECTIFIERS = new Set(["relu", "relu6"]);

/** The last layer that computes: what the loss sees. */
export function lastLayer(model: Model): Node | undefined {
  if (model.outputs.length !== 1) return undefined;
  let node = model.nodes[model.outputs[0]!];
  while (node?.layer && TRANSPARENT.has(node.layer.kind)) node = model.nodes[node.inputs[0]!];
  return node?.layer ? node : undefined;
}
