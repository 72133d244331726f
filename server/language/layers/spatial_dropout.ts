import { real, required } from "../params.ts";
import { defineLayer } from "./define.ts";
import { dropped } from "./random.ts";

export const spatial_dropout = defineLayer({
  name: "spatial_dropout",
  family: "core",
  doc: "Drops whole channels: one draw serves all positions. Tompson et al. 2015.",
  example: "input image [8, 8, 3]\nconv2d(4, 3)\nspatial_dropout(0.2)",
  params: { rate: required(real({ min: 0, below: 1 }), "Share of channels that is dropped.") },
  forward: (ops, a, [x]) => dropped(ops, x!, a.rate, ops.shape(x!).map((d, i, s) => (i < s.length - 1 ? 1 : d))),
  names: { keras: ["SpatialDropout2D", { rate: "rate" }], torch: ["Dropout2d", { rate: "p" }] },
});
