// Numbers that are cited from papers whose full text could not be read here, simulated without their formulas; docs/sources.md has
// the results.   node bench/findings/citations.mjs
import { table } from "../statistics.mjs";

let state = 7;
/** Uniform in [0, 1) (Tommy Ettinger's mulberry32). */
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const draws = (n, scale) => Float64Array.from({ length: n }, () => scale * normal());
const square = (x) => x.reduce((s, v) => s + v * v, 0) / x.length;
const mean = (x) => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x) => mean(x.map((v) => (v - mean(x)) ** 2));

/** y[r, j] = Σ x[r, i]·w[i, j] for rows of n. */
function times(x, w, rows, n) {
  const y = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) for (let i = 0; i < n; i++) {
    const v = x[r * n + i];
    if (v !== 0) for (let j = 0; j < n; j++) y[r * n + j] += v * w[i * n + j];
  }
  return y;
}

/** Variance of ln ‖h‖² behind L ReLU layers of N units from he_normal (Hanin and Rolnick 2018: about 5·Σ 1/N). */
function spread(n, layers, runs) {
  const logs = Array.from({ length: runs }, () => {
    let x = draws(n, 1);
    const start = square(x);
    for (let l = 0; l < layers; l++) x = times(x, draws(n * n, Math.sqrt(2 / n)), 1, n).map((v) => Math.max(v, 0));
    return Math.log(square(x) / start);
  }).filter(Number.isFinite);
  return variance(logs);
}

/** Growth of the mean square at each block of h + W₂·relu(W₁·h), or with one layer of h + W·relu(h), from he_normal (Zhang, Dauphin, Ma 2019: a branch that keeps the size doubles it). */
function residual(n, blocks, runs, layers) {
  return mean(Array.from({ length: runs }, () => {
    let x = draws(n, 1);
    const start = square(x);
    for (let b = 0; b < blocks; b++) {
      const h = (layers === 2 ? times(x, draws(n * n, Math.sqrt(2 / n)), 1, n) : x).map((v) => Math.max(v, 0));
      const y = times(h, draws(n * n, Math.sqrt(2 / n)), 1, n);
      x = x.map((v, i) => v + y[i]);
    }
    return square(x) / start;
  })) ** (1 / blocks);
}

/** Growth of the gradient's mean square, a layer, on its way back through relu(batch_norm(W·x)) (Yang et al. 2019: π/(π − 1)). */
function batchNorm(n, rows, layers) {
  const w = Array.from({ length: layers }, () => draws(n * n, 1 / Math.sqrt(n)));
  const kept = [];
  let x = draws(rows * n, 1);
  for (const k of w) {
    const z = times(x, k, rows, n);
    const deviations = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      const column = Float64Array.from({ length: rows }, (_, r) => z[r * n + j]);
      const [m, d] = [mean(column), Math.sqrt(variance(column))];
      deviations[j] = d;
      for (let r = 0; r < rows; r++) z[r * n + j] = (z[r * n + j] - m) / d;
    }
    kept.push({ k, z, deviations });
    x = z.map((v) => Math.max(v, 0));
  }
  let g = draws(rows * n, 1);
  const sizes = [square(g)];
  for (const { k, z, deviations } of kept.reverse()) {
    const d = g.map((v, i) => (z[i] > 0 ? v : 0));
    const back = new Float64Array(rows * n);
    for (let j = 0; j < n; j++) {
      let [sum, along] = [0, 0];
      for (let r = 0; r < rows; r++) [sum, along] = [sum + d[r * n + j], along + d[r * n + j] * z[r * n + j]];
      for (let r = 0; r < rows; r++) back[r * n + j] = (d[r * n + j] - sum / rows - (z[r * n + j] * along) / rows) / deviations[j];
    }
    const transposed = Float64Array.from({ length: n * n }, (_, i) => k[(i % n) * n + Math.floor(i / n)]);
    g = times(back, transposed, rows, n);
    sizes.push(square(g));
  }
  // The last layers are not yet at the rate that goes on.
  return (sizes[layers] / sizes[5]) ** (1 / (layers - 5));
}

const show = (x) => x.toPrecision(3);
console.log(table(["what", "cited", "simulated"], [
  ...[[16, 10, 800], [32, 10, 500], [32, 20, 300], [64, 20, 120]].map(([n, l, runs]) => [`variance of ln ‖h‖², ${l} ReLU layers of ${n}`, show((5 * l) / n), show(spread(n, l, runs))]),
  ["mean square, a residual block of ReLU and a layer from he_normal", "2", show(residual(64, 8, 200, 1))],
  ["the same of a layer, ReLU and a layer: 1 + 2", "3", show(residual(64, 8, 200, 2))],
  ["gradient's mean square, a layer of batch norm and ReLU", show(Math.PI / (Math.PI - 1)), show(batchNorm(256, 256, 24))],
]));
