import { real, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const rrelu = defineLayer({
  name: "rrelu",
  family: "activation",
  doc: "x for x > 0, a·x below: a is drawn for each entry while training, uniform in [lower, upper], and their mean in prediction. Xu et al. 2015.",
  example: "input x [4]\ndense(8) -> rrelu\ndense(2)",
  params: {
    lower: withDefault(real({ min: 0 }), 1 / 8, "Smallest slope.", "1/8"),
    upper: withDefault(real({ min: 0 }), 1 / 3, "Largest slope.", "1/3"),
  },
  activation: true,
  check: (a) => (a.lower <= a.upper ? undefined : { code: "bad-argument", message: `lower ${a.lower} is above upper ${a.upper}`, arg: "lower" }),
  forward: (ops, a, [x]) => {
    const slope = ops.training ? ops.randomUniform(x!, a.lower, a.upper) : ops.constant((a.lower + a.upper) / 2);
    return ops.where(x!, x!, ops.mul(x!, slope));
  },
  names: { torch: ["RReLU", { lower: "lower", upper: "upper" }] },
});
