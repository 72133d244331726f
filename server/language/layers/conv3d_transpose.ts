import { defineTransposed } from "./transposed.ts";

export const conv3d_transpose = defineTransposed(3);
