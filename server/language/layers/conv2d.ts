import { defineConvolution } from "./convolutions.ts";

export const conv2d = defineConvolution(2, {
  doc: "Slides `filters` shared kernels over height and width: each output is the sum of a k×k window of all input channels times the kernel, plus a bias. Cross-correlation, as in every framework. LeCun et al. 1998.",
  example: "input image [28, 28, 1]\nconv2d(32, 3) -> relu\nconv2d(64, 3, stride = 2, padding = same)",
});
