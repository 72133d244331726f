import { real, required } from "../params.ts";
import { defineLayer } from "./define.ts";

export const gaussian_noise = defineLayer({
  name: "gaussian_noise",
  family: "core",
  doc: "Adds normal noise while training; prediction is as if it were not there.",
  example: "input x [8]\ngaussian_noise(0.1)\ndense(2)",
  params: { deviation: required(real({ min: 0 }), "Standard deviation of the noise.") },
  forward: (ops, a, [x]) => (ops.training && a.deviation > 0 ? ops.add(x!, ops.randomNormal(x!, a.deviation)) : x!),
  names: { keras: ["GaussianNoise", { deviation: "stddev" }] },
});
