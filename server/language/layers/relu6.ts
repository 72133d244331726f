import { clipped6, defineActivation } from "./activation.ts";

export const relu6 = defineActivation(
  "relu6",
  "min(max(x, 0), 6). Krizhevsky 2010.",
  (ops, x) => clipped6(ops, x),
  { keras: "relu6", torch: "ReLU6" },
);
