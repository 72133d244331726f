import { defineActivation } from "./activation.ts";

export const selu = defineActivation(
  "selu",
  "λx for x > 0, λα(eˣ − 1) below: keeps mean 0 and variance 1 with lecun_normal. Klambauer et al. 2017.",
  (ops, x) => ops.mul(ops.where(x, x, ops.mul(ops.constant(1.6732632423543772), ops.sub(ops.exp(ops.minimum(x, ops.constant(0))), ops.constant(1)))), ops.constant(1.0507009873554805)),
  { keras: "selu", torch: "SELU" },
);
