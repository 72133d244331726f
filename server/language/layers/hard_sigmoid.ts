import { clipped6, defineActivation } from "./activation.ts";

export const hard_sigmoid = defineActivation(
  "hard_sigmoid",
  "min(max(x + 3, 0), 6) / 6: a sigmoid of straight lines. Howard et al. 2019.",
  (ops, x) => ops.div(clipped6(ops, ops.add(x, ops.constant(3))), ops.constant(6)),
  { keras: "hard_sigmoid", torch: "Hardsigmoid" },
);
