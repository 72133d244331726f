import { defineConvolution } from "./convolutions.ts";

export const conv3d = defineConvolution(3, {
  doc: "Slides shared kernels over depth, height and width. Ji et al. 2010.",
  example: "input volume [8, 8, 8, 1]\nconv3d(4, 3) -> relu",
});
