import { real, required, whole, withDefault } from "../params.ts";
import { options } from "./options.ts";

const warmup = withDefault(whole({ min: 0 }), 0, "Steps of linear rise at the start.");

export const schedules = options(
  { name: "constant", doc: "The learning rate stays.", params: { warmup } },
  { name: "step", doc: "Multiplied by `factor` every `every` epochs.", params: { every: required(whole(), "Epochs between two drops."), factor: withDefault(real({ above: 0, below: 1 }), 0.1, "What each drop multiplies by."), warmup } },
  { name: "cosine", doc: "Falls to 0 along half a cosine. Loshchilov and Hutter 2017.", params: { warmup } },
  {
    name: "one_cycle",
    doc: "Rises from lr / 25 to the optimizer's lr over the first `rise` of the steps, then falls to a ten-thousandth of its start, both along half a cosine. Smith and Topin 2018, in PyTorch's form.",
    params: { rise: withDefault(real({ above: 0, below: 1 }), 0.3, "Share of the steps that it rises.") },
  },
  {
    name: "plateau",
    doc: "Multiplied by `factor` after `patience` epochs without a validation loss lower by a ten-thousandth. Keras' and PyTorch's ReduceLROnPlateau.",
    params: { factor: withDefault(real({ above: 0, below: 1 }), 0.1, "What each drop multiplies by."), patience: withDefault(whole(), 10, "Epochs without improvement."), least: withDefault(real({ min: 0 }), 0, "It falls no further than to this."), warmup },
  },
);
