import { real, withDefault } from "../params.ts";
import { defineLayer, last, learned, needsNumber, ones, weightParams } from "./define.ts";

export const rms_norm = defineLayer({
  name: "rms_norm",
  family: "normalization",
  doc: "x / √(mean(x²) + ε)·γ over the last axis. Zhang and Sennrich 2019.",
  example: "input x [16]\ndense(8) -> rms_norm -> relu",
  params: { epsilon: withDefault(real({ above: 0 }), 1e-6, "Added to the mean square."), frozen: weightParams.frozen },
  check: (_a, [x]) => needsNumber(last(x!), "rms_norm", "its input's channels"),
  weights: (a, [x]) => ({ gamma: learned([last(x!)], ones, a.frozen) }),
  forward: (ops, a, [x], w) => ops.mul(ops.mul(x!, ops.rsqrt(ops.add(ops.mean(ops.square(x!), [-1], true), ops.constant(a.epsilon)))), w.gamma!),
  names: { keras: ["RMSNormalization", { epsilon: "epsilon" }], torch: ["RMSNorm", { epsilon: "eps" }] },
});
