import { defineActivation } from "./activation.ts";

export const softplus = defineActivation(
  "softplus",
  "log(1 + eˣ), a smooth ReLU. Dugas et al. 2001.",
  (ops, x) => ops.softplus(x),
  { keras: "softplus", torch: "Softplus" },
);
