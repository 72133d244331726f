import { forgettable } from "../forget.ts";
import { LOOK_UP } from "../layers/embedding.ts";
import type { LayerDef, Problem, Shape, WeightSpec } from "../layers/define.ts";
import { type Dim, largestNumber, product, ShapeError } from "../ops/dim.ts";
import { type Constraint, type Shaped, ShapeOps } from "../ops/shapes.ts";
import { work } from "../work.ts";
import type { TensorType } from "./graph.ts";

/** What follows from a layer, its arguments and the shapes that flow in. */
export interface Inferred {
  readonly type: TensorType | undefined;
  readonly weights: readonly { readonly key: string; readonly spec: WeightSpec }[];
  readonly cost: { readonly macs: Dim; readonly flops: Dim; readonly activations: Dim };
  readonly constraints: readonly Constraint[];
  readonly problem: Problem | undefined;
}

const NO_COST = { macs: 0, flops: 0, activations: 0 };
export const UNINFERRED: Inferred = { type: undefined, weights: [], cost: NO_COST, constraints: [], problem: undefined };

interface Known {
  readonly byShape: Map<string, Inferred>;
  /** Of one input, by the object that its type is: most layers of an unchanged text are found here. */
  readonly byType: Map<TensorType, Inferred>;
}

/** By the identity of the bound arguments (which a line keeps while its text stays), then by what flows in. */
let known = new WeakMap<object, Known>();
const MOST_SHAPES = 1000;
// A layer without arguments binds to one object as long as the process lives.
forgettable(() => (known = new WeakMap()));

export function infer(layer: LayerDef, args: Readonly<Record<string, unknown>>, inputs: readonly TensorType[]): Inferred {
  let mine = known.get(args);
  if (!mine) known.set(args, (mine = { byShape: new Map(), byType: new Map() }));
  const single = inputs.length === 1 ? inputs[0] : undefined;
  const quick = single && mine.byType.get(single);
  if (quick) return quick;
  let key = layer.name;
  for (const t of inputs) key += `|${t.dtype === "int" ? "i" : ""}${t.shape.join(",")}`;
  let inferred = mine.byShape.get(key);
  if (!inferred) {
    if (mine.byShape.size > MOST_SHAPES) mine.byShape.clear();
    mine.byShape.set(key, (inferred = inferNew(layer, args, inputs)));
  }
  if (single) {
    if (mine.byType.size > MOST_SHAPES) mine.byType.clear();
    mine.byType.set(single, inferred);
  }
  return inferred;
}

function inferNew(layer: LayerDef, args: Readonly<Record<string, unknown>>, inputs: readonly TensorType[]): Inferred {
  work.shapes++;
  const shapes: Shape[] = inputs.map((t) => t.shape);
  try {
    const problem = dtypeProblem(layer, inputs) ?? withIndices(layer.check(args, shapes), layer, args, inputs);
    if (problem) return { ...UNINFERRED, problem, type: problem.gives && { shape: problem.gives, dtype: "float" }, weights: problem.counted ? weightsOf(layer, args, shapes) : [] };
    const weights = weightsOf(layer, args, shapes);
    const ops = new ShapeOps();
    const shaped: Record<string, Shaped> = {};
    for (const { key, spec } of weights) shaped[key] = { shape: spec.shape, perRow: false };
    const out = layer.forward(ops, args, shapes.map((shape) => ({ shape, perRow: true })), shaped);
    const tooLarge = pastExact(out.shape, weights);
    if (tooLarge) return { ...UNINFERRED, problem: tooLarge };
    // Reshaping and the like keep indices indices; whatever computes gives numbers.
    const keeps = inputs[0]?.dtype === "int" && weights.length === 0 && ops.cost.flops === 0;
    const { macs, flops, activations } = ops.cost;
    // Elementwise steps keep one result; moving entries about keeps none.
    const cost = { macs, flops, activations: activations === 0 && flops !== 0 ? product(out.shape) : activations };
    return { type: { shape: out.shape, dtype: keeps ? "int" : "float" }, weights, cost, constraints: ops.constraints, problem: undefined };
  } catch (e) {
    if (!(e instanceof ShapeError)) throw e;
    return { ...UNINFERRED, problem: { code: "shapes-do-not-fit", message: `${layer.name}: ${e.message}` } };
  }
}

function weightsOf(layer: LayerDef, args: Readonly<Record<string, unknown>>, shapes: Shape[]): Inferred["weights"] {
  return Object.entries(layer.weights(args, shapes)).map(([key, spec]) => ({ key, spec }));
}

function dtypeProblem(layer: LayerDef, inputs: readonly TensorType[]): Problem | undefined {
  const first = inputs[0];
  if (layer.takesIndices && first && first.dtype !== "int") {
    return { code: "needs-indices", message: `${layer.name} looks up whole numbers, and numbers flow in; declare the input with int: input words int [N]` };
  }
  return undefined;
}

/** Of words, it is not the symbolic size that stops a layer, nor an axis that they lack: they are no numbers yet. */
function withIndices(problem: Problem | undefined, layer: LayerDef, args: Readonly<Record<string, unknown>>, inputs: readonly TensorType[]): Problem | undefined {
  const [first, ...others] = inputs;
  if (!problem || first?.dtype !== "int") return problem;
  // A channel more, as an embedding gives.
  const lookedUp = (): boolean => layer.check(args, [[...first.shape, 1], ...others.map((t) => t.shape)])?.code !== problem.code;
  if (problem.code !== "needs-a-number" && !(problem.code === "wrong-rank" && lookedUp())) return problem;
  return { code: problem.code, message: `${layer.name} computes with numbers, and indices of words flow in; look them up first: embedding(tokens, size)`, ...(lookedUp() && { before: LOOK_UP }) };
}

/** Counts are exact up to 2^53; nothing that trains comes near. */
function pastExact(shape: Shape, weights: Inferred["weights"]): Problem | undefined {
  const size = (dims: readonly Dim[]) => dims.reduce<number>((p, d) => p * Math.max(largestNumber(d), 1), 1);
  const largest = Math.max(size(shape), ...weights.map((w) => size(w.spec.shape)));
  if (largest <= Number.MAX_SAFE_INTEGER && largest >= 0) return undefined;
  return { code: "size-too-large", message: `this would have ${largest.toExponential(1)} entries, past 2^53: no machine holds it` };
}
