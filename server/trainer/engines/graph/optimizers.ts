import type { OptionValue } from "../../../language/values.ts";
import { type Graph, type GraphNode, type as typed, type Value } from "./builder.ts";
import { add, div, maximum, minimum, mul, neg, sqrt, square, sub, sum } from "./math.ts";

/** Keras 3's updates by TensorFlow's own kernels where they are the same. */

type Args = Readonly<Record<string, number | boolean>>;

/** The factor of Adam's step that corrects for its start, at step `step` from 0; in double precision. */
export function rateOf({ name, args }: OptionValue, learningRate: number, step: number): number {
  if (name !== "adam" && name !== "adamw") return learningRate;
  return (learningRate * Math.sqrt(1 - (args["beta2"] as number) ** (step + 1))) / (1 - (args["beta1"] as number) ** (step + 1));
}

export interface Update {
  readonly handle: Value;
  /** Its value before the update. */
  readonly weight: Value;
  readonly gradient: Value;
  /** Weight decay acts on it. */
  readonly decays: boolean;
  slot(name: string): Value;
}

/** A weight that learns, and what is kept for it. */
export interface Values {
  readonly weight: Value;
  readonly gradient: Value;
  readonly decays: boolean;
  readonly slots: Readonly<Record<string, Value>>;
}

/** `learningRate` and `rate` [] as given for the step; returns the last node of the update. */
export function update(g: Graph, optimizer: OptionValue, { handle, weight, gradient, decays, slot }: Update, learningRate: Value, rate: Value): GraphNode {
  const args = optimizer.args as Args;
  const number = (key: string) => g.scalar(args[key] as number);
  const apply = (op: string, inputs: readonly Value[], attrs = {}, after: readonly GraphNode[] = []) => g.act(op, inputs, { attrs: { T: typed("float"), use_locking: { b: false }, ...attrs }, after });
  switch (optimizer.name) {
    case "sgd":
      if (!args["momentum"]) return apply("ResourceApplyGradientDescent", [handle, learningRate, gradient]);
      return apply("ResourceApplyKerasMomentum", [handle, slot("velocity"), learningRate, gradient, number("momentum")], { use_nesterov: { b: args["nesterov"] === true } });
    case "rmsprop":
      return apply("ResourceApplyRMSProp", [handle, slot("squares"), slot("velocity"), learningRate, number("rho"), g.scalar(0), number("epsilon"), gradient]);
    case "adagrad": {
      // TensorFlow's own adds epsilon outside of the root.
      const squares = add(g, g.read(slot("squares"), [gradient.node]), square(g, gradient));
      const step = div(g, gradient, sqrt(g, add(g, squares, number("epsilon"))));
      return apply("ResourceApplyGradientDescent", [handle, learningRate, step], {}, [g.assign(slot("squares"), squares)]);
    }
    default: {
      const decay = optimizer.name === "adamw" && decays ? [apply("ResourceApplyGradientDescent", [handle, mul(g, learningRate, number("weight_decay")), weight])] : [];
      // With powers of 0 the kernel adds no correction of its own: rateOf's is exact.
      const zero = g.scalar(0);
      return apply("ResourceApplyAdam", [handle, slot("mean"), slot("squares"), zero, zero, rate, number("beta1"), number("beta2"), number("epsilon"), gradient], { use_nesterov: { b: false } }, decay);
    }
  }
}

/** The same as values: weight and slots after a step, for where no variable is at hand. */
export function fresh(g: Graph, { name, args: given }: OptionValue, { weight, gradient, decays, slots }: Values, learningRate: Value, rate: Value): { weight: Value; slots: Readonly<Record<string, Value>> } {
  const args = given as Args;
  const number = (key: string) => g.scalar(args[key] as number);
  const stepped = (by: Value, kept: Record<string, Value>, from = weight) => ({ weight: sub(g, from, by), slots: kept });
  /** old + (fresh − old)·(1 − keep), with 1 − keep as the kernels have it. */
  const moving = (old: Value, value: Value, keep: string) => add(g, old, mul(g, sub(g, value, old), sub(g, g.scalar(1), number(keep))));
  switch (name) {
    case "sgd": {
      const plain = mul(g, gradient, learningRate);
      if (!args["momentum"]) return stepped(plain, {});
      const velocity = sub(g, mul(g, slots["velocity"]!, number("momentum")), plain);
      return stepped(args["nesterov"] ? sub(g, plain, mul(g, velocity, number("momentum"))) : neg(g, velocity), { velocity });
    }
    case "rmsprop": {
      const squares = moving(slots["squares"]!, square(g, gradient), "rho");
      const velocity = div(g, mul(g, gradient, learningRate), sqrt(g, add(g, squares, number("epsilon"))));
      return stepped(velocity, { squares, velocity });
    }
    case "adagrad": {
      const squares = add(g, slots["squares"]!, square(g, gradient));
      return stepped(mul(g, learningRate, div(g, gradient, sqrt(g, add(g, squares, number("epsilon"))))), { squares });
    }
    default: {
      const mean = moving(slots["mean"]!, gradient, "beta1");
      const squares = moving(slots["squares"]!, square(g, gradient), "beta2");
      const by = div(g, mul(g, mean, rate), add(g, sqrt(g, squares), number("epsilon")));
      const decayed = name === "adamw" && decays ? sub(g, weight, mul(g, mul(g, learningRate, number("weight_decay")), weight)) : weight;
      return stepped(by, { mean, squares }, decayed);
    }
  }
}

/** `norm(max)`: all gradients scaled so that their common norm is at most max. `value(max)`: each entry by itself. */
export function clip(g: Graph, gradients: readonly Value[], option: OptionValue | undefined): readonly Value[] {
  if (!option || gradients.length === 0) return gradients;
  const most = option.args["max"] as number;
  if (option.name === "value") return gradients.map((d) => minimum(g, maximum(g, d, g.scalar(-most)), g.scalar(most)));
  const total = gradients.map((d) => sum(g, square(g, d), d.shape.map((_, i) => i))).reduce((a, b) => add(g, a, b));
  const factor = div(g, g.scalar(most), maximum(g, sqrt(g, total), g.scalar(most)));
  return gradients.map((d) => mul(g, d, factor));
}
