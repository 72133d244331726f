import { type Dim, equal, evaluate, floorDiv, formatShape, mul, product, symbolsOf } from "../ops/dim.ts";
import { dimension, either, listOf, required, whole } from "../params.ts";
import { defineLayer, type Shape } from "./define.ts";

/** Both lists without the symbolic sizes that they have in common. */
function cancel(x: Shape, shape: readonly Dim[]): [Dim[], Dim[]] {
  const left = [...x];
  const over = shape.filter((d) => {
    const i = typeof d === "number" ? -1 : left.findIndex((e) => equal(e, d) === true);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
  return [left, over];
}

/** The shape with its −1 worked out; undefined where it does not divide. */
export function resolveShape(x: Shape, shape: readonly Dim[]): readonly Dim[] | undefined {
  const at = shape.indexOf(-1);
  if (at < 0) return equal(product(x), product(shape)) === true ? shape : undefined;
  // A symbol on both sides divides out.
  const [total, rest] = cancel(x, shape.filter((_, i) => i !== at)).map(product) as [Dim, Dim];
  const size = typeof rest === "number" ? floorDiv(total, rest) : ratio(total, rest);
  return equal(mul(size, rest), total) === true ? shape.with(at, size) : undefined;
}

/** The number that `total` would be of `rest`, if it is one: the same for whatever sizes. */
function ratio(total: Dim, rest: Dim): number {
  const sizes = new Map([...symbolsOf(total, symbolsOf(rest))].map((name) => [name, 1009]));
  return Math.floor(evaluate(total, sizes)! / Math.max(evaluate(rest, sizes)!, 1));
}

/** Of numbers: as many entries, or with a −1 a multiple. */
const sameCount = (x: readonly number[], shape: readonly number[]): boolean => resolveShape(x, shape) !== undefined;

export const reshape = defineLayer({
  name: "reshape",
  family: "core",
  doc: "The same numbers in another shape, in row-major order. −1 once: as many as are left.",
  example: "input x [64]\nreshape([8, 8, 1])\nreshape([-1, 1])",
  params: { shape: required(listOf(either(dimension(), whole({ min: -1, max: -1 })), "a list of sizes, −1 at most once"), "The new shape, without the batch.") },
  check: (a, [x]) => {
    if (a.shape.filter((d) => d === -1).length > 1) return { code: "reshape-size", message: "−1 can be worked out once only", arg: "shape" };
    if (resolveShape(x!, a.shape)) return undefined;
    const rest = a.shape.filter((d) => d !== -1);
    const free = a.shape.findIndex((_, i) => resolveShape(x!, a.shape.map((d, j) => (i === j ? -1 : d === -1 ? 1 : d))));
    const value = formatShape(a.shape.map((d, i) => (i === free ? -1 : d === -1 ? 1 : d)));
    return { ...(free >= 0 && { fit: { arg: "shape", value, title: value } }), code: "reshape-size", message: `${formatShape(x!)} has ${product(x!)} entries, and ${formatShape(a.shape)} ${rest.length < a.shape.length ? `needs a multiple of ${product(rest)}` : `has ${product(rest)}`}`, arg: "shape", misfit: { shapes: [x!, a.shape], fits: sameCount } };
  },
  forward: (ops, a, [x]) => ops.reshape(x!, resolveShape(ops.shape(x!), a.shape) ?? a.shape),
  names: { keras: ["Reshape", { shape: "target_shape" }], torch: ["Unflatten"] },
});
