import { defineTransposed } from "./transposed.ts";

export const conv1d_transpose = defineTransposed(1);
