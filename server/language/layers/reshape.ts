import { type Dim, equal, floorDiv, formatShape, mul, product } from "../ops/dim.ts";
import { dimension, either, listOf, required, whole } from "../params.ts";
import { defineLayer, type Shape } from "./define.ts";

/** The shape with its −1 worked out; undefined where it does not divide. */
export function resolveShape(x: Shape, shape: readonly Dim[]): readonly Dim[] | undefined {
  const total = product(x);
  const at = shape.indexOf(-1);
  if (at < 0) return equal(total, product(shape)) === true ? shape : undefined;
  const rest = product(shape.filter((_, i) => i !== at));
  if (typeof rest === "number") {
    const size = floorDiv(total, rest);
    return equal(mul(size, rest), total) === true ? shape.with(at, size) : undefined;
  }
  // Symbols on both sides: the same symbol divides out.
  for (let size = 1; size <= 65_536; size *= 2) if (equal(mul(rest, size), total) === true) return shape.with(at, size);
  const numbers = x.filter((d) => typeof d === "number").reduce((p: number, d) => p * (d as number), 1);
  return equal(mul(rest, numbers), total) === true ? shape.with(at, numbers) : undefined;
}

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
    return { code: "reshape-size", message: `${formatShape(x!)} has ${product(x!)} entries, and ${formatShape(a.shape)} ${rest.length < a.shape.length ? `needs a multiple of ${product(rest)}` : `has ${product(rest)}`}`, arg: "shape" };
  },
  forward: (ops, a, [x]) => ops.reshape(x!, resolveShape(ops.shape(x!), a.shape) ?? a.shape),
  names: { keras: ["Reshape", { shape: "target_shape" }], torch: ["Unflatten"] },
});
