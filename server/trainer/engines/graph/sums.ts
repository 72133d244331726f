import { type Graph, same, sizeOf, type Value } from "./builder.ts";
import { add } from "./math.ts";
import { concat } from "./moves.ts";

/** Entries of a product's operand above which products of their own cost less than copying the operands side by side. */
const SMALL = 2 ** 16;

/**
 * The sum of the gradients that a value has from its readers, in few operations where a layer that goes from position
 * to position gives many: small products become one over all of their rows, and parts that fill the whole are joined.
 */
export function total(g: Graph, ds: readonly Value[]): Value {
  return joined(g, ds) ?? rowsTogether(g, ds).reduce((a, b) => add(g, a, b));
}

/** What the slices of a value have given, padded, if none overlaps and nothing is left out. */
function joined(g: Graph, ds: readonly Value[]): Value | undefined {
  if (ds.length < 2 || ds.some((d) => d.node.op !== "PadV2")) return undefined;
  const parts = ds.map((d) => d.node.inputs[0]!);
  const whole = ds[0]!.shape;
  const axis = whole.findIndex((n, i) => parts[0]!.shape[i] !== n);
  if (parts.some((p) => !same(p.shape.with(axis, 0), whole.with(axis, 0)))) return undefined;
  const placed = ds.map((d, i) => ({ from: before(d, axis), value: parts[i]! })).sort((a, b) => a.from - b.from);
  let at = 0;
  for (const { from, value } of placed) {
    if (from !== at) return undefined;
    at += value.shape[axis]!;
  }
  return at === whole[axis] ? concat(g, placed.map((p) => p.value), axis) : undefined;
}

/** Places before a padded value. */
function before(d: Value, axis: number): number {
  const paddings = d.node.inputs[1]!.node.attrs["value"];
  if (!paddings || !("tensor" in paddings)) throw new Error("a padding that is no constant");
  return (paddings.tensor.data as Int32Array)[2 * axis]!;
}

/** Σ aᵢᵀ·bᵢ and Σᵢ of the sums of dᵢ's rows, each over all rows at once. */
function rowsTogether(g: Graph, ds: readonly Value[]): Value[] {
  const alike = new Map<string, Value[]>();
  const left: Value[] = [];
  for (const d of ds) {
    const { op, inputs, attrs } = d.node;
    const adds = op === "BiasAddGrad" ? inputs[0]!.shape.length === 2 : op === "MatMul" && isTrue(attrs["transpose_a"]) && !isTrue(attrs["transpose_b"]);
    if (!adds || inputs.some((v) => sizeOf(v.shape) > SMALL)) left.push(d);
    else alike.set(op, [...(alike.get(op) ?? []), d]);
  }
  for (const some of alike.values()) {
    const { op, inputs, attrs } = some[0]!.node;
    left.push(some.length === 1 ? some[0]! : g.add(op, inputs.map((_, i) => concat(g, some.map((d) => d.node.inputs[i]!), 0)), [some[0]!], { attrs })[0]!);
  }
  return left;
}

const isTrue = (a: Value["node"]["attrs"][string] | undefined): boolean => a !== undefined && "b" in a && a.b;
