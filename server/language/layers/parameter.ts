import { listOf, oneOf, required, whole, withDefault } from "../params.ts";
import { defineLayer, learned, weightParams } from "./define.ts";
import { initializers } from "./initializers.ts";

export const parameter = defineLayer({
  name: "parameter",
  family: "core",
  doc: "A learned array that is the same for every row, whatever flows in: queries of a decoder (Carion et al. 2020), latents (Jaegle et al. 2021), a learned temperature.",
  example: "input image [8, 8, 3]\nconv2d(16, 2, stride = 2) -> reshape([-1, 16]) as memory\nparameter([10, 16])\nattention(2, context = memory) -> dense(5)",
  params: {
    shape: required(listOf(whole(), "a list of sizes"), "Its shape."),
    init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "normal", args: { std: 0.02 } }, "Initial entries.", "normal(0.02)"),
    frozen: weightParams.frozen,
  },
  weights: (a) => ({ values: learned(a.shape, a.init, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.forEachRow(w.values!, x!),
  also: ["learned", "learnable", "queries", "latents"],
  names: { torch: ["Parameter"] },
});
