import { defineZeroPadding } from "./sides.ts";

export const zero_pad1d = defineZeroPadding(1, { doc: "Zeros before and after a sequence; [n, 0]: before it alone, for causal windows.", entries: "Positions", example: "input x [8, 3]\nzero_pad1d([2, 0])\nconv1d(4, 3)" });
