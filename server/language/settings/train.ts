import { either, listOf, oneOf, optional, type Params, real, required, whole, withDefault, word } from "../params.ts";
import { augmentations } from "./augmentations.ts";
import { lossGroups, weightGroups } from "./groups.ts";
import { losses } from "./losses.ts";
import { metrics } from "./metrics.ts";
import { optimizers } from "./optimizers.ts";
import { options } from "./options.ts";
import { schedules } from "./schedules.ts";

const clips = options(
  { name: "norm", doc: "Gradients scaled down so that their common norm is at most `max`. Pascanu et al. 2013.", params: { max: required(real({ above: 0 }), "Largest norm.") } },
  { name: "value", doc: "Each entry of the gradients kept within ±`max`.", params: { max: required(real({ above: 0 }), "Largest absolute value.") } },
);

const stops = options({ name: "patience", doc: "Stops after this many epochs without a better validation loss; the best weights are kept.", params: { epochs: required(whole(), "Epochs without improvement.") } });

const keeps = options({ name: "every", doc: "The run's whole state is written after every so many epochs.", params: { epochs: required(whole(), "Epochs between two checkpoints.") } });

/** Each has a file of weights. */
const MOST_MEMBERS = 100;

/** Settings of a `train` block. */
export const trainSettings = {
  loss: optional(either(oneOf(losses, `a loss: ${Object.keys(losses).join(", ")}`), oneOf(lossGroups, "outputs(NAME = a loss, …)")), "What training makes small. Of a model of several outputs the sum over them, each with this loss, or with its own.", "cross_entropy for classes, mse for numbers"),
  loss_weight: optional(oneOf(weightGroups, "outputs(NAME = a number, …)"), "How much the loss of each output counts in the sum that training makes small, where a model has several. Losses of each are told without it.", "1 for each"),
  optimizer: withDefault(oneOf(optimizers, `an optimizer: ${Object.keys(optimizers).join(", ")}`), { kind: "option", name: "adam", args: { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } }, "How weights follow the gradient.", "adam"),
  schedule: withDefault(oneOf(schedules, `a schedule: ${Object.keys(schedules).join(", ")}`), { kind: "option", name: "constant", args: { warmup: 0 } }, "How the learning rate changes over the run.", "constant"),
  clip: optional(oneOf(clips, "norm(…) or value(…)"), "Bounds the gradients.", "none"),
  early_stop: optional(oneOf(stops, "patience(epochs)"), "Ends the run when it no longer improves.", "none"),
  checkpoint: optional(oneOf(keeps, "every(epochs)"), "When the run's whole state is written, so that a run that was stopped or killed goes on from there (`nnet train --resume`). The best weights are always kept.", "as often as it costs a twentieth of the time"),
  target: withDefault(word(["label", "input"]), "label", "What the output is compared with. `input`: the row itself, clean of the model's own noise and of `augment` (autoencoders). Vincent et al. 2008.", "label"),
  metrics: optional(listOf(oneOf(metrics, "a metric"), `a list of metrics: ${Object.keys(metrics).join(", ")}`), "What is told of the validation rows each epoch and of the test rows in the end, beside loss and accuracy.", "[mae, r2] of the test rows, where the label is a number"),
  augment: optional(listOf(oneOf(augmentations, "an augmentation"), `a list of augmentations: ${Object.keys(augmentations).join(", ")}`), "Changes of the training rows that leave their label right, drawn anew at every step. Of several inputs those of images change the one image alone.", "none"),
  class_weight: optional(either(word(["balanced"]), listOf(real({ min: 0 }), "a list of numbers")), "Factors of the losses of each class's rows, in the classes' order (words by the alphabet, numbers by size). `balanced`: n / (classes · rows of the class), so that all classes count alike. King and Zeng 2001.", "1 for each"),
  balance: optional(word(["oversample", "undersample"]), "Makes the classes equally frequent in each epoch: rows of the rarer ones come several times, or of the more frequent ones only some, others each epoch. Training rows only.", "rows as they are"),
  ensemble: optional(whole({ min: 2, max: MOST_MEMBERS }), "Trains so many times on the same split, with seeds that follow on `seed`. Predictions are the mean of the members' probabilities or numbers; what that gains over one of them is told in the end. Hansen and Salamon 1990.", "one training"),
  folds: optional(whole({ min: 2 }), "Cross-validation: the rows that are not for the test are dealt to so many parts, each class evenly, and each part is held out of one training, where it is the validation part. Mean and standard deviation are told in the end, and predictions are the mean of all folds'. Kohavi 1995.", "one training"),
  batch: withDefault(whole(), 32, "Rows in one step."),
  epochs: withDefault(whole(), 10, "Passes over the training rows."),
  seed: withDefault(whole({ min: 0 }), 0, "Every random draw of a run follows from it: split, weights, order, dropout."),
} satisfies Params;
