import { real, withDefault } from "../params.ts";
import { defineLayer, last, learned, needsNumber, weightParams } from "./define.ts";

export const layer_scale = defineLayer({
  name: "layer_scale",
  family: "core",
  doc: "Multiplies each channel by a learned factor that starts near 0, so that a deep residual network starts as the identity. Touvron et al. 2021.",
  example: "input x [8]\nadd { dense(8) -> layer_scale } { identity }",
  params: { start: withDefault(real(), 1e-6, "First value of every factor."), frozen: weightParams.frozen },
  check: (_a, [x]) => needsNumber(last(x!), "layer_scale", "its input's channels"),
  weights: (a, [x]) => ({ gamma: learned([last(x!)], { kind: "option", name: "constant", args: { value: a.start } }, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.mul(x!, w.gamma!),
});
