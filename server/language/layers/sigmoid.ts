import { defineActivation } from "./activation.ts";

export const sigmoid = defineActivation(
  "sigmoid",
  "1 / (1 + e⁻ˣ), in (0, 1). Its derivative is at most 1/4 and tends to 0 for large |x|: the gradient vanishes with depth.",
  (ops, x) => ops.sigmoid(x),
  { keras: "sigmoid", torch: "Sigmoid" },
);
