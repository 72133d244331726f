import { defineDepthwise } from "./convolutions.ts";

export const depthwise_conv1d = defineDepthwise(1, {
  doc: "One kernel per channel along a sequence: each channel is convolved by itself, as in the Conformer, Gulati et al. 2020.",
  example: "input x [32, 8]\ndepthwise_conv1d(3, padding = same) -> silu\nconv1d(16, 1)",
});
