import type { LayerDef } from "../layers/define.ts";
import { sameShape } from "../ops/dim.ts";
import type { CallExpr, Site } from "../syntax/tree.ts";
import type { Node, TensorType } from "./graph.ts";
import { infer, UNINFERRED } from "./infer.ts";

/** More layers than any published network has; what would make more is reported instead. */
export const MOST_NODES = 50_000;

const NO_COST = { macs: 0, flops: 0, activations: 0 };

/** Collects a model's nodes in topological order. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  private readonly counts = new Map<string, number>();
  private readonly names = new Set<string>();

  get full(): boolean {
    return this.nodes.length >= MOST_NODES;
  }

  /** "conv2d_2": the next free name of this kind within a prefix. */
  fresh(prefix: string, kind: string): string {
    const key = prefix + kind;
    const n = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, n);
    return `${key}_${n}`;
  }

  input(name: string, type: TensorType | undefined, site: Site): number {
    return this.push({ name, layer: undefined, args: {}, inputs: [], type, weights: [], cost: NO_COST, constraints: [], site, call: undefined, via: [], sharesWith: undefined });
  }

  /**
   * Adds a layer over results that are there. `args` undefined: they could not be worked out, and neither can what
   * follows. Gives the node's id, and what is wrong with it if something is.
   */
  layer(name: string, layer: LayerDef, args: Readonly<Record<string, unknown>> | undefined, inputs: readonly number[], site: Site, via: readonly Site[], call?: CallExpr): { id: number; problem: ReturnType<typeof infer>["problem"] } {
    const types: TensorType[] = [];
    for (const id of inputs) {
      const type = this.nodes[id]!.type;
      if (type) types.push(type);
    }
    const inferred = args && types.length === inputs.length ? infer(layer, args, types) : UNINFERRED;
    const weights = inferred.weights.map((w) => ({ name: `${name}/${w.key}`, key: w.key, spec: w.spec }));
    const id = this.push({ name, layer, args: args ?? {}, inputs, type: inferred.type, weights, cost: inferred.cost, constraints: inferred.constraints, site, call, via, sharesWith: undefined });
    return { id, problem: inferred.problem };
  }

  /** Stands for what could not be understood, so that the flow goes on. */
  unknown(name: string, inputs: readonly number[], site: Site, via: readonly Site[]): number {
    return this.push({ name, layer: undefined, args: {}, inputs, type: undefined, weights: [], cost: NO_COST, constraints: [], site, call: undefined, via, sharesWith: undefined });
  }

  /** The nodes from `first` on use the weights of those from `owner` on, one by one; false if they are not alike. */
  share(first: number, owner: number, count: number): boolean {
    if (this.nodes.length - first !== count) return false;
    for (let i = 0; i < count; i++) {
      const [node, own] = [this.nodes[first + i]!, this.nodes[owner + i]!];
      const alike = node.layer === own.layer && node.weights.length === own.weights.length && node.weights.every((w, k) => sameShape(w.spec.shape, own.weights[k]!.spec.shape));
      if (!alike) return false;
      this.nodes[first + i] = { ...node, sharesWith: own.sharesWith ?? owner + i };
    }
    return true;
  }

  rename(id: number, name: string): void {
    const node = this.nodes[id]!;
    if (this.names.has(name)) return;
    this.names.add(name);
    this.nodes[id] = { ...node, name, weights: node.weights.map((w) => ({ ...w, name: `${name}/${w.key}` })) };
  }

  private push(node: Omit<Node, "id">): number {
    const id = this.nodes.length;
    this.names.add(node.name);
    this.nodes.push({ id, ...node });
    return id;
  }
}
