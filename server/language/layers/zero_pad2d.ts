import { withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer } from "./define.ts";
import { perAxis, sides, sidesProblem } from "./sides.ts";

export const zero_pad2d = defineLayer({
  name: "zero_pad2d",
  family: "pooling",
  doc: "Zeros around height and width.",
  example: "input image [8, 8, 3]\nzero_pad2d(1)\nconv2d(4, 3)",
  params: { padding: withDefault(sides(), 1, "Rows and columns of zeros.") },
  check: (a, [x]) => checkRank("zero_pad2d", x!, 2) ?? (perAxis(a.padding) ? undefined : sidesProblem("zero_pad2d", "padding")),
  forward: (ops, a, [x]) => ops.pad(x!, perAxis(a.padding)!),
  names: { keras: ["ZeroPadding2D", { padding: "padding" }], torch: ["ZeroPad2d", { padding: "padding" }] },
});
