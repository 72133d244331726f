import { bool, real, withDefault } from "../params.ts";
import { options } from "./options.ts";

const lr = (value: number) => withDefault(real({ above: 0 }), value, "Learning rate.");
const epsilon = (value: number) => withDefault(real({ above: 0 }), value, "Keeps the division finite.");
const beta = (value: number, what: string) => withDefault(real({ min: 0, below: 1 }), value, what);

export const optimizers = options(
  {
    name: "sgd",
    doc: "Stochastic gradient descent: w ← w − lr·g.",
    params: { lr: lr(0.01), momentum: withDefault(real({ min: 0, below: 1 }), 0, "Share of the last step kept."), nesterov: withDefault(bool(), false, "Look ahead along the momentum. Nesterov 1983.") },
  },
  { name: "rmsprop", doc: "Steps divided by the root of a moving mean of g². Hinton 2012.", params: { lr: lr(1e-3), rho: beta(0.9, "Decay of the mean of g²."), epsilon: epsilon(1e-7) } },
  { name: "adam", doc: "Moving means of g and g², corrected for their start. Kingma and Ba 2015.", params: { lr: lr(1e-3), beta1: beta(0.9, "Decay of the mean of g."), beta2: beta(0.999, "Decay of the mean of g²."), epsilon: epsilon(1e-7) } },
  {
    name: "adamw",
    doc: "Adam with weight decay apart from the gradient. Loshchilov and Hutter 2019.",
    params: { lr: lr(1e-3), beta1: beta(0.9, "Decay of the mean of g."), beta2: beta(0.999, "Decay of the mean of g²."), epsilon: epsilon(1e-7), weight_decay: withDefault(real({ min: 0 }), 4e-3, "w ← w − lr·weight_decay·w at each step.") },
  },
  { name: "adagrad", doc: "Steps divided by the root of the sum of g². Duchi et al. 2011.", params: { lr: lr(1e-3), initial: withDefault(real({ min: 0 }), 0.1, "Start of the sum."), epsilon: epsilon(1e-7) } },
);
