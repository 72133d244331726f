import { clipped6, defineActivation } from "./activation.ts";

export const hard_silu = defineActivation(
  "hard_silu",
  "x·hard_sigmoid(x). Howard et al. 2019.",
  (ops, x) => ops.div(ops.mul(x, clipped6(ops, ops.add(x, ops.constant(3)))), ops.constant(6)),
  { keras: "hard_silu", torch: "Hardswish" },
);
