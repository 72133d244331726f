import { defineActivation } from "./activation.ts";

export const gelu = defineActivation(
  "gelu",
  "x·Φ(x), with the exact normal distribution function. Hendrycks and Gimpel 2016.",
  (ops, x) => ops.mul(ops.mul(x, ops.constant(0.5)), ops.add(ops.erf(ops.mul(x, ops.constant(Math.SQRT1_2))), ops.constant(1))),
  { keras: "gelu", torch: "GELU" },
);
