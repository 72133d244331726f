import { defineActivation } from "./activation.ts";

export const softmax = defineActivation(
  "softmax",
  "eˣⁱ / Σⱼ eˣʲ on the last axis: probabilities that sum to 1. Belongs with cross_entropy.",
  (ops, x) => ops.softmax(x),
  { keras: "softmax", torch: "Softmax" },
);
