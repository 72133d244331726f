import { adaptiveRate } from "./adaptive-rate.ts";
import { defineCheck } from "./define.ts";
import { steadyRate } from "./steady-rate.ts";

/**
 * The learning rate against the optimizer. Adam's and RMSprop's steps are about lr for each weight, however small its
 * gradient (Kingma and Ba 2015, section 2.1: |Δ| ≤ lr), so lr is to be compared with the weights' own size; past 0.1 a
 * step is larger than most weights. SGD with momentum m moves by lr / (1 − m) times a steady gradient (Sutskever et al.
 * 2013), and past 2 / λmax, about 1 for normalized networks, it diverges (LeCun et al. 1998, section 4.1). Too small is
 * measured the other way: in all its steps Adam moves no weight by more than steps · lr.
 * Where signal propagation gives more, it decides: a first step that moves a layer's result many times its size, and the
 * curvature of networks of dense layers (steps.ts).
 * Too slow for SGD: the run lasts a seventh of the time constant of what tells classes apart, by the tangent kernel
 * (progress.ts). For Adam: if all steps went one way, no layer's result would move by its own size; or the outputs can't
 * get as far as the labels are.
 * Guards: one linear layer, whose loss is convex; sgd with a warm-up, clipping or normalization is information only.
 */
export const learningRate = defineCheck({
  code: "learning-rate",
  explains: ["dead-relu", "scores-alike"],
  train: (train) => (!train.settings ? [] : ["sgd", "adagrad"].includes(train.settings.optimizer.name) ? steadyRate(train) : adaptiveRate(train)),
});
