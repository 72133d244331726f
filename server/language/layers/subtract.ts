import { defineMerge } from "./merging.ts";

export const subtract = defineMerge("subtract", "The first operand minus the others.", (ops, a, b) => ops.sub(a, b), "Subtract");
