import type { OptionValue } from "../values.ts";

/** A weight that learns, its gradient, and what the optimizer keeps for it: all of one length. */
export interface Learning {
  readonly weight: Float64Array;
  readonly gradient: Float64Array;
  readonly decays: boolean;
  readonly slots: Record<string, Float64Array>;
}

type Args = Readonly<Record<string, number>>;
/** The change of an entry from its gradient; `slot` gives what is kept of it, or keeps it. */
type Rule = (args: Args, lr: number, step: number) => (g: number, i: number, slots: Record<string, Float64Array>) => number;

/** Keras 3's updates, as every engine has them; `1 − keep` in single precision, as TensorFlow's kernels have it. */
const moving = (of: Float64Array, i: number, fresh: number, keep: number): number => (of[i]! += (fresh - of[i]!) * (1 - Math.fround(keep)));

const adam: Rule = ({ beta1, beta2, epsilon }, lr, step) => {
  const rate = (lr * Math.sqrt(1 - beta2! ** (step + 1))) / (1 - beta1! ** (step + 1));
  return (g, i, { a, b }) => {
    const mean = moving(a!, i, g, beta1!);
    return (-rate * mean) / (Math.sqrt(moving(b!, i, g * g, beta2!)) + epsilon!);
  };
};

const RULES: Readonly<Record<string, Rule>> = {
  sgd: ({ momentum, nesterov }, lr) => (g, i, { a }) => {
    if (!momentum) return -lr * g;
    const velocity = (a![i] = a![i]! * momentum - lr * g);
    return nesterov ? velocity * momentum - lr * g : velocity;
  },
  rmsprop: ({ rho, epsilon }, lr) => (g, i, { a }) => (-lr * g) / Math.sqrt(moving(a!, i, g * g, rho!) + epsilon!),
  adam,
  adamw: adam,
  adagrad: ({ epsilon }, lr) => (g, i, { a }) => (-lr * g) / Math.sqrt((a![i] = a![i]! + g * g) + epsilon!),
};

/** What is kept for a weight of so many entries, before the first step. */
export function slotsOf({ name, args }: OptionValue, length: number): Record<string, Float64Array> {
  const a = new Float64Array(length).fill(name === "adagrad" ? (args["initial"] as number) : 0);
  return name === "adam" || name === "adamw" ? { a, b: new Float64Array(length) } : { a };
}

/** Changes the weights by their gradients, which clipping changes first; one at a time, gives the entries of each. `step` from 0. */
export function* update({ name, args }: OptionValue, clip: OptionValue | undefined, weights: readonly Learning[], lr: number, step: number): Generator<number> {
  if (clip) clipAll(weights.map((w) => w.gradient), clip);
  const numbers = args as Args;
  const change = RULES[name]!(numbers, lr, step);
  for (const { weight, gradient, decays, slots } of weights) {
    const keep = name === "adamw" && decays ? 1 - lr * numbers["weight_decay"]! : 1;
    for (let i = 0; i < weight.length; i++) weight[i] = weight[i]! * keep + change(gradient[i]!, i, slots);
    yield weight.length;
  }
}

/** `norm(max)`: all gradients scaled so that their common norm is at most max. `value(max)`: each entry by itself. */
function clipAll(gradients: readonly Float64Array[], { name, args }: OptionValue): void {
  const max = args["max"] as number;
  if (name === "value") return gradients.forEach((g) => g.forEach((v, i) => (g[i] = Math.min(Math.max(v, -max), max))));
  const norm = Math.sqrt(gradients.reduce((s, g) => g.reduce((q, v) => q + v * v, s), 0));
  if (norm > max) gradients.forEach((g) => g.forEach((v, i) => (g[i] = (v * max) / norm)));
}
