import { bool, withDefault } from "../params.ts";
import { defineLayer, last, learned, needsNumber } from "./define.ts";

export const prelu = defineLayer({
  name: "prelu",
  family: "activation",
  doc: "x for x > 0, a·x below, with a slope a learned for each channel, from 0.25. He et al. 2015.",
  example: "input x [4]\ndense(8) -> prelu\ndense(2)",
  params: {
    shared: withDefault(bool(), false, "One slope for all channels."),
    frozen: withDefault(bool(), false, "Keep the slope as it is while training."),
  },
  activation: true,
  check: (a, [x]) => (a.shared ? undefined : needsNumber(last(x!), "prelu", "its input's channels")),
  weights: (a, [x]) => ({ slope: learned([a.shared ? 1 : last(x!)], { kind: "option", name: "constant", args: { value: 0.25 } }, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.where(x!, x!, ops.mul(x!, w.slope!)),
  names: { keras: ["PReLU"], torch: ["PReLU"] },
});
