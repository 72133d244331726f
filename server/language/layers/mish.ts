import { defineActivation } from "./activation.ts";

export const mish = defineActivation(
  "mish",
  "x·tanh(log(1 + eˣ)). Misra 2019.",
  (ops, x) => ops.mul(x, ops.tanh(ops.softplus(x))),
  { keras: "mish", torch: "Mish" },
);
