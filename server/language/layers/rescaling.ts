import { real, required, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const rescaling = defineLayer({
  name: "rescaling",
  family: "core",
  doc: "scale·x + offset, fixed: rescaling(1/255) brings bytes to [0, 1].",
  example: "input image [8, 8, 1]\nrescaling(1/255)",
  params: { scale: required(real(), "Factor."), offset: withDefault(real(), 0, "Added after.") },
  forward: (ops, a, [x]) => {
    const y = ops.mul(x!, ops.constant(a.scale));
    return a.offset === 0 ? y : ops.add(y, ops.constant(a.offset));
  },
  names: { keras: ["Rescaling", { scale: "scale", offset: "offset" }] },
});
