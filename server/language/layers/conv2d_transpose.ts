import { defineTransposed } from "./transposed.ts";

export const conv2d_transpose = defineTransposed(2);
