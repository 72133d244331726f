import { formatShape, ShapeError } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import { broadcastShapes } from "../ops/shapes.ts";
import { defineLayer, last, type LayerDef, type Problem, type Shape } from "./define.ts";
import { over } from "./spatial.ts";

/** Operands that broadcast as in NumPy; otherwise both shapes and what would fit. */
export function checkBroadcast(name: string, inputs: readonly Shape[]): Problem | undefined {
  let shape = inputs[0]!;
  for (const [i, other] of inputs.slice(1).entries()) {
    try {
      shape = broadcastShapes(shape, other);
    } catch (e) {
      if (!(e instanceof ShapeError)) throw e;
      const channels = last(shape);
      const sized = last(other) === channels ? sizesThatFit(shape, other) : projected(shape, other);
      const project = shape.length === other.length && shape.slice(0, -1).every((d, k) => String(d) === String(other[k]));
      const way = project ? `; a 1×1 convolution (or dense) with ${channels} channels on the second would fit` : (sized?.text ?? "; axes must be equal, or 1 on one side");
      const layer = project && typeof channels === "number" ? { second: true, layer: shape.length === 3 ? `conv2d(${channels}, 1)` : `dense(${channels})` } : sized;
      const behind = layer && (layer.second || inputs.length === 2) ? { operand: layer.second ? i + 1 : 0, layer: layer.layer } : undefined;
      return { code: "shapes-do-not-fit", ...(behind && { behind }), message: `${name} cannot combine ${formatShape(shape)} and ${formatShape(other)}${way}`, misfit: { shapes: [shape, other], fits: broadcast } };
    }
  }
  return undefined;
}

/** Numbers that broadcast. */
const broadcast = (a: readonly number[], b: readonly number[]): boolean => a.every((d, i) => [1, d, undefined].includes(b[i + b.length - a.length]) || d === 1);

/** Height and width that differ by a factor, and channels: the shortcut of a residual network that halves. */
function projected(a: Shape, b: Shape): ReturnType<typeof sizesThatFit> {
  if (a.length !== 3 || b.length !== 3 || [...a, ...b].some((d) => typeof d !== "number")) return undefined;
  const second = (b[0] as number) > (a[0] as number);
  const [large, small] = (second ? [b, a] : [a, b]) as [readonly number[], readonly number[]];
  const step = Math.round(large[0]! / small[0]!);
  if (step < 2 || [0, 1].some((i) => Math.floor((large[i]! - 1) / step) + 1 !== small[i])) return undefined;
  const layer = `conv2d(${small[2]}, 1, stride = ${step})`;
  return { text: `; ${layer} on the ${second ? "second" : "first"} would fit, as in a residual network`, second, layer };
}

/** Positions that differ by a factor or a margin, along one axis or all alike: what would make them equal. */
export function sizesThatFit(a: Shape, b: Shape): { readonly text: string; readonly second: boolean; readonly layer: string } | undefined {
  const axes = a.length - 1;
  if (axes < 1 || axes > 3 || b.length !== a.length || [...a, ...b].some((d) => typeof d !== "number")) return undefined;
  const [large, small, which, other] = a[0]! >= b[0]! ? [a, b, "first", "second"] : [b, a, "second", "first"];
  const sizes = Array.from({ length: axes }, (_, i) => [large[i] as number, small[i] as number] as const);
  const [k, ...more] = sizes.map(([m, n]) => m / n) as [number, ...number[]];
  const second = which === "second";
  const pool = `${over("max_pool", axes)}(${k})`;
  if (k > 1 && Number.isInteger(k) && more.every((l) => l === k)) return { text: `; ${pool} on the ${which}, or ${over("upsample", axes)}(${k}) on the ${other}, would fit`, second, layer: pool };
  const margins = sizes.map(([m, n]) => (m - n) / 2);
  if (!margins.every((m) => m >= 0 && Number.isInteger(m))) return undefined;
  const crop = `${over("crop", axes)}(${margins.every((m) => m === margins[0]) ? margins[0] : `[${margins.join(", ")}]`})`;
  return { text: `; ${crop} on the ${which} would fit, or padding = same where the ${other} lost its border`, second, layer: crop };
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
