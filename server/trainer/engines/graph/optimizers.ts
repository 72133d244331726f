import type { OptionValue } from "../../../language/values.ts";
import { type Graph, type GraphNode, type as typed, type Value } from "./builder.ts";
import { add, div, maximum, minimum, mul, sqrt, square, sum } from "./math.ts";

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

/** `norm(max)`: all gradients scaled so that their common norm is at most max. `value(max)`: each entry by itself. */
export function clip(g: Graph, gradients: readonly Value[], option: OptionValue | undefined): readonly Value[] {
  if (!option || gradients.length === 0) return gradients;
  const most = option.args["max"] as number;
  if (option.name === "value") return gradients.map((d) => minimum(g, maximum(g, d, g.scalar(-most)), g.scalar(most)));
  const total = gradients.map((d) => sum(g, square(g, d), d.shape.map((_, i) => i))).reduce((a, b) => add(g, a, b));
  const factor = div(g, g.scalar(most), maximum(g, sqrt(g, total), g.scalar(most)));
  return gradients.map((d) => mul(g, d, factor));
}
