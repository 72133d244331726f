import type { LayerDef } from "../layers/define.ts";
import { sameShape } from "../ops/dim.ts";
import type { Constraint } from "../ops/shapes.ts";
import type { CallExpr, Site } from "../syntax/tree.ts";
import { work } from "../work.ts";
import type { Bound } from "../program/bind.ts";
import type { Node, TensorType } from "./graph.ts";
import { guess } from "./guess.ts";
import { infer, UNINFERRED } from "./infer.ts";

const NO_COST = { macs: 0, flops: 0, activations: 0 };

/** What makes a layer's node, but for its number and name. */
type Made = Pick<Node, "layer" | "args" | "inputs" | "type" | "site" | "via" | "call">;

/** Collects a model's nodes in topological order. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  /** Nodes of this model as it was: what comes out the same is the same object, which costs neither time nor memory. */
  private readonly before: readonly Node[];
  private readonly counts = new Map<string, number>();
  private readonly names = new Set<string>();

  constructor(before: readonly Node[] = []) {
    this.before = before;
  }

  /** What the symbols must meet for all that is there. */
  constraints(): Constraint[] {
    return this.nodes.flatMap((n) => n.constraints);
  }

  /** "conv2d_2": the next free name of this kind within a prefix. */
  fresh(prefix: string, kind: string): string {
    const key = prefix + kind;
    const n = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, n);
    return `${key}_${n}`;
  }

  input(name: string, type: TensorType | undefined, site: Site, shaped: Site = site): number {
    const known = this.before[this.nodes.length];
    if (known?.shaped && sameSite(known.shaped, shaped) && !known.layer && known.inputs.length === 0 && known.name === name && sameType(known.type, type) && sameSite(known.site, site)) return this.keep(known);
    const constraints = type?.shape.flatMap((dim) => (typeof dim === "number" ? [] : [{ dim, atLeast: 1 }])) ?? [];
    return this.push({ name, layer: undefined, args: {}, inputs: [], type, guessed: false, weights: [], cost: NO_COST, constraints, site, shaped, call: undefined, via: [], sharesWith: undefined });
  }

  /**
   * Adds a layer over results that are there. `args` undefined: they could not be worked out, and neither can what
   * follows, unless those that are `open` do not matter to the shape. Gives the node's id, and what is wrong with it
   * if something is.
   */
  layer(name: string, layer: LayerDef, args: Readonly<Record<string, unknown>> | undefined, inputs: readonly number[], site: Site, via: readonly Site[], call?: CallExpr, broken?: Pick<Bound, "args" | "open">): { id: number; problem: ReturnType<typeof infer>["problem"] } {
    const types: TensorType[] = [];
    for (const id of inputs) {
      const type = this.nodes[id]!.type;
      if (type) types.push(type);
    }
    const all = types.length === inputs.length;
    const guessed = all && broken ? guess(layer, broken.args, broken.open, types) : undefined;
    const inferred = args && all ? infer(layer, args, types) : UNINFERRED;
    const known = this.before[this.nodes.length];
    if (args && known?.name === name && same(known, { layer, args, inputs, type: inferred.type, site, via, call })) return { id: this.keep(known), problem: inferred.problem };
    const weights = inferred.weights.map((w) => ({ name: `${name}/${w.key}`, key: w.key, spec: w.spec }));
    const id = this.push({ name, layer, args: args ?? guessed?.args ?? {}, inputs, type: guessed?.type ?? inferred.type, guessed: guessed !== undefined || (inferred.type !== undefined && inferred.problem !== undefined), weights, cost: inferred.cost, constraints: inferred.constraints, site, call, via, sharesWith: undefined });
    return { id, problem: inferred.problem };
  }

  /** Stands for what could not be understood, so that the flow goes on. */
  unknown(name: string, inputs: readonly number[], site: Site, via: readonly Site[]): number {
    return this.push({ name, layer: undefined, args: {}, inputs, type: undefined, guessed: false, weights: [], cost: NO_COST, constraints: [], site, call: undefined, via, sharesWith: undefined });
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

  /** A node uses another one's weights, which are of the same shapes. */
  borrow(id: number, owner: number): void {
    const own = this.nodes[owner]!;
    this.nodes[id] = { ...this.nodes[id]!, sharesWith: own.sharesWith ?? owner };
  }

  rename(id: number, name: string): void {
    const node = this.nodes[id]!;
    if (this.names.has(name)) return;
    this.names.add(name);
    const known = this.before[id];
    this.nodes[id] = known?.name === name && same(known, node) ? known : { ...node, name, weights: node.weights.map((w) => ({ ...w, name: `${name}/${w.key}` })) };
  }

  /**
   * A use of a block, told apart from all others by the object that it is. It stays the same object where the use begins
   * at the layer where it began before.
   */
  use(via: readonly Site[], site: Site): readonly Site[] {
    const [at, depth] = [this.nodes.length, via.length];
    const known = this.before[at]?.via;
    const first = known?.[depth];
    const stays = first && this.before[at - 1]?.via[depth] !== first && sameSite(first, site) && via.every((s, i) => s === known[i]);
    return [...via, stays ? first : site];
  }

  private keep(node: Node): number {
    this.names.add(node.name);
    return this.nodes.push(node) - 1;
  }

  private push(node: Omit<Node, "id">): number {
    work.layers++;
    const id = this.nodes.length;
    this.names.add(node.name);
    this.nodes.push({ id, ...node });
    return id;
  }
}

/**
 * Whether a node stands for the same. One object of a type comes from one inference, so weights and cost are the same
 * too.
 */
function same(known: Node, now: Made): boolean {
  if (now.type === undefined || known.type !== now.type || known.layer !== now.layer || known.args !== now.args || known.call !== now.call) return false;
  return known.sharesWith === undefined && alike(known.inputs, now.inputs) && alike(known.via, now.via) && sameSite(known.site, now.site);
}

function alike<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

function sameType(a: TensorType | undefined, b: TensorType | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.dtype === b.dtype && sameShape(a.shape, b.shape));
}

function sameSite(a: Site, b: Site): boolean {
  return a.line === b.line && a.file === b.file && a.span.line === b.span.line && a.span.start === b.span.start && a.span.endLine === b.span.endLine && a.span.end === b.span.end;
}
