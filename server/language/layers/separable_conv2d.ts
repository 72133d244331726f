import { defineSeparable } from "./convolutions.ts";

export const separable_conv2d = defineSeparable(2, {
  doc: "A depthwise convolution, then a 1×1 convolution over the channels: k²c + cf weights instead of k²cf. Chollet 2017.",
  example: "input image [16, 16, 8]\nseparable_conv2d(16, 3, padding = same) -> relu",
});
