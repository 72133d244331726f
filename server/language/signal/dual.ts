import type { Ops } from "../ops/ops.ts";
import { scalarOps } from "../ops/scalar.ts";

/** A number with its derivative by the input. */
export interface Dual {
  readonly v: number;
  readonly d: number;
}

const none = (): never => {
  throw new TypeError("this operation needs more than one entry");
};

/**
 * Interprets an elementwise forward pass over numbers and their derivatives (forward-mode differentiation), as in
 * training. Where a pass takes one of two ways (relu, maximum, where) the way taken goes into `ways`: between two
 * inputs with different ways lies a kink. `draw` in [0, 1) is what every uniform draw gives.
 */
export class DualOps implements Ops<Dual> {
  readonly training = true;
  ways = 0;
  private taken = 0;
  readonly draw: number;
  /** Some pass has drawn. */
  drawn = false;
  constructor(draw: number) {
    this.draw = draw;
  }

  /** Runs f from a fresh record of ways. */
  run(f: (ops: DualOps) => Dual): Dual {
    this.ways = 0;
    this.taken = 0;
    return f(this);
  }

  private way(first: boolean): boolean {
    if (first) this.ways += 2 ** (this.taken % 50);
    this.taken++;
    return first;
  }

  shape = () => [];
  constant = (v: number): Dual => ({ v, d: 0 });
  neg = (x: Dual): Dual => ({ v: -x.v, d: -x.d });
  abs = (x: Dual): Dual => (this.way(x.v > 0) ? x : this.neg(x));
  exp = (x: Dual): Dual => { const v = Math.exp(x.v); return { v, d: v * x.d }; };
  log = (x: Dual): Dual => ({ v: Math.log(x.v), d: x.d / x.v });
  sqrt = (x: Dual): Dual => { const v = Math.sqrt(x.v); return { v, d: x.d / (2 * v) }; };
  rsqrt = (x: Dual): Dual => { const v = 1 / Math.sqrt(x.v); return { v, d: (-x.d * v) / (2 * x.v) }; };
  square = (x: Dual): Dual => ({ v: x.v * x.v, d: 2 * x.v * x.d });
  relu = (x: Dual): Dual => (this.way(x.v > 0) ? x : { v: 0, d: 0 });
  sigmoid = (x: Dual): Dual => { const v = scalarOps.sigmoid(x.v); return { v, d: v * (1 - v) * x.d }; };
  sin = (x: Dual): Dual => ({ v: Math.sin(x.v), d: Math.cos(x.v) * x.d });
  tanh = (x: Dual): Dual => { const v = Math.tanh(x.v); return { v, d: (1 - v * v) * x.d }; };
  softplus = (x: Dual): Dual => ({ v: scalarOps.softplus(x.v), d: scalarOps.sigmoid(x.v) * x.d });
  erf = (x: Dual): Dual => ({ v: scalarOps.erf(x.v), d: (2 / Math.sqrt(Math.PI)) * Math.exp(-x.v * x.v) * x.d });

  add = (a: Dual, b: Dual): Dual => ({ v: a.v + b.v, d: a.d + b.d });
  sub = (a: Dual, b: Dual): Dual => ({ v: a.v - b.v, d: a.d - b.d });
  mul = (a: Dual, b: Dual): Dual => ({ v: a.v * b.v, d: a.d * b.v + a.v * b.d });
  div = (a: Dual, b: Dual): Dual => ({ v: a.v / b.v, d: (a.d - (a.v / b.v) * b.d) / b.v });
  maximum = (a: Dual, b: Dual): Dual => (this.way(a.v > b.v) ? a : b);
  minimum = (a: Dual, b: Dual): Dual => (this.way(a.v < b.v) ? a : b);
  where = (c: Dual, a: Dual, b: Dual): Dual => (this.way(c.v > 0) ? a : b);
  stopGradient = (x: Dual): Dual => ({ v: x.v, d: 0 });
  randomUniform = (_x: Dual, low: number, high: number): Dual => { this.drawn = true; return { v: low + this.draw * (high - low), d: 0 }; };

  randomNormal = none; assign = none;
  sum = none; mean = none; max = none; softmax = none; logSoftmax = none; table = none; forEachRow = none;
  matmul = none; localMatmul = none; conv = none; depthwiseConv = none; convTranspose = none; maxPool = none; avgPool = none; patches = none; kMax = none;
  reshape = none; transpose = none; concat = none; slice = none; pad = none; broadcastTo = none; reverse = none; upsample = none; gather = none;
  batchMoments = none; scan = none;
}
