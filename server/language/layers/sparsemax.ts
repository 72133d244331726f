import { defineActivation } from "./activation.ts";

/** τ lies within 1 below the largest score, and is halved in on to a millionth: which scores are in the support follows. */
const HALVINGS = 20;

export const sparsemax = defineActivation(
  "sparsemax",
  "The point of the probability simplex nearest to x, on the last axis: max(x − τ, 0) with the τ for which they sum to 1. Small scores get exactly 0: attention that looks at a few places, classes that are ruled out. Martins and Astudillo 2016.",
  (ops, x) => {
    const last = ops.shape(x).length - 1;
    const [one, none, half] = [ops.constant(1), ops.constant(0), ops.constant(0.5)];
    // No sorting, and no comparison of each with each: memory stays that of x.
    let high = ops.max(x, [last], true);
    let low = ops.sub(high, one);
    for (let i = 0; i < HALVINGS; i++) {
      const middle = ops.mul(half, ops.add(low, high));
      const past = ops.sub(ops.sum(ops.relu(ops.sub(x, middle)), [last], true), one);
      [low, high] = [ops.where(past, middle, low), ops.where(past, high, middle)];
    }
    const support = ops.where(ops.sub(x, low), one, none);
    const threshold = ops.div(ops.sub(ops.sum(ops.mul(x, support), [last], true), one), ops.sum(support, [last], true));
    return ops.relu(ops.sub(x, threshold));
  },
  { keras: "sparsemax", passes: HALVINGS / 2 },
);
