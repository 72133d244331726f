import { real, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const leaky_relu = defineLayer({
  name: "leaky_relu",
  family: "activation",
  doc: "x for x > 0, slope·x below: a unit that is never positive still learns. Maas et al. 2013.",
  example: "input x [4]\ndense(8) -> leaky_relu\ndense(2)",
  params: { slope: withDefault(real({ min: 0 }), 0.01, "Slope for x ≤ 0.") },
  activation: true,
  forward: (ops, a, [x]) => ops.where(x!, x!, ops.mul(x!, ops.constant(a.slope))),
  names: { keras: ["LeakyReLU", { slope: "negative_slope" }], torch: ["LeakyReLU", { slope: "negative_slope" }] },
});
