import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import { defineCheck } from "./define.ts";
import { dropEdit } from "./fixes.ts";
import { functionOf, grid, rangeOf } from "./functions.ts";
import { readersOf } from "./graph.ts";
import { at } from "./places.ts";

/** What leaves each value as it is, or drops it. */
const BETWEEN = new Set(["identity", "flatten", "reshape", "permute", "dropout", "spatial_dropout"]);
const PROBABILITIES = new Set(["softmax", "log_softmax"]);

/**
 * Two activations with no layer between. The second changes nothing where g(f(z)) = f(z) for every z; it loses most of
 * its range where f is bounded: with K classes softmax over values that lie within w of each other gives no class more
 * than e^w / (e^w + K − 1); and ReLU before softmax gives no gradient to a class whose score is negative. All derived
 * from the functions themselves.
 * Guards: anything between that mixes entries (a pooling: SqueezeNet, NiN end in ReLU, average, softmax); a result that
 * is used elsewhere too; activations with learned weights.
 */
export const activationsInARow = defineCheck({
  code: "activations-in-a-row",
  *model(model) {
    const readers = readersOf(model);
    for (const node of model.nodes) {
      if (!isActivation(node)) continue;
      let first = model.nodes[node.inputs[0]!];
      if (first?.layer && !BETWEEN.has(first.layer.name) && !isActivation(first)) continue;
      while (first?.layer && BETWEEN.has(first.layer.name) && readers.count(first.id) === 1) first = model.nodes[first.inputs[0]!];
      if (!first?.layer || !isActivation(first) || readers.count(first.id) !== 1) continue;
      const found = pair(model, first, node);
      if (found) yield found;
    }
  },
});

function isActivation({ layer }: Node): boolean {
  return layer !== undefined && (layer.activation || PROBABILITIES.has(layer.name));
}

function pair(model: Model, first: Node, second: Node) {
  const [f, g] = [first.layer!.name, second.layer!.name];
  const finding = (severity: "warning" | "information", node: Node, message: string) => {
    const edit = dropEdit(model.nodes[node.inputs[0]!], node);
    const fixes: Fix[] = edit ? [{ title: `Take ${node.layer!.name} away`, edits: [edit] }] : [];
    const other = node === first ? second : first;
    return at(node, { code: "activations-in-a-row", severity, message, fixes, about: [first.id, second.id], related: [{ site: other.site, message: `the ${node === first ? "second" : "first"} activation` }] });
  };
  if (PROBABILITIES.has(g)) {
    const classes = second.type?.shape.at(-1);
    if (typeof classes !== "number" || classes < 2) return undefined;
    if (PROBABILITIES.has(f)) return f === "softmax" ? finding("warning", first, `${g} of softmax: ${capped(1, classes, g)}; one of them is enough`) : undefined;
    const apply = functionOf(first);
    if (!apply) return undefined;
    const [least, most] = rangeOf(apply);
    if (Number.isFinite(most - least)) return finding("warning", first, `${g} of ${f}: ${capped(most - least, classes, g)}; ${g} takes plain numbers`);
    if (apply(-1) === 0 && apply(-2) === 0) return finding("warning", first, `${g} of ${f}: a class whose score is negative gets score 0 and no gradient, half of them at the start (derived: ${f} gives 0 for z ≤ 0); ${g} takes plain numbers`);
    return undefined;
  }
  const [inner, outer] = [functionOf(first), functionOf(second)];
  if (!inner || !outer) return undefined;
  const { idle, whole, left } = compared(inner, outer);
  if (idle) return finding("information", second, `${g} after ${f} changes nothing (derived: ${g}(${f}(z)) = ${f}(z) for every z); take it away, or put a layer between`);
  const share = (left[1] - left[0]) / (whole[1] - whole[0]);
  if (Number.isFinite(whole[1] - whole[0]) && share < 0.75) return finding("warning", first, `${g} of ${f} gives ${short(left[0])} to ${short(left[1])} only, ${Math.round(100 * share)} % of what ${g} gives (derived); take one of them away, or put a layer between`);
  return finding("information", second, `${f} and ${g} stand in a row with no layer between, so the second adds no weights to learn with; take one away, or put a layer between`);
}

type Fn = (z: number) => number;

interface Compared {
  /** The outer function changes nothing of what the inner one gives. */
  readonly idle: boolean;
  readonly whole: readonly [number, number];
  readonly left: readonly [number, number];
}

/** The same two functions follow each other wherever a block is used. */
const pairs = new WeakMap<Fn, WeakMap<Fn, Compared>>();

function compared(inner: Fn, outer: Fn): Compared {
  let of = pairs.get(inner);
  if (!of) pairs.set(inner, (of = new WeakMap()));
  let known = of.get(outer);
  if (!known) {
    const idle = grid.every((z) => Math.abs(outer(inner(z)) - inner(z)) <= 1e-9 * Math.abs(inner(z)));
    of.set(outer, (known = { idle, whole: rangeOf(outer), left: rangeOf((z) => outer(inner(z))) }));
  }
  return known;
}

function capped(width: number, classes: number, name: string): string {
  const most = Math.exp(width) / (Math.exp(width) + classes - 1);
  return `with ${classes} classes no probability can be over ${most.toPrecision(2)} (derived: e^w / (e^w + K − 1), w = ${short(width)})${name === "log_softmax" ? " before the logarithm" : ""}`;
}

function short(x: number): string {
  return String(Number((Math.abs(x) < 1e-6 ? 0 : x).toPrecision(3)));
}
