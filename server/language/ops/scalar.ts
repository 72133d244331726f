import type { Ops } from "./ops.ts";

/** What a value of one entry has no answer for. */
const none = (): never => {
  throw new TypeError("this operation needs more than one entry");
};

/**
 * Interprets an elementwise forward pass over single numbers, as in prediction: an activation as a plain function.
 * Operations that mix entries throw.
 */
export const scalarOps: Ops<number> = {
  training: false,
  shape: () => [],
  constant: (v) => v,
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  square: (x) => x * x,
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  sin: Math.sin,
  softplus: (x) => (x > 30 ? x : Math.log1p(Math.exp(x))),
  erf,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  where: (c, a, b) => (c > 0 ? a : b),
  stopGradient: (x) => x,
  randomUniform: none,
  randomNormal: none,
  assign: none,
  sum: none, mean: none, max: none, softmax: none, logSoftmax: none, table: none, forEachRow: none,
  matmul: none, localMatmul: none, conv: none, depthwiseConv: none, convTranspose: none, maxPool: none, avgPool: none, patches: none, kMax: none,
  reshape: none, transpose: none, concat: none, slice: none, pad: none, broadcastTo: none, reverse: none, upsample: none, gather: none,
  batchMoments: none, scan: none,
};

/** By its Maclaurin series below 3, by the continued fraction of its complement above. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    // Maclaurin series: converges fast enough below 3.
    let term = a;
    let sum = a;
    for (let n = 1; n < 60; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
      if (Math.abs(term) < 1e-17) break;
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  // Continued fraction of the complement.
  let f = 0;
  for (let k = 40; k >= 1; k--) f = (k / 2) / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + f) * Math.sqrt(Math.PI)));
}
