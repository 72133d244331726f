import type { Node } from "../graph/graph.ts";
import { normalBelow, normalDensity } from "./normal.ts";
import { type Back, type Flow, NO_GAINS, scaling, type Signal, variance } from "./signal.ts";
import { count, sizeOf } from "./sizes.ts";

/**
 * Operands whose weights are drawn apart are uncorrelated but for their means (Yang and Schoenholz 2017: h + f(h) with a
 * random f adds the variances). Where one operand has fewer entries it is repeated, and its gradient sums over the places.
 */
export function throughMerge(node: Node, inputs: readonly Node[], x: readonly Signal[]): Flow | undefined {
  const size = count(node.type!.shape);
  const repeats = inputs.map((n) => size / count(n.type!.shape));
  const derived = x.every((s) => s.derived);
  const flow = (signal: Omit<Signal, "derived">, back: readonly Back[], exact = true): Flow => ({ signal: { ...signal, derived: derived && exact }, back, gains: NO_GAINS });
  const n = x.length;
  switch (node.layer!.name) {
    case "add":
      return flow(summed(x, x.map(() => 1)), repeats.map((r) => repeated(1, 1, r)));
    case "subtract":
      return flow(summed(x, x.map((_, i) => (i === 0 ? 1 : -1))), repeats.map((r) => repeated(1, 1, r)));
    case "average":
      return flow(summed(x, x.map(() => 1 / n)), repeats.map((r) => repeated(1 / (n * n), 1 / (n * n), r)));
    case "multiply": {
      const product = (of: (s: Signal) => number, but = -1) => x.reduce((p, s, i) => (i === but ? p : p * of(s)), 1);
      return flow({ mean: product((s) => s.mean), square: product((s) => s.square), cross: product((s) => s.cross) }, repeats.map((r, i) => repeated(product((s) => s.square, i), product((s) => s.cross, i), r)));
    }
    case "maximum": {
      // Clark 1961: of normals; each operand is the largest, and gets the gradient, for its share.
      const largest = x.reduce(largerOf);
      return flow(largest, repeats.map((r) => repeated(1 / n, 1 / n, r)), false);
    }
    case "dot": {
      const [a, b] = x as [Signal, Signal];
      const length = count(inputs[0]!.type!.shape) / size;
      const square = length * a.square * b.square + length * (length - 1) * (a.mean * b.mean) ** 2;
      return flow({ mean: length * a.mean * b.mean, square, cross: length * a.cross * b.cross + length * (length - 1) * (a.mean * b.mean) ** 2 }, [scaling(b.square, b.cross), scaling(a.square, a.cross)], false);
    }
    case "matmul": {
      // A product of independent operands, as a layer with weights is one.
      const [a, b] = x as [Signal, Signal];
      const [m, k] = inputs[0]!.type!.shape.slice(-2).map(sizeOf) as [number, number];
      const common = k * (k - 1) * (a.mean * b.mean) ** 2;
      return flow({ mean: k * a.mean * b.mean, square: k * a.square * b.square + common, cross: k * a.square * b.cross + common }, [scaling((size / count(inputs[0]!.type!.shape)) * k * b.square), scaling(m * a.square)], false);
    }
    case "concat": {
      const share = inputs.map((s) => count(s.type!.shape) / size);
      const mean = (of: (s: Signal) => number) => x.reduce((sum, s, i) => sum + share[i]! * of(s), 0);
      return flow({ mean: mean((s) => s.mean), square: mean((s) => s.square), cross: mean((s) => s.cross) }, x.map(() => scaling(1)));
    }
    default:
      return undefined;
  }
}

function summed(x: readonly Signal[], factor: readonly number[]): Omit<Signal, "derived"> {
  let [mean, square, cross] = [0, 0, 0];
  for (const [i, s] of x.entries()) {
    const f = factor[i]!;
    square += f * f * (s.square - s.mean * s.mean);
    cross += f * f * (s.cross - s.mean * s.mean);
    mean += f * s.mean;
  }
  return { mean, square: square + mean * mean, cross: cross + mean * mean };
}

/** An entry that stands at `times` places, each of which scales its gradient by `self`. */
function repeated(self: number, cross: number, times: number): Back {
  if (times === 1) return scaling(self, cross);
  return { gg: times * self, gc: times * (times - 1) * cross, cg: 0, cc: times * times * cross };
}

function largerOf(a: Signal, b: Signal): Signal {
  const [va, vb] = [variance(a), variance(b)];
  const theta = Math.sqrt(va + vb) || 1e-30;
  const alpha = (a.mean - b.mean) / theta;
  const density = normalDensity(alpha);
  const p = normalBelow(alpha);
  const mean = a.mean * p + b.mean * (1 - p) + theta * density;
  const square = a.square * p + b.square * (1 - p) + (a.mean + b.mean) * theta * density;
  const share = (s: Signal) => (s.square > 0 ? s.cross / s.square : 0);
  return { mean, square, cross: Math.min(square, mean * mean + Math.max(square - mean * mean, 0) * ((share(a) + share(b)) / 2)), derived: false };
}
