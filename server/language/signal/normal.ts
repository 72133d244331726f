import { scalarOps } from "../ops/scalar.ts";

/** Φ, the distribution function of the standard normal. */
export function normalBelow(x: number): number {
  if (x > 9) return 1;
  return x < -9 ? 0 : (1 + scalarOps.erf(x / Math.SQRT2)) / 2;
}

/** Its density. */
export function normalDensity(x: number): number {
  return Number.isFinite(x) ? Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) : 0;
}

export interface Nodes {
  readonly x: readonly number[];
  readonly weight: readonly number[];
}

/** Gauss–Legendre on [−1, 1], by Newton's method on the Legendre polynomial. */
function legendre(n: number): Nodes {
  const x: number[] = [];
  const weight: number[] = [];
  for (let i = 1; i <= n; i++) {
    let z = Math.cos((Math.PI * (i - 0.25)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 50; step++) {
      let [p, before] = [1, 0];
      for (let j = 1; j <= n; j++) [p, before] = [((2 * j - 1) * z * p - (j - 1) * before) / j, p];
      slope = (n * (z * p - before)) / (z * z - 1);
      const moved = p / slope;
      z -= moved;
      if (Math.abs(moved) < 1e-15) break;
    }
    x.push(z);
    weight.push(2 / ((1 - z * z) * slope * slope));
  }
  return { x, weight };
}

const PANEL = legendre(10);
/** Past this many deviations the normal has 1e-15 of its mass. */
const FAR = 8;

/** E[f(u)] for standard normal u is Σ weight·f(x): Gauss–Legendre on panels that break where f has kinks. Smooth between them: exact to about 1e-10. */
export function panels(kinks: readonly number[], width = 2): Nodes {
  const edges = [...new Set([-FAR, ...kinks.filter((k) => Math.abs(k) < FAR), FAR])].sort((a, b) => a - b);
  const x: number[] = [];
  const weight: number[] = [];
  for (let e = 1; e < edges.length; e++) {
    const [from, to] = [edges[e - 1]!, edges[e]!];
    const parts = Math.max(1, Math.ceil((to - from) / width));
    const half = (to - from) / parts / 2;
    for (let p = 0; p < parts; p++) {
      const middle = from + half * (2 * p + 1);
      for (let i = 0; i < PANEL.x.length; i++) {
        const u = middle + half * PANEL.x[i]!;
        x.push(u);
        weight.push(half * PANEL.weight[i]! * normalDensity(u));
      }
    }
  }
  return { x, weight };
}

export const smooth = panels([]);
