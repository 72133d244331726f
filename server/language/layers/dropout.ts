import { real, required } from "../params.ts";
import { defineLayer } from "./define.ts";
import { dropped } from "./random.ts";

export const dropout = defineLayer({
  name: "dropout",
  family: "core",
  doc: "While training each entry is zeroed with probability rate and the others scaled by 1 / (1 − rate); prediction uses all. Srivastava et al. 2014.",
  example: "input x [8]\ndense(16) -> relu\ndropout(0.5)\ndense(2)",
  params: { rate: required(real({ min: 0, below: 1 }), "Share that is dropped.") },
  forward: (ops, a, [x]) => dropped(ops, x!, a.rate),
  names: { keras: ["Dropout", { rate: "rate" }], torch: ["Dropout", { rate: "p" }] },
});
