import { defineLayer, last, measured, needsNumber, ones, zeros } from "./define.ts";

export const normalization = defineLayer({
  name: "normalization",
  family: "core",
  doc: "(x − mean) / √variance per channel, measured from the training rows before training, and kept.",
  example: "input x [8]\nnormalization\ndense(2)",
  params: {},
  check: (_a, [x]) => needsNumber(last(x!), "normalization", "its input's channels"),
  weights: (_a, [x]) => ({ mean: measured([last(x!)], zeros), variance: measured([last(x!)], ones) }),
  forward: (ops, _a, [x], w) => ops.div(ops.sub(x!, w.mean!), ops.maximum(ops.sqrt(w.variance!), ops.constant(1e-7))),
  names: { keras: ["Normalization"] },
});
