import { defineActivation } from "./activation.ts";

export const tanh = defineActivation(
  "tanh",
  "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1). Its derivative tends to 0 for large |x|.",
  (ops, x) => ops.tanh(x),
  { keras: "tanh", torch: "Tanh" },
);
