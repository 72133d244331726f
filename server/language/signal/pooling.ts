import { forgettable } from "../forget.ts";
import type { Node } from "../graph/graph.ts";
import { normalBelow, panels } from "./normal.ts";
import type { Nonlinearity, Response } from "./response.ts";
import { type Flow, NO_GAINS, type Signal } from "./signal.ts";
import { positions, taps, type Windowed } from "./sizes.ts";

/** Means over windows of `size` positions: what the positions have in common stays, the rest shrinks. */
export function throughAverage(node: Node, input: Node, x: Signal): Flow {
  const size = sizeOfWindow(node, input);
  // Each input stands in so many windows on average.
  const windows = (positions(node.type!.shape) * size) / positions(input.type!.shape);
  const part = 1 / (size * size);
  return {
    signal: { ...x, square: (x.square + (size - 1) * x.cross) / size },
    back: [{ gg: part * windows, gc: part * windows * Math.max(windows - 1, 0), cg: windows >= 1 && isGlobal(node) ? part : 0, cc: isGlobal(node) ? 0 : part * windows * windows }],
    gains: NO_GAINS,
  };
}

const isGlobal = (node: Node) => node.layer!.name.startsWith("global");

export function sizeOfWindow(node: Node, input: Node): number {
  if (isGlobal(node)) return positions(input.type!.shape);
  const { size, stride, padding } = node.args as { size: readonly number[]; stride: readonly number[] | undefined; padding: Windowed["padding"] };
  return taps({ kernel: size, stride: stride ?? size, padding }, input.type!.shape, node.type!.shape) / positions(node.type!.shape);
}

/** Mean and variance of the largest of k independent standard normals. */
function largestNormal(k: number): { mean: number; variance: number } {
  const key = Number(k.toPrecision(4));
  let known = largest.get(key);
  if (!known) {
    const { x, weight } = panels([], 0.5);
    let [mean, square, mass] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const w = weight[i]! * key * normalBelow(x[i]!) ** (key - 1);
      mean += w * x[i]!;
      square += w * x[i]! * x[i]!;
      mass += w;
    }
    largest.set(key, (known = { mean: mean / mass, variance: square / mass - (mean / mass) ** 2 }));
  }
  return known;
}

const largest = new Map<number, { mean: number; variance: number }>();
forgettable(() => largest.clear());

/**
 * The largest of k positions of f(z), f rising: f of the largest z. z = √c·t + √(v − c)·uᵢ with one part in common, so it
 * is √c·t + √(v − c)·max u, taken as normal with its own mean and variance (order statistics; David and Nagaraja 2003).
 * `slope` is E[f′²] there: the gradient goes where the largest is, on the steep side of a ReLU more often than not.
 */
export function largestOf(f: Nonlinearity, z: Signal, k: number, needsCross: boolean): Response {
  const shared = Math.min(Math.max(z.cross - z.mean * z.mean, 0), Math.max(z.square - z.mean * z.mean, 0));
  const own = Math.max(z.square - z.mean * z.mean - shared, 0);
  const { mean: m, variance } = largestNormal(k);
  const mean = z.mean + Math.sqrt(own) * m;
  return f.of({ mean, square: mean * mean + shared + own * variance, cross: mean * mean + shared, derived: z.derived }, needsCross);
}
