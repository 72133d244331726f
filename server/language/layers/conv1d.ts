import { defineConvolution } from "./convolutions.ts";

export const conv1d = defineConvolution(1, {
  doc: "Slides shared kernels along a sequence: [N, c] → [N−k+1, filters]. Waibel et al. 1989; for text Kim 2014.",
  example: "input words int [N]\nembedding(1000, 16)\nconv1d(32, 3) -> relu\nglobal_max_pool",
});
