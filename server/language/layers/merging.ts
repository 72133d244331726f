import { formatShape } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import { broadcastShapes, ShapeError } from "../ops/shapes.ts";
import { defineLayer, type LayerDef, type Problem, type Shape } from "./define.ts";

/** Operands that broadcast as in NumPy; otherwise both shapes and what would fit. */
export function checkBroadcast(name: string, inputs: readonly Shape[]): Problem | undefined {
  let shape = inputs[0]!;
  for (const other of inputs.slice(1)) {
    try {
      shape = broadcastShapes(shape, other);
    } catch (e) {
      if (!(e instanceof ShapeError)) throw e;
      const way = shape.length === other.length && shape.slice(0, -1).every((d, i) => String(d) === String(other[i]))
        ? `; a 1×1 convolution (or dense) with ${shape[shape.length - 1]} channels on the second would fit`
        : "; axes must be equal, or 1 on one side";
      return { code: "shapes-do-not-fit", message: `${name} cannot combine ${formatShape(shape)} and ${formatShape(other)}${way}` };
    }
  }
  return undefined;
}

/** A merge that combines its operands entry by entry. */
export function defineMerge(name: string, doc: string, combine: <T>(ops: Ops<T>, a: T, b: T) => T, keras: string, finish?: <T>(ops: Ops<T>, y: T, count: number) => T): LayerDef<{}> {
  return defineLayer({
    name,
    family: "merging",
    doc,
    example: `input x [8]\n${name} { dense(8) -> relu } { identity }`,
    params: {},
    inputs: "many",
    check: (_args, inputs) => checkBroadcast(name, inputs),
    forward: (ops, _args, inputs) => {
      const y = inputs.slice(1).reduce((a, b) => combine(ops, a, b), inputs[0]!);
      return finish ? finish(ops, y, inputs.length) : y;
    },
    names: { keras: [keras] },
  });
}
