import { defineSeparable } from "./convolutions.ts";

export const separable_conv1d = defineSeparable(1, {
  doc: "A depthwise convolution along a sequence, then a sum over the channels at each position: kc + cf weights instead of kcf. Kaiser et al. 2017.",
  example: "input x [32, 8]\nseparable_conv1d(16, 3, padding = same) -> relu",
});
