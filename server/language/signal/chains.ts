import { forgettable } from "../forget.ts";
import type { Node } from "../graph/graph.ts";
import type { Dual } from "./dual.ts";
import { Nonlinearity, type Pointwise } from "./response.ts";
import { count } from "./sizes.ts";

/** Longer chains of elementwise layers are not followed in one integral. */
const LONGEST = 6;
/** Elementwise merges of one root are one function of it; others combine moments. */
const ELEMENTWISE = new Set(["add", "subtract", "multiply", "average", "maximum", "rescaling"]);
/** softmax mixes entries. */
const MIXING = new Set(["softmax", "log_softmax"]);

/**
 * Which results are an elementwise function of one that is normal, its root: an activation, a chain of them, or branches
 * without weights that start from one result and merge (x·σ(x)). Their moments are one integral over the root.
 */
export class Chains {
  private readonly nodes: readonly Node[];
  /** By node; itself where it is taken as normal. */
  readonly roots: Int32Array;
  private readonly depths: Uint8Array;

  /** `before`: of other nodes, of which the first `same` are the same. */
  constructor(nodes: readonly Node[], before?: Chains, same = 0) {
    this.nodes = nodes;
    this.roots = new Int32Array(nodes.length);
    this.depths = new Uint8Array(nodes.length);
    if (!before) return;
    this.roots.set(before.roots.subarray(0, same));
    this.depths.set(before.depths.subarray(0, same));
  }

  /** Takes up a node whose inputs are known. What it is as a function of its root; undefined if it is none, and its own root. */
  add(node: Node): Nonlinearity | undefined {
    const { id, layer, inputs } = node;
    this.roots[id] = id;
    if (!layer || (!layer.activation && !ELEMENTWISE.has(layer.name)) || MIXING.has(layer.name)) return undefined;
    const root = this.roots[inputs[0]!]!;
    let depth = 0;
    for (const i of inputs) {
      if (this.roots[i] !== root) return undefined;
      depth = Math.max(depth, this.depths[i]!);
    }
    if (depth >= LONGEST || (!layer.activation && depth === 0 && inputs.length === 1)) return undefined;
    if (inputs.length > 1 && inputs.some((i) => count(this.nodes[i]!.type!.shape) !== count(node.type!.shape))) return undefined;
    this.roots[id] = root;
    this.depths[id] = depth + 1;
    const f = this.functionOf(node);
    if (!f) this.roots[id] = id;
    return f;
  }

  /** The same values as its input. */
  alias({ id, inputs }: Node): void {
    this.roots[id] = this.roots[inputs[0]!]!;
    this.depths[id] = this.depths[inputs[0]!]!;
  }

  /** Of a node whose root is another. */
  functionOf(node: Node): Nonlinearity | undefined {
    // The usual case needs no name: one activation of one result.
    if (this.depths[node.id] === 1 && node.inputs.length === 1) return alone(node);
    const key = this.keyOf(node);
    if (!chains.has(key)) {
      if (chains.size > 500) chains.clear();
      chains.set(key, tried(this.applyOf(node)));
    }
    return chains.get(key);
  }

  private keyOf(node: Node): string {
    if (this.depths[node.id] === 0) return "";
    if (node.layer!.name === "identity") return this.keyOf(this.nodes[node.inputs[0]!]!);
    return `${node.layer!.name}${JSON.stringify(node.args)}(${node.inputs.map((i) => this.keyOf(this.nodes[i]!)).join(",")})`;
  }

  private applyOf(node: Node): Pointwise {
    if (this.depths[node.id] === 0) return (_ops, z) => z;
    const before = node.inputs.map((i) => this.applyOf(this.nodes[i]!));
    return node.layer!.name === "identity" ? before[0]! : applied(node, before);
  }
}

/** By the layer's bound arguments, which all layers of a line share; and by what a chain computes, which few models vary. */
const singles = new WeakMap<object, Nonlinearity | null>();
const chains = new Map<string, Nonlinearity | undefined>();
forgettable(() => chains.clear());

function alone(node: Node): Nonlinearity | undefined {
  let f = singles.get(node.args);
  if (f === undefined) singles.set(node.args, (f = tried(applied(node, [(_ops, z) => z])) ?? null));
  return f ?? undefined;
}

function applied({ layer, args, weights }: Node, before: readonly Pointwise[]): Pointwise {
  // A learned slope, where it starts.
  const start = weights.length > 0 ? ((weights[0]!.spec.init.args as { value?: number }).value ?? 0) : 0;
  return (ops, z) => {
    const constants: Record<string, Dual> = {};
    for (const w of weights) constants[w.key] = ops.constant(start);
    return layer!.forward<Dual>(ops, args, before.map((b) => b(ops, z)), constants);
  };
}

function tried(apply: Pointwise): Nonlinearity | undefined {
  try {
    return new Nonlinearity(apply);
  } catch (e) {
    // It mixes entries, and is not elementwise.
    if (e instanceof TypeError) return undefined;
    throw e;
  }
}
