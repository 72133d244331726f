import { real, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const elu = defineLayer({
  name: "elu",
  family: "activation",
  doc: "x for x > 0, alpha·(eˣ − 1) below: negative values keep a gradient. Clevert et al. 2016.",
  example: "input x [4]\ndense(8) -> elu\ndense(2)",
  params: { alpha: withDefault(real({ above: 0 }), 1, "Limit for x → −∞, negated.") },
  activation: true,
  forward: (ops, a, [x]) => ops.where(x!, x!, ops.mul(ops.constant(a.alpha), ops.sub(ops.exp(ops.minimum(x!, ops.constant(0))), ops.constant(1)))),
  names: { keras: ["ELU", { alpha: "alpha" }], torch: ["ELU", { alpha: "alpha" }] },
});
