import { type Dim, symbolsOf } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import type { Misfit } from "../ops/sizes.ts";
import { type Args, bool, oneOf, type Params, real, withDefault } from "../params.ts";
import type { OptionValue } from "../values.ts";
import { initializers } from "./initializers.ts";

export type Shape = readonly Dim[];
export type Family = "core" | "convolution" | "pooling" | "normalization" | "activation" | "merging" | "sequence";

/** A weight that a layer owns. Its shape is static: every entry a number. */
export interface WeightSpec {
  readonly shape: Shape;
  readonly init: OptionValue;
  /** False for what is measured, not learned (moving averages). */
  readonly trainable: boolean;
  /** l1, l2 and weight decay act on it (kernels yes, biases and norms no). */
  readonly decays: boolean;
}

/** A layer that cannot be applied: what is wrong, which argument to point at, and the value that would fit. */
export interface Problem {
  /** Kebab-case, a page in docs/diagnostics/. */
  readonly code: string;
  readonly message: string;
  readonly arg?: string;
  readonly fit?: { readonly arg: string; readonly value: string; readonly title: string };
  /** What would do for the arguments from one to another, where they stand one after another without names. */
  readonly reordered?: { readonly from: string; readonly to: string; readonly text: string };
  /** A layer that would do behind one of several operands. */
  readonly behind?: { readonly operand: number; readonly layer: string };
  /** What does not fit for every size of its symbols: the message is completed by sizes for which it does not. */
  readonly misfit?: Misfit;
  /** A layer that would do, put before this one or, if there is one of that name, in place of it. */
  readonly before?: string;
  readonly instead?: string;
  /** What flows on all the same: its shape does not hang on what is wrong. */
  readonly gives?: Shape;
  /** Nor do the weights, so that they count. */
  readonly counted?: true;
}

/**
 * Everything that the program knows of a layer. Shapes exclude the batch; counts come from `weights`, shape and cost
 * from running `forward` over shapes, training from running it over tensors.
 */
export interface LayerDef<P extends Params = any> {
  readonly name: string;
  /** What it is over any number of spatial axes: "conv" of conv1d, conv2d and conv3d. Its name, where there is one of it. */
  readonly kind: string;
  readonly family: Family;
  /** Markdown: first sentence, formula, source. */
  readonly doc: string;
  /** Statements of a model body that check clean; shown in the reference and run by a test. */
  readonly example: string;
  readonly params: P;
  /** How many results flow in. "many": a merge, whose operands are the flow, its arguments and its branches. */
  readonly inputs: "one" | "many";
  /** Whole-number indices flow in (embedding) instead of numbers. */
  readonly takesIndices: boolean;
  /** The parameter that names a result whose layer's weights are this one's too: the same, counted there. */
  readonly borrows?: string;
  /** Elementwise nonlinearity: kept apart for hints and checks. */
  readonly activation: boolean;
  /** How many times as often as usual its forward pass goes over an entry: what a probe may cost counts it. */
  readonly passes: number;
  /** Whether some arguments give it weights: its count is unknown where its input is. */
  readonly hasWeights: boolean;
  weights(args: Args<P>, inputs: readonly Shape[]): Readonly<Record<string, WeightSpec>>;
  /** Only for better messages than a ShapeError's: called before `weights` and `forward`. */
  check(args: Args<P>, inputs: readonly Shape[]): Problem | undefined;
  forward<T>(ops: Ops<T>, args: Args<P>, inputs: readonly T[], weights: Readonly<Record<string, T>>): T;
  /** Other words for it that people type: `fc`, `swish`. */
  readonly also: readonly string[];
  /** What the same layer is called elsewhere: class, and our parameter → theirs. */
  readonly names: { readonly keras?: FrameworkName; readonly torch?: FrameworkName };
}

export type FrameworkName = readonly [className: string, params?: Readonly<Record<string, string>>];

type Optional = "kind" | "inputs" | "takesIndices" | "activation" | "passes" | "weights" | "check" | "names" | "also" | "borrows";

export function defineLayer<const P extends Params>(layer: Omit<LayerDef<P>, Optional | "hasWeights"> & Partial<Pick<LayerDef<P>, Optional>>): LayerDef<P> {
  return { kind: layer.name, hasWeights: layer.weights !== undefined, inputs: "one", takesIndices: false, activation: false, passes: 1, weights: () => ({}), check: () => undefined, names: {}, also: [], ...layer };
}

/** Parameters that any layer with weights has. */
export const weightParams = {
  init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "glorot_uniform", args: {} }, "Initial kernel."),
  bias_init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "zeros", args: {} }, "Initial bias."),
  l1: withDefault(real({ min: 0 }), 0, "Penalty l1·Σ|w| on the kernel."),
  l2: withDefault(real({ min: 0 }), 0, "Penalty l2·Σw² on the kernel."),
  frozen: withDefault(bool(), false, "Keep the weights as they are while training."),
} satisfies Params;

export const zeros: OptionValue = { kind: "option", name: "zeros", args: {} };
export const ones: OptionValue = { kind: "option", name: "ones", args: {} };

export function kernel(shape: Shape, args: { init: OptionValue; frozen: boolean }): WeightSpec {
  return { shape, init: args.init, trainable: !args.frozen, decays: true };
}

export function bias(shape: Shape, args: { bias_init: OptionValue; frozen: boolean }): WeightSpec {
  return { shape, init: args.bias_init, trainable: !args.frozen, decays: false };
}

/** Learned, but neither kernel nor bias: scales, slopes, positions. */
export function learned(shape: Shape, init: OptionValue, frozen = false): WeightSpec {
  return { shape, init, trainable: !frozen, decays: false };
}

export function measured(shape: Shape, init: OptionValue): WeightSpec {
  return { shape, init, trainable: false, decays: false };
}

/** Size of the last axis: channels, features. */
export function last(shape: Shape): Dim {
  return shape[shape.length - 1] ?? 1;
}

/** A weight's shape needs numbers; the symbol that stops it, in words. */
export function needsNumber(dim: Dim, layer: string, what: string): Problem | undefined {
  if (typeof dim === "number") return undefined;
  const symbols = [...symbolsOf(dim)].join(" and ");
  const known = symbols === String(dim) ? "is a symbol, known" : `depends on ${symbols}, known`;
  return {
    code: "needs-a-number",
    message: `${layer} needs a number for ${what}, and ${dim} ${known} only when data comes; pool the axis away first (global_max_pool, k_max_pool)`,
  };
}
