import { defineActivation } from "./activation.ts";

export const relu = defineActivation(
  "relu",
  "max(x, 0): cheap, does not saturate for x > 0, silent for x ≤ 0. Nair and Hinton 2010.",
  (ops, x) => ops.relu(x),
  { keras: "relu", torch: "ReLU" },
);
