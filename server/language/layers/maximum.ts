import { defineMerge } from "./merging.ts";

export const maximum = defineMerge("maximum", "The largest of its operands, entry by entry. Goodfellow et al. 2013.", (ops, a, b) => ops.maximum(a, b), "Maximum");
