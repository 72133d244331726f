import { defineMerge } from "./merging.ts";

export const multiply = defineMerge("multiply", "The product of its operands; [h, w, c] by [c] is a gate per channel (squeeze and excitation: Hu et al. 2018).", (ops, a, b) => ops.mul(a, b), "Multiply");
