import { bool, oneOf, type OptionDef, optional, type Params, real, required, whole, withDefault } from "../params.ts";

const options = (...list: OptionDef[]): Readonly<Record<string, OptionDef>> => Object.fromEntries(list.map((o) => [o.name, o]));

const lr = (value: number) => withDefault(real({ above: 0 }), value, "Learning rate.");
const epsilon = (value: number) => withDefault(real({ above: 0 }), value, "Keeps the division finite.");
const beta = (value: number, what: string) => withDefault(real({ min: 0, below: 1 }), value, what);

export const losses = options(
  { name: "mse", doc: "Mean squared error: for numbers, with a linear last layer.", params: {} },
  { name: "mae", doc: "Mean absolute error: for numbers, less moved by outliers.", params: {} },
  { name: "huber", doc: "Squared near 0, absolute past delta. Huber 1964.", params: { delta: withDefault(real({ above: 0 }), 1, "Where it turns from squared to absolute.") } },
  {
    name: "cross_entropy",
    doc: "−log of the probability given to the right class: for classes, with softmax last.",
    params: { label_smoothing: withDefault(real({ min: 0, below: 1 }), 0, "Share of the target spread over all classes. Szegedy et al. 2016.") },
  },
  { name: "binary_cross_entropy", doc: "−log of the probability given to the right answer of two: with one sigmoid unit last, or one per label.", params: {} },
);

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

export const schedules = options(
  { name: "constant", doc: "The learning rate stays.", params: { warmup: withDefault(whole({ min: 0 }), 0, "Steps of linear rise at the start.") } },
  { name: "step", doc: "Multiplied by `factor` every `every` epochs.", params: { every: required(whole(), "Epochs between two drops."), factor: withDefault(real({ above: 0, below: 1 }), 0.1, "What each drop multiplies by."), warmup: withDefault(whole({ min: 0 }), 0, "Steps of linear rise at the start.") } },
  { name: "cosine", doc: "Falls to 0 along half a cosine. Loshchilov and Hutter 2017.", params: { warmup: withDefault(whole({ min: 0 }), 0, "Steps of linear rise at the start.") } },
);

const clips = options(
  { name: "norm", doc: "Gradients scaled down so that their common norm is at most `max`. Pascanu et al. 2013.", params: { max: required(real({ above: 0 }), "Largest norm.") } },
  { name: "value", doc: "Each entry of the gradients kept within ±`max`.", params: { max: required(real({ above: 0 }), "Largest absolute value.") } },
);

const stops = options({ name: "patience", doc: "Stops after this many epochs without a better validation loss; the best weights are kept.", params: { epochs: required(whole(), "Epochs without improvement.") } });

const keeps = options({ name: "every", doc: "The run's whole state is written after every so many epochs.", params: { epochs: required(whole(), "Epochs between two checkpoints.") } });

/** Settings of a `train` block. */
export const trainSettings = {
  loss: optional(oneOf(losses, `a loss: ${Object.keys(losses).join(", ")}`), "What training makes small.", "cross_entropy for classes, mse for numbers"),
  optimizer: withDefault(oneOf(optimizers, `an optimizer: ${Object.keys(optimizers).join(", ")}`), { kind: "option", name: "adam", args: { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } }, "How weights follow the gradient.", "adam"),
  schedule: withDefault(oneOf(schedules, `a schedule: ${Object.keys(schedules).join(", ")}`), { kind: "option", name: "constant", args: { warmup: 0 } }, "How the learning rate changes over the run.", "constant"),
  clip: optional(oneOf(clips, "norm(…) or value(…)"), "Bounds the gradients.", "none"),
  early_stop: optional(oneOf(stops, "patience(epochs)"), "Ends the run when it no longer improves.", "none"),
  checkpoint: optional(oneOf(keeps, "every(epochs)"), "When the run's whole state is written, so that a run that was stopped or killed goes on from there (`nnet train --resume`). The best weights are always kept.", "as often as it costs a twentieth of the time"),
  batch: withDefault(whole(), 32, "Rows in one step."),
  epochs: withDefault(whole(), 10, "Passes over the training rows."),
  seed: withDefault(whole({ min: 0 }), 0, "Every random draw of a run follows from it: split, weights, order, dropout."),
} satisfies Params;
