import { defineDepthwise } from "./convolutions.ts";

export const depthwise_conv2d = defineDepthwise(2, {
  doc: "One kernel per channel: each channel is convolved by itself. Howard et al. 2017.",
  example: "input image [16, 16, 8]\ndepthwise_conv2d(3, padding = same) -> relu\nconv2d(16, 1)",
});
