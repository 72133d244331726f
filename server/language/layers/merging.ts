import { formatShape, ShapeError } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import { broadcastShapes } from "../ops/shapes.ts";
import { defineLayer, last, type LayerDef, type Problem, type Shape } from "./define.ts";

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
        : ((last(shape) === last(other) ? sizesThatFit(shape, other) : undefined) ?? "; axes must be equal, or 1 on one side");
      return { code: "shapes-do-not-fit", message: `${name} cannot combine ${formatShape(shape)} and ${formatShape(other)}${way}`, misfit: { shapes: [shape, other], fits: broadcast } };
    }
  }
  return undefined;
}

/** Numbers that broadcast. */
const broadcast = (a: readonly number[], b: readonly number[]): boolean => a.every((d, i) => [1, d, undefined].includes(b[i + b.length - a.length]) || d === 1);

/** Height and width that differ by a factor or a margin: what would make them equal. */
export function sizesThatFit(a: Shape, b: Shape): string | undefined {
  if (a.length !== 3 || b.length !== 3 || [...a, ...b].some((d) => typeof d !== "number")) return undefined;
  const [large, small, which, other] = a[0]! >= b[0]! ? [a, b, "first", "second"] : [b, a, "second", "first"];
  const sizes = [0, 1].map((i) => [large[i] as number, small[i] as number] as const);
  const [k, l] = sizes.map(([m, n]) => m / n) as [number, number];
  if (k === l && k > 1 && Number.isInteger(k)) return `; max_pool2d(${k}) on the ${which}, or upsample2d(${k}) on the ${other}, would fit`;
  const [top, left] = sizes.map(([m, n]) => (m - n) / 2) as [number, number];
  if (![top, left].every((m) => m >= 0 && Number.isInteger(m))) return undefined;
  return `; crop2d(${top === left ? top : `[${top}, ${left}]`}) on the ${which} would fit, or padding = same where the ${other} lost its border`;
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
