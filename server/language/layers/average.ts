import { defineMerge } from "./merging.ts";

export const average = defineMerge("average", "The mean of its operands.", (ops, a, b) => ops.add(a, b), "Average", (ops, y, n) => ops.div(y, ops.constant(n)));
