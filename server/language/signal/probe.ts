import type { Model, Node } from "../graph/graph.ts";
import { initializerOf } from "../layers/initializers.ts";
import { ArrayOps, type Arrays } from "../ops/arrays.ts";
import { count, sizeOf } from "./sizes.ts";

/** Rows that are run. */
const ROWS = 8;
/** Multiplications and entries of weights that a whole probe may cost. */
const MOST = 4_000_000;
/** A length that comes with the data, as it is tried. */
const LENGTH = 16;

/** What the rows gave at one result: estimated, over so many entries of `rows` random rows. */
export interface Measured {
  readonly mean: number;
  readonly square: number;
  readonly rows: number;
}

/**
 * Runs a model's own forward pass, as in training and from its initial weights, over standard normal rows (tokens drawn
 * evenly): for results of which the theory has no closed form. Seeded, so that the same graph gives the same numbers;
 * bounded, so that a large model is measured up to where the bound ends; and done in parts, layer by layer: a
 * probe that nobody asks for any more does nothing.
 */
export class Probe {
  private readonly model: Model;
  private readonly ops: ArrayOps;
  private readonly random: () => number;
  private readonly values: (Arrays | undefined)[] = [];
  private readonly weights = new Map<string, Arrays>();
  private readonly found: (Measured | undefined)[] = [];
  private next = 0;
  private left = MOST;

  constructor(model: Model) {
    this.model = model;
    this.random = mulberry(1);
    this.ops = new ArrayOps(true, this.random);
  }

  private get done(): boolean {
    return this.next >= this.model.nodes.length;
  }

  /** Undefined where the probe has not come, or can't. */
  at(node: Node): Measured | undefined {
    return this.found[node.id];
  }

  /** Up to this node, or until so many multiplications and entries are spent; asked again, it goes on. */
  advance(to: Node, most: number): void {
    const { nodes } = this.model;
    const end = this.left - most;
    while (!this.done && this.next <= to.id && this.left > end) {
      const node = nodes[this.next++]!;
      const value = this.run(node);
      this.values[node.id] = value;
      this.found[node.id] = value && momentsOf(value);
    }
  }

  private run(node: Node): Arrays | undefined {
    if (!node.type) return undefined;
    if (!node.layer) return node.inputs.length === 0 ? this.input(node) : undefined;
    const inputs = node.inputs.map((i) => this.values[i]);
    if (inputs.includes(undefined)) return undefined;
    const sizes = node.weights.reduce((n, w) => n + count(w.spec.shape), 0);
    this.left -= sizes + ROWS * (known(node.cost.macs) + known(node.cost.activations));
    if (this.left < 0) return undefined;
    const owner = node.sharesWith === undefined ? node : this.model.nodes[node.sharesWith]!;
    const own: Record<string, Arrays> = {};
    for (const [i, { key, spec }] of node.weights.entries()) {
      const name = owner.weights[i]!.name;
      let weight = this.weights.get(name);
      if (!weight) {
        const shape = spec.shape as readonly number[];
        weight = { shape, rows: [Float64Array.from(initializerOf(spec.init.name).fill(spec.init.args, shape, this.random))] };
        this.weights.set(name, weight);
      }
      own[key] = weight;
    }
    try {
      return node.layer.forward<Arrays>(this.ops, node.args, inputs as Arrays[], own);
    } catch {
      // A length of the data may not fit where a shape is stated.
      return undefined;
    }
  }

  private input(node: Node): Arrays {
    const shape = node.type!.shape.map((d) => (typeof d === "number" ? d : LENGTH));
    const reader = this.model.nodes.find((n) => n.inputs.includes(node.id) && n.layer?.takesIndices);
    const tokens = reader ? (reader.args as { tokens: number }).tokens : undefined;
    const entry = () => (tokens === undefined ? gaussian(this.random) : Math.floor(this.random() * tokens));
    this.left -= ROWS * shape.reduce((a, b) => a * b, 1);
    return { shape, rows: Array.from({ length: this.left < 0 ? 0 : ROWS }, () => Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, entry)) };
  }
}

const known = (n: Parameters<typeof sizeOf>[0]): number => (typeof n === "number" ? n : sizeOf(n) ** 2);

function momentsOf({ rows }: Arrays): Measured | undefined {
  let [mean, square, n] = [0, 0, 0];
  for (const row of rows) {
    for (const v of row) {
      mean += v;
      square += v * v;
      n++;
    }
  }
  return n === 0 || !Number.isFinite(square) ? undefined : { mean: mean / n, square: square / n, rows: rows.length };
}

const gaussian = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Uniform in [0, 1) from a seed (Tommy Ettinger's mulberry32). */
function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** By what a graph computes, so that the same network asked for again, or elsewhere, is not run again. */
const probes = new Map<string, Probe>();

export function probeOf(model: Model): Probe {
  let key = kept.get(model);
  if (key === undefined) kept.set(model, (key = contentOf(model)));
  let probe = probes.get(key);
  if (!probe) {
    if (probes.size > 20) probes.clear();
    probes.set(key, (probe = new Probe(model)));
  }
  return probe;
}

const kept = new WeakMap<Model, string>();

function contentOf({ nodes }: Model): string {
  return nodes.map((n) => `${n.layer?.name ?? n.type?.dtype} ${n.inputs.join(",")} ${n.type?.shape.join(",")} ${n.sharesWith ?? ""} ${JSON.stringify(n.args)}`).join("\n");
}
