import { real, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const sine = defineLayer({
  name: "sine",
  family: "activation",
  doc: "sin(ω·x): networks that are fields of coordinates, whose derivatives are such networks too. Sitzmann et al. 2020 (SIREN), with ω = 30.",
  example: "input point [2]\ndense(64, init = uniform(0.5)) -> sine(30)\ndense(3)",
  params: { frequency: withDefault(real({ above: 0 }), 1, "ω.") },
  activation: true,
  forward: (ops, a, [x]) => ops.sin(ops.mul(x!, ops.constant(a.frequency))),
  also: ["sin", "siren"],
});
