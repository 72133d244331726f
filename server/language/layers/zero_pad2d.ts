import { defineZeroPadding } from "./sides.ts";

export const zero_pad2d = defineZeroPadding(2, { doc: "Zeros around height and width.", entries: "Rows and columns", example: "input image [8, 8, 3]\nzero_pad2d(1)\nconv2d(4, 3)" });
