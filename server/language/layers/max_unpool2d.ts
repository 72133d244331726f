import { type Dim, formatShape, mul, sameShape, sub } from "../ops/dim.ts";
import { madeBy, required } from "../params.ts";
import { windowOutput } from "../ops/window.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, type Shape } from "./define.ts";
import type { PoolOptions } from "../ops/ops.ts";

/** Each place of a window is looked at by itself. */
const MOST_PLACES = 1024;

export const max_unpool2d = defineLayer({
  name: "max_unpool2d",
  family: "pooling",
  doc: "Puts each entry where a max_pool2d found the largest of its window, and 0 elsewhere: the way back in a decoder, without weights. Of equal ones the first counts. Zeiler and Fergus 2014; SegNet, Badrinarayanan et al. 2017.",
  example: "input image [8, 8, 3]\nconv2d(4, 3, padding = same) -> relu\nmax_pool2d(2) as pooled\nconv2d(4, 3, padding = same) -> relu\nmax_unpool2d(pooled)",
  params: { pool: required(madeBy("max_pool2d"), "The pooling whose places are meant, by the name of its result: `max_pool2d(2) as pooled`.") },
  check: (a, [x, before]) => {
    const wrong = checkRank("max_unpool2d", x!, 2);
    if (wrong) return wrong;
    if (!before) return { code: "not-a-pooling", message: "max_unpool2d has no pooling", arg: "pool" };
    const o = pooling(a.pool.by);
    if (o.stride.some((s, i) => s !== o.size[i])) return { code: "not-a-pooling", message: `max_unpool2d: the pooling's windows of [${o.size.join(", ")}] stand [${o.stride.join(", ")}] apart: where they overlap two entries may ask for one place; pool with stride = size`, arg: "pool" };
    if (o.size[0]! * o.size[1]! > MOST_PLACES) return { code: "not-a-pooling", message: `max_unpool2d: a window of [${o.size.join(", ")}] has more than ${MOST_PLACES} places, of which only one is not 0; pool less at once`, arg: "pool" };
    const pooled: Shape = [...o.size.map((s, i) => windowOutput(before[i]!, s, s, o.padding, i)), before[2]!];
    if (!sameShape(pooled, x!)) return { code: "shapes-do-not-fit", message: `max_unpool2d: ${formatShape(x!)} flows in, and the pooling gave ${formatShape(pooled)}; every entry needs the place of one that was pooled`, arg: "pool" };
    const open = edges(o, before, pooled).findIndex((e) => e === undefined);
    return open < 0 ? undefined : { code: "needs-a-number", message: `max_unpool2d: whether windows of ${o.size[open]} come out even over ${before[open]} depends on its symbol; an input of a computed size settles it: input image [${o.size[0]} * H, ${o.size[1]} * W, …]`, arg: "pool" };
  },
  forward: (ops, a, [x, before]) => {
    const o = pooling(a.pool.by);
    const shape = ops.shape(before!);
    const [h, w, c] = ops.shape(x!) as [Dim, Dim, Dim];
    const sides = [...edges(o, shape, [h, w]), [0, 0] as const] as (readonly [number, number])[];
    const [kh, kw] = o.size as [number, number];
    type V = ReturnType<typeof ops.constant>;
    // Where the largest stood is no matter of gradients.
    const from = ops.stopGradient(before!);
    const whole = sides.some((s) => s[0] !== 0 || s[1] !== 0) ? ops.pad(from, sides) : from;
    const entries = ops.reshape(ops.transpose(ops.reshape(whole, [h, kh, w, kw, c]), [0, 2, 1, 3, 4]), [h, w, kh * kw, c]);
    const largest = ops.maxPool(from, o);
    const padded = sides.some((s) => s[0] > 0 || s[1] > 0);
    const inside = (i: number, axis: 0 | 1, tap: number) => (i * o.size[axis]! + tap >= sides[axis]![0] && i * o.size[axis]! + tap < (shape[axis] as number) + sides[axis]![0] ? 1 : 0);
    const [one, none] = [ops.constant(1), ops.constant(0)];
    let free: V = one;
    const placed: V[] = [];
    for (let tap = 0; tap < kh * kw; tap++) {
      const entry = ops.reshape(ops.slice(entries, 2, tap, 1), [h, w, c]);
      const hit = ops.mul(ops.where(ops.sub(largest, entry), none, one), free);
      const first = padded ? ops.mul(hit, ops.table([h, w, 1], ([i, j]) => inside(i!, 0, Math.floor(tap / kw)) * inside(j!, 1, tap % kw))) : hit;
      free = ops.sub(free, first);
      placed.push(ops.reshape(ops.mul(x!, first), [h, w, 1, c]));
    }
    const windows = ops.reshape(ops.concat(placed, 2), [h, w, kh, kw, c]);
    const y = ops.reshape(ops.transpose(windows, [0, 2, 1, 3, 4]), [mul(h, kh), mul(w, kw), c]);
    return whole === from ? y : ops.pad(y, sides.map(([b, e]) => [-b, -e] as const));
  },
  also: ["unpool", "unpool2d", "max_unpool", "max_unpooling"],
  names: { torch: ["MaxUnpool2d"] },
});

/** How the pooling was done, by its own arguments. */
function pooling(by: Readonly<Record<string, unknown>>): PoolOptions {
  const { size, stride, padding } = by as unknown as Omit<PoolOptions, "stride"> & { stride?: readonly number[] };
  return { size, stride: stride ?? size, padding };
}

/** What the windows take beyond the image at each edge (less than 0: leave over); undefined where a symbol decides. */
function edges({ size, padding }: PoolOptions, shape: Shape, pooled: Shape): (readonly [number, number] | undefined)[] {
  return size.map((k, i) => {
    const more = sub(mul(pooled[i]!, k), shape[i]!);
    if (typeof more !== "number") return undefined;
    const start = padding === "same" ? Math.floor(more / 2) : padding === "valid" ? 0 : padding[i]![0];
    return [start, more - start];
  });
}
