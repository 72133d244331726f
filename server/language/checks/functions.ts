import { forgettable } from "../forget.ts";
import type { Node } from "../graph/graph.ts";
import { scalarOps } from "../ops/scalar.ts";

/** Where an activation is looked at: beyond, it behaves as in the limit. */
const FAR = 40;
const STEPS = 640;

const known = new Map<string, ((z: number) => number) | undefined>();
forgettable(() => known.clear());

/** An elementwise activation without weights as a plain function; undefined for anything else. */
export function functionOf({ layer, args, weights }: Node): ((z: number) => number) | undefined {
  if (!layer?.activation || weights.length > 0) return undefined;
  const key = `${layer.name} ${JSON.stringify(args)}`;
  if (!known.has(key)) {
    const apply = (z: number): number => layer.forward(scalarOps, args, [z], {}) as number;
    let fits: boolean;
    try {
      fits = Number.isFinite(apply(1));
    } catch {
      fits = false;
    }
    known.set(key, fits ? apply : undefined);
  }
  return known.get(key);
}

export const grid: readonly number[] = Array.from({ length: STEPS + 1 }, (_, i) => -FAR + (2 * FAR * i) / STEPS);

/** Least and largest value; ±Infinity where it goes on growing. */
export function rangeOf(f: (z: number) => number): readonly [number, number] {
  const ends = [-FAR, FAR].map((z) => [f(z), f(2 * z)] as const);
  const values = [...grid.map(f), ...ends.flat()];
  const grows = (by: number): boolean => ends.some(([near, far]) => by * (far - near) > 1e-3);
  // Of a limit that floating point only comes near.
  const round = (x: number): number => (Math.abs(x - Math.round(x)) < 1e-9 ? Math.round(x) + 0 : x);
  return [grows(-1) ? -Infinity : round(Math.min(...values)), grows(1) ? Infinity : round(Math.max(...values))];
}
