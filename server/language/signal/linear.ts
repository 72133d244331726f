import type { Node, Weight } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import type { WeightSpec } from "../layers/define.ts";
import { type Backward, type Flow, type Gain, NO_GAINS, scaling, type Signal } from "./signal.ts";
import { count, positions, sizeOf, taps, transposedTaps, type Windowed } from "./sizes.ts";

/** A sum of products with a kernel, or two in a row (separable). */
interface Stage {
  readonly key: string;
  /** Of one kernel entry. */
  readonly variance: number;
  /** The kernel's constant, where all its entries are equal. */
  readonly constant: number;
  readonly identity: boolean;
  /** Entries of the input that one output sums, and outputs that one input goes to, on average over places. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** Pairs of an output and an input that each kernel entry joins: its places. */
  readonly uses: number;
  readonly trainable: boolean;
}

interface Linear {
  readonly stages: readonly Stage[];
  readonly biasMean: number;
  readonly biasVariance: number;
  readonly plain: Plain | undefined;
}

/** One kernel of mean 0: E[y²] = factor·E[x²] + offset, and backward the same whatever flows in. */
export interface Plain {
  readonly factor: number;
  /** The bias' mean. */
  readonly mean: number;
  readonly offset: number;
  readonly backward: Backward;
}

/** A kernel's spec is one object for one layer, its arguments and its input's shape. */
const known = new WeakMap<WeightSpec, Linear>();

function linearOf(node: Node, kernel: Weight, input: Node): Linear {
  let linear = known.get(kernel.spec);
  if (!linear) known.set(kernel.spec, (linear = work(node, input)));
  return linear;
}

function work(node: Node, { type }: Node): Linear {
  const [input, output] = [type!.shape, node.type!.shape];
  const frame = node.args as unknown as Windowed & { readonly groups?: number; readonly multiplier?: number };
  const channels = sizeOf(input[input.length - 1]);
  const filters = sizeOf(output[output.length - 1]);
  const find = (key: string) => node.weights.find((w) => w.key === key)?.spec;
  const stage = (key: string, pairs: number, inputs = count(input), outputs = count(output)): Stage => {
    const spec = find(key)!;
    const shape = spec.shape as readonly number[];
    const initializer = initializerOf(spec.init.name);
    return {
      key,
      variance: initializer.variance(spec.init.args, fans(shape)),
      constant: initializer.mean?.(spec.init.args) ?? 0,
      identity: spec.init.name === "identity" && shape[shape.length - 1] === shape[shape.length - 2],
      fanIn: pairs / outputs,
      fanOut: pairs / inputs,
      uses: pairs / count(shape),
      trainable: spec.trainable,
    };
  };
  const stages = ((): Stage[] => {
    switch (node.layer!.kind) {
      case "dense":
        return [stage("kernel", positions(input) * channels * filters)];
      case "conv_transpose":
        return [stage("kernel", transposedTaps(frame, input, output) * channels * filters)];
      case "depthwise_conv":
        return [stage("kernel", taps(frame, input, output) * filters)];
      case "separable_conv": {
        const between = channels * frame.multiplier!;
        const middle = positions(output) * between;
        return [stage("depthwise", taps(frame, input, output) * between, count(input), middle), stage("pointwise", positions(output) * between * filters, middle)];
      }
      default:
        return [stage("kernel", (taps(frame, input, output) * channels * filters) / (frame.groups ?? 1))];
    }
  })();
  const bias = find("bias");
  const init = bias && initializerOf(bias.init.name);
  const biasMean = (bias && init!.mean?.(bias.init.args)) ?? 0;
  const biasVariance = bias ? init!.variance(bias.init.args, fans(bias.shape as number[])) : 0;
  return { stages, biasMean, biasVariance, plain: plain(stages, biasMean, biasVariance) };
}

function plain([only, ...others]: readonly Stage[], mean: number, biasVariance: number): Plain | undefined {
  if (!only || others.length > 0 || only.constant !== 0 || only.identity) return undefined;
  const { key, variance, fanIn, fanOut, uses, trainable } = only;
  const gains = trainable ? [{ key, self: uses, cross: uses * (uses - 1) }] : NO_GAINS;
  return { factor: variance * fanIn, mean, offset: mean * mean + biasVariance, backward: { back: [scaling(variance * fanOut)], gains, perInput: true } };
}

export function plainOf(node: Node, kernel: Weight, input: Node): Plain | undefined {
  return linearOf(node, kernel, input).plain;
}

/**
 * Layers that sum products: with a kernel of mean 0, E[y²] = fan_in·Var(w)·E[x²] and backward g = fan_out·Var(w)·g, with
 * the fans counted at the places where windows lie inside (Glorot and Bengio 2010; He et al. 2015). Orthogonal kernels
 * have the second moments of random ones. A constant kernel adds up what its inputs have in common.
 */
export function throughKernel(node: Node, kernel: Weight, input: Node, x: Signal): Flow {
  const linear = linearOf(node, kernel, input);
  let { mean, square, cross } = x;
  let derived = x.derived;
  const gains: Gain[] = [];
  // Gradients reach a kernel through the stages after it, and its input through all.
  let after = 1;
  const forward = linear.stages.map((s) => {
    const before = { square, cross };
    if (s.identity) return before;
    if (s.constant !== 0) {
      const c = s.constant * s.constant * s.fanIn;
      const common = (s.fanIn - 1) * mean * mean;
      square = c * (square + common);
      cross = c * (cross + common);
      mean *= s.constant * s.fanIn;
      derived = false;
    } else {
      square *= s.variance * s.fanIn;
      cross *= s.variance * s.fanIn;
      mean = 0;
    }
    return before;
  });
  for (let i = linear.stages.length - 1; i >= 0; i--) {
    const s = linear.stages[i]!;
    const { square: q, cross: c } = forward[i]!;
    if (s.trainable) gains.push({ key: s.key, self: after * s.uses * q, cross: after * s.uses * (s.uses - 1) * c });
    after *= s.identity ? 1 : (s.variance + s.constant * s.constant) * s.fanOut;
  }
  const { biasMean: b, biasVariance } = linear;
  const offset = b * b + 2 * b * mean + biasVariance;
  return { signal: { mean: mean + b, square: square + offset, cross: cross + offset, derived }, back: [scaling(after)], gains };
}
