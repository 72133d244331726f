import { largestDivisor } from "../ops/dim.ts";
import { real, required, whole, withDefault } from "../params.ts";
import { defineLayer, last, learned, needsNumber, ones, weightParams, zeros } from "./define.ts";
import { affine, standardized } from "./normalizing.ts";

export const group_norm = defineLayer({
  name: "group_norm",
  family: "normalization",
  doc: "Mean 0 and variance 1 over all positions and the channels of each group, row by row: works with any batch. Wu and He 2018.",
  example: "input image [8, 8, 3]\nconv2d(8, 3) -> group_norm(4) -> relu",
  params: { groups: required(whole(), "Number of groups of channels."), epsilon: withDefault(real({ above: 0 }), 1e-3, "Added to the variance."), frozen: weightParams.frozen },
  check: (a, [x]) => {
    const c = last(x!);
    const wrong = needsNumber(c, "group_norm", "its input's channels");
    if (wrong || (c as number) % a.groups === 0) return wrong;
    const fits = largestDivisor(c as number, a.groups);
    return { code: "groups-do-not-divide", message: `group_norm: ${a.groups} groups do not divide ${c} channels; ${fits} would`, arg: "groups", gives: x!, counted: true, fit: { arg: "groups", value: String(fits), title: `groups = ${fits}` } };
  },
  weights: (a, [x]) => ({ gamma: learned([last(x!)], ones, a.frozen), beta: learned([last(x!)], zeros, a.frozen) }),
  forward: (ops, a, [x], w) => {
    const shape = ops.shape(x!);
    const space = shape.slice(0, -1);
    const split = ops.reshape(x!, [...space, a.groups, (last(shape) as number) / a.groups]);
    const axes = [...space.keys(), space.length + 1];
    return affine(ops, ops.reshape(standardized(ops, split, axes, a.epsilon), shape), w.gamma, w.beta);
  },
  names: { keras: ["GroupNormalization", { groups: "groups", epsilon: "epsilon" }], torch: ["GroupNorm", { groups: "num_groups", epsilon: "eps" }] },
});
