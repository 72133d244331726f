import { defineActivation } from "./activation.ts";

export const sparsemax = defineActivation(
  "sparsemax",
  "The point of the probability simplex nearest to x, on the last axis: max(x − τ, 0) with the τ for which they sum to 1. Small scores get exactly 0: attention that looks at a few places, classes that are ruled out. Martins and Astudillo 2016.",
  (ops, x) => {
    const shape = ops.shape(x);
    const last = shape.length - 1;
    const [one, none] = [ops.constant(1), ops.constant(0)];
    // Entry i is in the support where Σⱼ max(xⱼ − xᵢ, 0) < 1: what stands above it has not used up the 1. No sorting.
    const above = ops.sum(ops.relu(ops.sub(ops.reshape(x, [...shape.slice(0, -1), 1, shape[last]!]), ops.reshape(x, [...shape, 1]))), [last + 1]);
    const support = ops.where(ops.sub(one, above), one, none);
    const threshold = ops.div(ops.sub(ops.sum(ops.mul(x, support), [last], true), one), ops.sum(support, [last], true));
    return ops.relu(ops.sub(x, threshold));
  },
  { keras: "sparsemax" },
);
