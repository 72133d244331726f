import { fans, initializerOf } from "../layers/initializers.ts";
import { scalarOps } from "../ops/scalar.ts";
import type { OptionValue } from "../values.ts";
import type { Model, Node } from "./graph.ts";

/**
 * The size of the signal at initialization, derived by mean-field theory (Poole et al. 2016, Schoenholz et al. 2017):
 * each pre-activation is taken as normal with the mean of its bias and variance fan_in·Var(w)·E[x²]. Inputs are taken to
 * have mean 0 and mean square 1 (standardized features).
 */
export interface Moments {
  readonly mean: number;
  readonly square: number;
}

/** By node id; undefined where this theory has no answer. */
export function signalOf(model: Model): readonly (Moments | undefined)[] {
  const moments: (Moments | undefined)[] = [];
  for (const node of model.nodes) moments.push(momentsOf(node, node.inputs.map((i) => moments[i])));
  return moments;
}

/** Layers that hand on or sample the values that flow in. */
const KEEPS = new Set(["flatten", "reshape", "permute", "slice", "dropout", "spatial_dropout", "drop_path", "identity", "upsample2d", "crop2d", "concat"]);

function momentsOf(node: Node, inputs: readonly (Moments | undefined)[]): Moments | undefined {
  const { layer, args } = node;
  if (!layer) return node.inputs.length === 0 && node.type?.dtype === "float" ? { mean: 0, square: 1 } : undefined;
  const [x] = inputs;
  if (!x || inputs.includes(undefined)) return undefined;
  if (node.weights.some((w) => w.key === "moving_mean")) return { mean: 0, square: 1 };
  if (layer.name === "layer_norm" || layer.name === "group_norm") return { mean: 0, square: 1 };
  const kernel = node.weights.find((w) => w.key === "kernel");
  if (kernel && (layer.family === "convolution" || layer.name === "dense")) {
    const variance = weightVariance(kernel.spec.init, kernel.spec.shape as number[]);
    const bias = node.weights.find((w) => w.key === "bias");
    const offset = bias ? initializerOf(bias.spec.init.name).mean?.(bias.spec.init.args) ?? 0 : 0;
    const spread = bias ? weightVariance(bias.spec.init, bias.spec.shape as number[]) : 0;
    if (variance === undefined || spread === undefined) return undefined;
    const fanIn = (kernel.spec.shape as number[]).slice(0, -1).reduce((a, b) => a * b, 1);
    return { mean: offset, square: fanIn * variance * x.square + spread + offset * offset };
  }
  if (layer.activation && node.weights.length === 0 && layer.name !== "softmax" && layer.name !== "log_softmax") {
    return remembered(layer.name, args, x, () => throughActivation(x, (z) => layer.forward(scalarOps, args, [z], {})));
  }
  if (layer.name === "rescaling") {
    const { scale, offset } = args as { scale: number; offset: number };
    return { mean: scale * x.mean + offset, square: scale * scale * x.square + 2 * scale * offset * x.mean + offset * offset };
  }
  if (layer.name === "add") {
    // Branches are taken as independent: variances add.
    const mean = inputs.reduce((a, m) => a + m!.mean, 0);
    return { mean, square: inputs.reduce((a, m) => a + m!.square - m!.mean ** 2, 0) + mean * mean };
  }
  return KEEPS.has(layer.name) ? x : undefined;
}

/** A deep stack asks for the same integral again and again. */
const integrals = new Map<string, Moments>();

function remembered(name: string, args: Readonly<Record<string, unknown>>, x: Moments, integrate: () => Moments): Moments {
  const key = `${name} ${JSON.stringify(args)} ${x.mean} ${x.square}`;
  let moments = integrals.get(key);
  if (!moments) {
    if (integrals.size > 10_000) integrals.clear();
    integrals.set(key, (moments = integrate()));
  }
  return moments;
}

/** E[φ(z)] and E[φ(z)²] for normal z, by the trapezoid rule: exact to 1e-4 for kinks too. */
export function throughActivation(z: Moments, apply: (z: number) => number): Moments {
  const deviation = Math.sqrt(Math.max(z.square - z.mean ** 2, 0));
  const steps = 400;
  let [mean, square, total] = [0, 0, 0];
  for (let i = 0; i <= steps; i++) {
    const u = -8 + (16 * i) / steps;
    const weight = Math.exp(-u * u / 2);
    const y = apply(z.mean + deviation * u);
    mean += weight * y;
    square += weight * y * y;
    total += weight;
  }
  return { mean: mean / total, square: square / total };
}

/** Of one entry; undefined for a constant other than 0, of which sums do not behave as of random weights. */
function weightVariance(init: OptionValue, shape: readonly number[]): number | undefined {
  const initializer = initializerOf(init.name);
  return shape.length > 1 && (initializer.mean?.(init.args) ?? 0) !== 0 ? undefined : initializer.variance(init.args, fans(shape));
}

/** Φ, the distribution function of the standard normal. */
export function normalBelow(x: number): number {
  return (1 + scalarOps.erf(x / Math.SQRT2)) / 2;
}
