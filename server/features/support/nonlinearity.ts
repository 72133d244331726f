import { type Signal, variance } from "../../language/signal/index.ts";
import type { Node } from "../../language/index.ts";
import { scalarOps } from "../../language/ops/scalar.ts";

/** Beyond this an activation behaves as in the limit. */
const FAR = 12;
const STEP = 1 / 64;

/** An elementwise nonlinearity as a plain function; undefined where it mixes entries or has weights. */
function plain({ layer, args, weights }: Node): ((z: number) => number) | undefined {
  if (!layer?.activation || weights.length > 0) return undefined;
  const apply = (z: number): number => layer.forward(scalarOps, args, [z], {}) as number;
  try {
    return Number.isFinite(apply(1)) ? apply : undefined;
  } catch {
    return undefined;
  }
}

/** How steep it is, from its own forward pass: "derivative from 0 to 0.25; both tails fall to 0". */
export function slopeText(node: Node): string | undefined {
  const apply = plain(node);
  if (!apply) return undefined;
  const slope = (z: number): number => (apply(z + STEP / 16) - apply(z - STEP / 16)) / (STEP / 8);
  let [least, most] = [Infinity, -Infinity];
  for (let z = -FAR; z <= FAR; z += STEP) {
    // Half a step aside: a kink has no slope.
    const s = slope(z + STEP / 2);
    least = Math.min(least, s);
    most = Math.max(most, s);
  }
  const flat = [-FAR, FAR].map((z) => Math.abs(slope(z)) < 1e-3);
  const tails = flat[0] && flat[1] ? "; for large |z| it falls to 0, so the gradient vanishes there" : flat[0] ? "; to the left it falls to 0" : "";
  const range = least > 1 - 1e-3 && most < 1 + 1e-3 ? "1" : `${short(least)} to ${short(most)}`;
  return `Derivative ${range}${tails} (derived).`;
}

/** Share of units that are silent at the start, z being normal with these moments; 0 where it never gives exactly 0. */
export function silentShare(node: Node, z: Signal): number {
  const apply = plain(node);
  if (!apply) return 0;
  const deviation = Math.sqrt(variance(z));
  // From both sides, so that the edge counts half.
  const silent = (x: number): number => (apply(x - 1e-9) === 0 ? 0.5 : 0) + (apply(x + 1e-9) === 0 ? 0.5 : 0);
  let [share, total] = [0, 0];
  for (let u = -FAR; u <= FAR; u += STEP) {
    const weight = Math.exp(-u * u / 2);
    share += weight * silent(z.mean + deviation * u);
    total += weight;
  }
  return share / total;
}

function short(x: number): string {
  return Math.abs(x) < 1e-3 ? "0" : String(Number(x.toPrecision(3)));
}
