import type { Model, Node } from "../graph/graph.ts";
import { reachable } from "../graph/totals.ts";

interface Facts {
  readonly consumers: readonly (readonly number[])[];
  readonly byName: ReadonlyMap<string, readonly Node[]>;
}

/** Worked out once for a model: every check asks. */
const known = new WeakMap<Model, Facts>();

function factsOf(model: Model): Facts {
  let facts = known.get(model);
  if (!facts) {
    const consumers: number[][] = model.nodes.map(() => []);
    const byName = new Map<string, Node[]>();
    for (const node of model.nodes) {
      for (const i of node.inputs) consumers[i]!.push(node.id);
      const name = node.layer?.name;
      if (name === undefined) continue;
      const alike = byName.get(name);
      if (alike) alike.push(node);
      else byName.set(name, [node]);
    }
    known.set(model, (facts = { consumers, byName }));
  }
  return facts;
}

/** Ids of the nodes that each node's result flows into. */
export function consumersOf(model: Model): readonly (readonly number[])[] {
  return factsOf(model).consumers;
}

/** Every layer of these names, by name and then in the order of the flow. */
export function layersOf(model: Model, ...names: readonly string[]): readonly Node[] {
  const { byName } = factsOf(model);
  return names.flatMap((name) => byName.get(name) ?? []);
}

/** Whether every way from the inputs to the outputs leads through this node, by id. */
export function unavoidable(model: Model): readonly boolean[] {
  const live = reachable(model);
  // Ids grow along every way, so a way around a node has an edge that spans it.
  const farthest: number[] = model.nodes.map(() => -1);
  for (const node of model.nodes) if (live.has(node.id)) for (const i of node.inputs) farthest[i] = node.id;
  if (model.outputs.length > 1) for (const id of model.outputs) farthest[id] = Infinity;
  let around = -1;
  return model.nodes.map(({ id }) => {
    const here = live.has(id) && around <= id;
    if (live.has(id)) around = Math.max(around, farthest[id]!);
    return here;
  });
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
