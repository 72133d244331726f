import { type OptionDef, type Params, real, required, withDefault } from "../params.ts";

/** Where initial weights come from. `variance` and `fill` are of one entry; fans as Keras computes them (see `fans`). */
export interface Initializer extends OptionDef {
  readonly variance: (args: any, fans: Fans) => number;
  readonly mean?: (args: any) => number;
  /** Fills a weight of this shape, row-major; `random` is uniform in [0, 1). */
  readonly fill: (args: any, shape: readonly number[], random: () => number) => Float32Array;
}

export interface Fans {
  readonly in: number;
  readonly out: number;
  /** The last axis: columns of the kernel as a matrix, of which `in` are the rows. */
  readonly columns: number;
}

/** [in, out], or [...window, in, out]: both times the window's size. A vector: its length for both. */
export function fans(shape: readonly number[]): Fans {
  if (shape.length === 0) return { in: 1, out: 1, columns: 1 };
  if (shape.length === 1) return { in: shape[0]!, out: shape[0]!, columns: shape[0]! };
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { in: window * shape[shape.length - 2]!, out: window * shape[shape.length - 1]!, columns: shape[shape.length - 1]! };
}

function define(name: string, doc: string, params: Params, rest: Omit<Initializer, "name" | "doc" | "params">): Initializer {
  return { name, doc, params, ...rest };
}

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function drawn(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(count(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

/** Box–Muller; the second value is dropped so that a draw depends on nothing but the generator. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Standard normal, drawn again past two deviations; its deviation is 0.87962566. */
function truncated(random: () => number): number {
  for (;;) {
    const z = gaussian(random);
    if (Math.abs(z) <= 2) return z;
  }
}
const TRUNCATED_DEVIATION = 0.8796256610342398;

function scaled(name: string, doc: string, variance: (f: Fans) => number, distribution: "uniform" | "normal"): Initializer {
  return define(name, doc, {}, {
    variance: (_args, f) => variance(f),
    fill: (_args, shape, random) => {
      const v = variance(fans(shape));
      if (distribution === "uniform") {
        const limit = Math.sqrt(3 * v);
        return drawn(shape, () => (2 * random() - 1) * limit);
      }
      const deviation = Math.sqrt(v) / TRUNCATED_DEVIATION;
      return drawn(shape, () => truncated(random) * deviation);
    },
  });
}

const list: readonly Initializer[] = [
  define("zeros", "All 0. For biases; a kernel of zeros never learns to tell its units apart.", {}, { variance: () => 0, fill: (_a, s) => new Float32Array(count(s)) }),
  define("ones", "All 1.", {}, { variance: () => 0, mean: () => 1, fill: (_a, s) => new Float32Array(count(s)).fill(1) }),
  define("constant", "All the same value.", { value: required(real(), "The value.") }, { variance: () => 0, mean: (a) => a.value, fill: (a, s) => new Float32Array(count(s)).fill(a.value) }),
  define("normal", "Normal with mean 0.", { std: withDefault(real({ min: 0 }), 0.05, "Standard deviation.") }, { variance: (a) => a.std ** 2, fill: (a, s, r) => drawn(s, () => gaussian(r) * a.std) }),
  define("uniform", "Uniform in [−limit, limit].", { limit: withDefault(real({ min: 0 }), 0.05, "Half the width.") }, { variance: (a) => a.limit ** 2 / 3, fill: (a, s, r) => drawn(s, () => (2 * r() - 1) * a.limit) }),
  define("truncated_normal", "Normal with mean 0, drawn again past two deviations.", { std: withDefault(real({ min: 0 }), 0.05, "Standard deviation before truncation.") }, {
    variance: (a) => (a.std * TRUNCATED_DEVIATION) ** 2,
    fill: (a, s, r) => drawn(s, () => truncated(r) * a.std),
  }),
  scaled("glorot_uniform", "Variance 2 / (fan_in + fan_out), uniform. Glorot and Bengio 2010.", (f) => 2 / (f.in + f.out), "uniform"),
  scaled("glorot_normal", "Variance 2 / (fan_in + fan_out), truncated normal. Glorot and Bengio 2010.", (f) => 2 / (f.in + f.out), "normal"),
  scaled("he_uniform", "Variance 2 / fan_in, uniform: keeps the signal's size through ReLU. He et al. 2015.", (f) => 2 / f.in, "uniform"),
  scaled("he_normal", "Variance 2 / fan_in, truncated normal: keeps the signal's size through ReLU. He et al. 2015.", (f) => 2 / f.in, "normal"),
  scaled("lecun_uniform", "Variance 1 / fan_in, uniform. LeCun et al. 1998.", (f) => 1 / f.in, "uniform"),
  scaled("lecun_normal", "Variance 1 / fan_in, truncated normal: the one SELU asks for. LeCun et al. 1998.", (f) => 1 / f.in, "normal"),
  define("orthogonal", "Orthonormal rows or columns, times gain. Saxe et al. 2013.", { gain: withDefault(real(), 1, "Factor.") }, {
    variance: (a, f) => a.gain ** 2 / Math.max(f.in, f.columns),
    fill: (a, s, r) => orthogonal(s, r, a.gain),
  }),
  define("identity", "The identity matrix (a kernel: at its centre).", {}, { variance: (_a, f) => 1 / Math.max(f.in, f.out), fill: (_a, s) => identity(s) }),
];

/** What a file can name. */
export const initializers: Readonly<Record<string, Initializer>> = Object.fromEntries(list.map((i) => [i.name, i]));

/** Gates i, f, c, o: 0, but 1 for the forget gate, so that a new cell remembers. Jozefowicz et al. 2015. */
const lstmBias = define("lstm_bias", "Zeros, with ones for the forget gate.", {}, {
  variance: () => 0,
  fill: (_a, s) => {
    const units = count(s) / 4;
    return new Float32Array(count(s)).fill(1, units, 2 * units);
  },
});

/** Any initializer that a weight's spec can have. */
export function initializerOf(name: string): Initializer {
  return name === lstmBias.name ? lstmBias : initializers[name]!;
}

/** Gram–Schmidt on the longer side, as [rows, columns] = [all but the last axis, the last]. */
function orthogonal(shape: readonly number[], random: () => number, gain: number): Float32Array {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = count(shape) / columns;
  const [many, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < many; i++) {
    const v = Float64Array.from({ length }, () => gaussian(random));
    // Twice: once leaves rounding errors that grow with the number of vectors.
    for (let pass = 0; pass < 2; pass++) {
      for (const u of vectors) {
        let dot = 0;
        for (let k = 0; k < length; k++) dot += u[k]! * v[k]!;
        for (let k = 0; k < length; k++) v[k]! -= dot * u[k]!;
      }
    }
    const norm = Math.hypot(...(length < 10_000 ? v : [Math.sqrt(v.reduce((a, b) => a + b * b, 0))]));
    for (let k = 0; k < length; k++) v[k]! /= norm;
    vectors.push(v);
  }
  const out = new Float32Array(count(shape));
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = gain * (rows < columns ? vectors[i]![j]! : vectors[j]![i]!);
  return out;
}

function identity(shape: readonly number[]): Float32Array {
  const out = new Float32Array(count(shape));
  if (shape.length < 2) return out.fill(1);
  const [inputs, outputs] = [shape[shape.length - 2]!, shape[shape.length - 1]!];
  let centre = 0;
  for (const n of shape.slice(0, -2)) centre = centre * n + Math.floor((n - 1) / 2);
  for (let i = 0; i < Math.min(inputs, outputs); i++) out[(centre * inputs + i) * outputs + i] = 1;
  return out;
}
