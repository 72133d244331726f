import { defineZeroPadding } from "./sides.ts";

export const zero_pad3d = defineZeroPadding(3, { doc: "Zeros around depth, height and width.", entries: "Planes, rows and columns", example: "input volume [4, 4, 4, 2]\nzero_pad3d(1)\nconv3d(4, 3)" });
