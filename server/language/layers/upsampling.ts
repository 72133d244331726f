import { size, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, type LayerDef } from "./define.ts";
import { type Axes, everyAxis, over } from "./spatial.ts";

const EXAMPLES = ["", "input x [8, 3]\nupsample1d(2)\nconv1d(4, 3, padding = same)", "input image [8, 8, 3]\nupsample2d(2)\nconv2d(4, 3, padding = same)", "input volume [4, 4, 4, 3]\nupsample3d(2)\nconv3d(4, 3, padding = same)"];

/** Nearest-neighbour upsampling of `axes` spatial axes. */
export function defineUpsampling(axes: Axes, doc: string, factor: string): LayerDef {
  const name = over("upsample", axes);
  return defineLayer({
    name,
    kind: "upsample",
    family: "pooling",
    doc,
    example: EXAMPLES[axes]!,
    params: { factor: withDefault(size(axes), everyAxis(axes, 2), factor, "2") },
    check: (_a, [x]) => checkRank(name, x!, axes),
    forward: (ops, a, [x]) => ops.upsample(x!, a.factor),
    names: { keras: [`UpSampling${axes}D`, { factor: "size" }], torch: ["Upsample", { factor: "scale_factor" }] },
  });
}
