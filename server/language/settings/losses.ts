import { real, withDefault } from "../params.ts";
import { options } from "./options.ts";

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
