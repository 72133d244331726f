import { forgettable } from "../forget.ts";
import { type Dual, DualOps } from "./dual.ts";
import { type Nodes, normalBelow, normalDensity, panels, smooth } from "./normal.ts";
import { type Backward, NO_GAINS, scaling, type Signal } from "./signal.ts";

/** A function of one entry, by its forward pass. */
export type Pointwise = (ops: DualOps, z: Dual) => Dual;

/** y = slope·z + offset from this kink to the next. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  readonly offset: number;
}

/** What an elementwise function does to a normal input. */
export interface Response {
  readonly mean: number;
  readonly square: number;
  readonly cross: number;
  /** E[φ′²], and E[φ′(z)·φ′(z′)] for two inputs. */
  readonly slope: number;
  readonly slopeCross: number;
}

/** Kinks are looked for within ±RANGE. */
const RANGE = 32;
const STEP = 1 / 8;
/** Uniform draws: two Gauss points are exact for what is quadratic in the draw. */
const DRAWS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)];

/** By what flows in. Some functions live as long as the process does. */
let known = new WeakMap<Nonlinearity, Map<string, Response>>();
const MOST_RESPONSES = 20_000;
forgettable(() => (known = new WeakMap()));

/**
 * An elementwise function, ready for E over normal inputs: straight between kinks in closed form (truncated normal
 * moments; two inputs of a function through the origin by the arc-cosine kernel, Cho and Saul 2009), others by
 * quadrature that breaks at the kinks. Kinks and slopes come from the function's own forward pass.
 */
export class Nonlinearity {
  private readonly variants: readonly Variant[];
  /** Of two straight halves through the origin, at an input of mean 0 and one of whose copies nothing is asked. */
  readonly even: Even | undefined;

  constructor(apply: Pointwise) {
    const [draw, other] = DRAWS.map((d) => new DualOps(d)) as [DualOps, DualOps];
    const a = variantOf(apply, draw);
    const b = draw.drawn ? variantOf(apply, other) : a;
    this.variants = [-7.3, -0.6, 0.4, 3.1].every((z) => a.at(z).v === b.at(z).v) ? [a] : [a, b];
    if (this.variants.length === 1 && a.halves) this.even = evenOf(a.halves);
  }

  at(z: number): Dual {
    return this.variants[0]!.at(z);
  }

  of(z: Signal, needsCross: boolean): Response {
    const [only] = this.variants;
    // Cheaper than to remember it.
    if (this.variants.length === 1 && only!.halves && z.mean === 0 && z.square > 1e-300) return homogeneous(only!.halves, z.square, needsCross ? Math.min(Math.max(z.cross, 0), z.square) : z.square);
    // Where a signal has died, all that follows asks for this.
    const nothing = z.mean === 0 && z.square === 0;
    const key = nothing ? "0" : `${z.mean.toPrecision(6)} ${z.square.toPrecision(6)} ${needsCross ? z.cross.toPrecision(6) : ""}`;
    let mine = known.get(this);
    if (!mine) known.set(this, (mine = new Map()));
    let response = mine.get(key);
    if (!response) {
      if (mine.size > MOST_RESPONSES) mine.clear();
      const parts = this.variants.map((v) => respond(v, z, needsCross));
      const average = (of: (r: Response) => number) => parts.reduce((sum, r) => sum + of(r), 0) / parts.length;
      const found = parts.length === 1 ? parts[0]! : { mean: average((r) => r.mean), square: average((r) => r.square), cross: average((r) => r.cross), slope: average((r) => r.slope), slopeCross: average((r) => r.slopeCross) };
      // Far out in a tail closed forms cancel: E[x²] is no less than E[x]².
      response = found.square < found.mean ** 2 ? { ...found, square: found.mean ** 2, cross: found.mean ** 2 } : found;
      mine.set(key, response);
    }
    return response;
  }
}

/** E[φ] = mean·√q, E[φ²] = share·q and E[φ′²] = share for z ~ N(0, q). */
export interface Even extends Backward {
  readonly mean: number;
  readonly share: number;
}

function evenOf([below, above]: readonly [number, number]): Even {
  const share = (below * below + above * above) / 2;
  return { mean: (above - below) / Math.sqrt(2 * Math.PI), share, back: [scaling(share)], gains: NO_GAINS };
}

interface Variant {
  at(z: number): Dual;
  readonly kinks: readonly number[];
  /** Where it is straight between its kinks. */
  readonly pieces: readonly Piece[] | undefined;
  /** Two straight halves through the origin: their slopes. */
  readonly halves: readonly [below: number, above: number] | undefined;
}

function variantOf(apply: Pointwise, ops: DualOps): Variant {
  const at = (z: number): Dual => ops.run(() => apply(ops, { v: z, d: 1 }));
  const ways = (z: number): number => (at(z), ops.ways);
  const kinks: number[] = [];
  // Off the grid, so that a kink at a round number lies between two points.
  const point = (i: number): number => (i + 0.29) * STEP;
  let right = ways(point(-RANGE / STEP));
  for (let i = -RANGE / STEP; i < RANGE / STEP; i++) {
    const left = right;
    right = ways(point(i + 1));
    if (left === right) continue;
    let [low, high] = [point(i), point(i + 1)];
    for (let n = 0; n < 45; n++) {
      const middle = (low + high) / 2;
      if (ways(middle) === left) low = middle;
      else high = middle;
    }
    const kink = (low + high) / 2;
    kinks.push(Math.abs(kink) < 1e-12 ? 0 : kink);
  }
  const pieces = straight(at, kinks);
  const [below, above] = pieces ?? [];
  const halves = pieces?.length === 2 && kinks[0] === 0 && below!.offset === 0 && above!.offset === 0 ? ([below!.slope, above!.slope] as const) : undefined;
  return { at, kinks, pieces, halves };
}

function straight(at: (z: number) => Dual, kinks: readonly number[]): readonly Piece[] | undefined {
  const edges = [-Infinity, ...kinks, Infinity];
  const pieces: Piece[] = [];
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1]!, edges[i]!];
    const [low, high] = [Math.max(from, -RANGE), Math.min(to, RANGE)];
    const points = [0.03, 0.27, 0.5, 0.71, 0.98].map((share) => low + share * (high - low));
    const slopes = points.map((z) => at(z).d);
    if (slopes.some((s) => Math.abs(s - slopes[0]!) > 1e-12)) return undefined;
    const offset = at(points[2]!).v - slopes[0]! * points[2]!;
    pieces.push({ from, to, slope: slopes[0]!, offset: Math.abs(offset) < 1e-12 ? 0 : offset });
  }
  return pieces;
}

function respond(f: Variant, z: Signal, needsCross: boolean): Response {
  const variance = z.square - z.mean * z.mean;
  if (!(variance > 1e-300)) {
    const { v, d } = f.at(z.mean);
    return { mean: v, square: v * v, cross: v * v, slope: d * d, slopeCross: d * d };
  }
  const deviation = Math.sqrt(variance);
  const shared = Math.min(Math.max(z.cross - z.mean * z.mean, 0), variance);
  if (f.halves && z.mean === 0) return homogeneous(f.halves, variance, shared);
  const own = f.pieces ? byPieces(f.pieces, z.mean, deviation) : byPanels(f, z.mean, deviation);
  if (!needsCross) return { ...own, cross: own.square, slopeCross: own.slope };
  return { ...own, ...twoInputs(f, z.mean, deviation, shared / variance, own) };
}

/** Arc-cosine kernels of order 1 and 0. */
function homogeneous([below, above]: readonly [number, number], variance: number, shared: number): Response {
  const rho = Math.min(shared / variance, 1);
  const kernel = (r: number) => (variance / (2 * Math.PI)) * (Math.sqrt(1 - r * r) + (Math.PI - Math.acos(r)) * r);
  const angle = Math.acos(rho);
  const squares = below * below + above * above;
  return {
    mean: ((above - below) * Math.sqrt(variance)) / Math.sqrt(2 * Math.PI),
    square: (squares * variance) / 2,
    cross: squares * kernel(rho) - 2 * below * above * kernel(-rho),
    slope: squares / 2,
    slopeCross: (squares * (Math.PI - angle)) / (2 * Math.PI) + (below * above * angle) / Math.PI,
  };
}

type Own = Pick<Response, "mean" | "square" | "slope"> & { readonly slopeMean: number };

function byPieces(pieces: readonly Piece[], mean: number, deviation: number): Own {
  let [first, square, slope, slopeMean] = [0, 0, 0, 0];
  for (const p of pieces) {
    const [a, b] = [(p.from - mean) / deviation, (p.to - mean) / deviation];
    const [da, db] = [normalDensity(a), normalDensity(b)];
    const mass = normalBelow(b) - normalBelow(a);
    const m1 = da - db;
    const m2 = mass + (Number.isFinite(a) ? a * da : 0) - (Number.isFinite(b) ? b * db : 0);
    const [centre, rise] = [p.slope * mean + p.offset, p.slope * deviation];
    first += centre * mass + rise * m1;
    square += centre * centre * mass + 2 * centre * rise * m1 + rise * rise * m2;
    slope += p.slope * p.slope * mass;
    slopeMean += p.slope * mass;
  }
  return { mean: first, square, slope, slopeMean };
}

function byPanels(f: Variant, mean: number, deviation: number): Own {
  const nodes = nodesFor(f, mean, deviation);
  let [first, square, slope, slopeMean] = [0, 0, 0, 0];
  for (let i = 0; i < nodes.x.length; i++) {
    const { v, d } = f.at(mean + deviation * nodes.x[i]!);
    const w = nodes.weight[i]!;
    first += w * v;
    square += w * v * v;
    slope += w * d * d;
    slopeMean += w * d;
  }
  return { mean: first, square, slope, slopeMean };
}

function nodesFor(f: Variant, mean: number, deviation: number): Nodes {
  // A wide input sees a narrow function.
  const width = Math.max(Math.min(2, 4 / deviation), 0.1);
  return f.kinks.length === 0 && width === 2 ? smooth : panels(f.kinks.map((k) => (k - mean) / deviation), width);
}

/** Terms of the series below; what is left of it is weighed as its next term. */
const TERMS = 24;

/**
 * E[φ(z)·φ(z′)] of two inputs with correlation ρ is Σ aₖ²·ρᵏ with the Hermite coefficients aₖ of φ(mean + deviation·u)
 * (Mehler's formula; Daniely, Frostig, Singer 2016), and so for φ′.
 */
function twoInputs(f: Variant, mean: number, deviation: number, rho: number, own: Own): Pick<Response, "cross" | "slopeCross"> {
  if (rho > 1 - 1e-9) return { cross: own.square, slopeCross: own.slope };
  if (rho < 1e-12) return { cross: own.mean ** 2, slopeCross: own.slopeMean ** 2 };
  const nodes = nodesFor(f, mean, deviation);
  const [a, b] = [new Float64Array(TERMS), new Float64Array(TERMS)];
  for (let i = 0; i < nodes.x.length; i++) {
    const u = nodes.x[i]!;
    const { v, d } = f.at(mean + deviation * u);
    let [h, before] = [nodes.weight[i]!, 0];
    for (let k = 0; k < TERMS; k++) {
      a[k]! += h * v;
      b[k]! += h * d;
      [h, before] = [(u * h - ROOTS[k]! * before) / ROOTS[k + 1]!, h];
    }
  }
  const sum = (c: Float64Array, whole: number): number => {
    let [total, found, power] = [0, 0, 1];
    for (let k = 0; k < TERMS; k++) {
      total += c[k]! * c[k]! * power;
      found += c[k]! * c[k]!;
      power *= rho;
    }
    return total + Math.max(whole - found, 0) * power * rho;
  };
  return { cross: sum(a, own.square), slopeCross: sum(b, own.slope) };
}

const ROOTS = Array.from({ length: TERMS + 1 }, (_, k) => Math.sqrt(k));
