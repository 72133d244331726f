import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { OptionValue } from "../../../language/values.ts";
import { slotName, slotsOf } from "../state.ts";
import type { Tf } from "./value.ts";

/** A weight that learns, and its gradient. */
export interface Learning {
  readonly name: string;
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly decays: boolean;
}

/** Keras 3's updates, written out so that every backend does the same. */
export interface Optimizer {
  /** `step` from 0. */
  apply(weights: readonly Learning[], learningRate: number, step: number): void;
  /** What is kept for the weights, by the names of state.ts. */
  readonly slots: ReadonlyMap<string, Variable>;
  dispose(): void;
}

type Args = Readonly<Record<string, number | boolean>>;
/** The change of one weight from its gradient, with its own state tensors. */
type Rule = (tf: Tf, args: Args, g: Tensor, slot: (key: string) => Variable, lr: number, step: number) => Tensor;

const rules: Readonly<Record<string, Rule>> = {
  sgd(tf, { momentum, nesterov }, g, slot, lr) {
    const plain = tf.mul(g, -lr);
    if (!momentum) return plain;
    const velocity = set(slot("velocity"), (v) => tf.add(tf.mul(v, momentum as number), plain));
    return nesterov ? tf.add(tf.mul(velocity, momentum as number), plain) : velocity;
  },
  rmsprop(tf, { rho, epsilon }, g, slot, lr) {
    const mean = set(slot("squares"), (v) => moving(tf, v, tf.square(g), rho as number));
    return tf.div(tf.mul(g, -lr), tf.sqrt(tf.add(mean, epsilon as number)));
  },
  adam(tf, { beta1, beta2, epsilon }, g, slot, lr, step) {
    const rate = (lr * Math.sqrt(1 - (beta2 as number) ** (step + 1))) / (1 - (beta1 as number) ** (step + 1));
    const mean = set(slot("mean"), (m) => moving(tf, m, g, beta1 as number));
    const squares = set(slot("squares"), (v) => moving(tf, v, tf.square(g), beta2 as number));
    return tf.div(tf.mul(mean, -rate), tf.add(tf.sqrt(squares), epsilon as number));
  },
  adagrad(tf, { epsilon }, g, slot, lr) {
    const sum = set(slot("squares"), (v) => tf.add(v, tf.square(g)));
    return tf.div(tf.mul(g, -lr), tf.sqrt(tf.add(sum, epsilon as number)));
  },
};

export function makeOptimizer(tf: Tf, optimizer: OptionValue, clip: OptionValue | undefined, learning: readonly { readonly name: string; readonly shape: readonly number[] }[]): Optimizer {
  const { name, args } = optimizer;
  const rule = name === "adamw" ? rules["adam"]! : rules[name]!;
  const starts = Object.entries(slotsOf(optimizer));
  const slots = new Map(learning.flatMap((w) => starts.map(([key, start]) => [slotName(w.name, key), tf.tidy(() => tf.variable(tf.fill([...w.shape], start), false))] as const)));
  const numbers = args as Args;
  return {
    slots,
    apply(weights, learningRate, step) {
      tf.tidy(() => {
        const gradients = clipped(tf, weights.map((w) => w.gradient), clip);
        for (const [i, w] of weights.entries()) {
          const slot = (key: string) => slots.get(slotName(w.name, key))!;
          const decay = name === "adamw" && w.decays ? 1 - learningRate * (numbers["weight_decay"] as number) : 1;
          const before = decay === 1 ? w.variable : tf.mul(w.variable, decay);
          w.variable.assign(tf.add(before, rule(tf, numbers, gradients[i]!, slot, learningRate, step)));
        }
      });
    },
    dispose() {
      for (const variable of slots.values()) variable.dispose();
    },
  };
}

/** `norm(max)`: all gradients scaled so that their common norm is at most max. `value(max)`: each entry by itself. */
function clipped(tf: Tf, gradients: readonly Tensor[], clip: OptionValue | undefined): readonly Tensor[] {
  if (!clip) return gradients;
  const max = clip.args["max"] as number;
  if (clip.name === "value") return gradients.map((g) => tf.clipByValue(g, -max, max));
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))));
  const factor = tf.div(max, tf.maximum(norm, max));
  return gradients.map((g) => tf.mul(g, factor));
}

function set(variable: Variable, next: (old: Tensor) => Tensor): Tensor {
  const value = next(variable);
  variable.assign(value);
  return value;
}

/** With 1 − keep in single precision, as TensorFlow's kernels have it: for 0.999 that is 1.3e-5 less, and at every step. */
const moving = (tf: Tf, old: Tensor, fresh: Tensor, keep: number) => tf.add(old, tf.mul(tf.sub(fresh, old), 1 - Math.fround(keep)));
