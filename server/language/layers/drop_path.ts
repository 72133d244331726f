import { real, required } from "../params.ts";
import { defineLayer } from "./define.ts";
import { dropped } from "./random.ts";

export const drop_path = defineLayer({
  name: "drop_path",
  family: "core",
  doc: "Drops a whole branch of a row: one draw for all its entries. Put it last in a branch of add. Huang et al. 2016.",
  example: "input x [8]\nadd { dense(8) -> relu -> drop_path(0.1) } { identity }",
  params: { rate: required(real({ min: 0, below: 1 }), "Share of rows whose branch is dropped.") },
  forward: (ops, a, [x]) => dropped(ops, x!, a.rate, ops.shape(x!).map(() => 1)),
  names: { torch: ["StochasticDepth", { rate: "p" }] },
});
