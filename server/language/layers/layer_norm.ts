import { real, withDefault } from "../params.ts";
import { defineLayer, last, learned, needsNumber, ones, weightParams, zeros } from "./define.ts";
import { affine, standardized } from "./normalizing.ts";

export const layer_norm = defineLayer({
  name: "layer_norm",
  family: "normalization",
  doc: "Mean 0 and variance 1 over the last axis of each row and position, then γ and β. Ba et al. 2016.",
  example: "input x [16]\ndense(8) -> layer_norm -> relu",
  params: { epsilon: withDefault(real({ above: 0 }), 1e-3, "Added to the variance."), frozen: weightParams.frozen },
  check: (_a, [x]) => needsNumber(last(x!), "layer_norm", "its input's channels"),
  weights: (a, [x]) => ({ gamma: learned([last(x!)], ones, a.frozen), beta: learned([last(x!)], zeros, a.frozen) }),
  forward: (ops, a, [x], w) => affine(ops, standardized(ops, x!, [-1], a.epsilon), w.gamma, w.beta),
  names: { keras: ["LayerNormalization", { epsilon: "epsilon" }], torch: ["LayerNorm", { epsilon: "eps" }] },
});
