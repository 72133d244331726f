import type { Row } from "./define.ts";

/** Where a pixel of the new image comes from in the old one: y' = a·y + b·x + c, x' = d·y + e·x + f, from the centre. */
export interface Map {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

type Args = Readonly<Record<string, unknown>>;
type Draw = (row: Pick<Row, "shape" | "random">, args: Args) => Map;

const NONE: Map = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
const either = (random: () => number, most: number): number => (2 * random() - 1) * most;

/** Augmentations that move pixels: their maps are joined, and the image is read once. */
export const moves: Readonly<Record<string, Draw>> = {
  shift({ shape, random }, { by }) {
    return { ...NONE, c: either(random, (by as number) * shape[0]!), f: either(random, (by as number) * shape[1]!) };
  },
  flip({ random }, { axis }) {
    const [across, down] = [random() < 0.5, random() < 0.5];
    return { ...NONE, a: axis !== "horizontal" && down ? -1 : 1, e: axis !== "vertical" && across ? -1 : 1 };
  },
  rotate({ random }, { degrees }) {
    const angle = (either(random, degrees as number) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return { ...NONE, a: cos, b: sin, d: -sin, e: cos };
  },
  zoom({ random }, { by }) {
    const factor = 1 / (1 + either(random, by as number));
    return { ...NONE, a: factor, e: factor };
  },
};

/** First `p`, then `q`, as changes of the image: places go through `q` first. */
export function joined(p: Map, q: Map): Map {
  return {
    a: p.a * q.a + p.b * q.d, b: p.a * q.b + p.b * q.e, c: p.a * q.c + p.b * q.f + p.c,
    d: p.d * q.a + p.e * q.d, e: p.d * q.b + p.e * q.e, f: p.d * q.c + p.e * q.f + p.f,
  };
}

/** Bilinear; 0 outside. */
export function moved(values: Float32Array, [height, width, channels]: readonly [number, number, number], m: Map): Float32Array {
  const out = new Float32Array(values.length);
  const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // What rounding leaves of a whole number would mix in a thousandth of a neighbour.
      const sy = settle(m.a * (y - cy) + m.b * (x - cx) + m.c + cy);
      const sx = settle(m.d * (y - cy) + m.e * (x - cx) + m.f + cx);
      const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
      const [fy, fx] = [sy - y0, sx - x0];
      for (let j = 0; j < 4; j++) {
        const [yy, xx] = [y0 + (j >> 1), x0 + (j & 1)];
        const weight = (j >> 1 ? fy : 1 - fy) * (j & 1 ? fx : 1 - fx);
        if (weight === 0 || yy < 0 || yy >= height || xx < 0 || xx >= width) continue;
        const [to, from] = [(y * width + x) * channels, (yy * width + xx) * channels];
        for (let c = 0; c < channels; c++) out[to + c] = out[to + c]! + weight * values[from + c]!;
      }
    }
  }
  return out;
}

const settle = (place: number): number => (Math.abs(place - Math.round(place)) < 1e-9 ? Math.round(place) : place);
