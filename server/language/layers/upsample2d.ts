import { size, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer } from "./define.ts";

export const upsample2d = defineLayer({
  name: "upsample2d",
  family: "pooling",
  doc: "Repeats rows and columns (nearest neighbour): [h, w, c] → [h·f, w·f, c].",
  example: "input image [8, 8, 3]\nupsample2d(2)\nconv2d(4, 3, padding = same)",
  params: { factor: withDefault(size(2), [2, 2], "How often each row and column is repeated.", "2") },
  check: (_a, [x]) => checkRank("upsample2d", x!, 2),
  forward: (ops, a, [x]) => ops.upsample(x!, a.factor),
  names: { keras: ["UpSampling2D", { factor: "size" }], torch: ["Upsample", { factor: "scale_factor" }] },
});
