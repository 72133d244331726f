import { defineMerge } from "./merging.ts";

export const add = defineMerge("add", "The sum of its operands, entry by entry; they broadcast as in NumPy. With identity, a residual connection: He et al. 2015.", (ops, a, b) => ops.add(a, b), "Add");
