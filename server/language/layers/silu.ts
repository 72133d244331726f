import { defineActivation } from "./activation.ts";

export const silu = defineActivation(
  "silu",
  "x·σ(x), also called swish. Elfwing et al. 2017.",
  (ops, x) => ops.mul(x, ops.sigmoid(x)),
  { keras: "silu", torch: "SiLU", also: ["swish"] },
);
