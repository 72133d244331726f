import { mul } from "../ops/dim.ts";
import { bool, real, required, whole, withDefault } from "../params.ts";
import { defineLayer, needsNumber } from "./define.ts";

export const fourier_features = defineLayer({
  name: "fourier_features",
  family: "core",
  doc: "Sine and cosine of each number at growing frequencies: [..., c] → [..., 2·count·c], all sines first. Coordinates of a radiance field: `fourier_features(10, keep = true)` (Mildenhall et al. 2020); the step of a diffusion model: `fourier_features(64, ratio = 10_000 ** (-1 / 64))` (Ho et al. 2020).",
  example: "input point [3]\nfourier_features(10, keep = true)\ndense(64) -> relu\ndense(4)",
  params: {
    count: required(whole(), "Number of frequencies."),
    first: withDefault(real({ above: 0 }), 1, "The first frequency, in radians."),
    ratio: withDefault(real({ above: 0 }), 2, "From one frequency to the next."),
    keep: withDefault(bool(), false, "The numbers themselves stand before."),
  },
  check: (_a, [x]) => (x!.length < 1 ? { code: "wrong-rank", message: "fourier_features needs an axis of numbers, and receives none" } : needsNumber(x![x!.length - 1]!, "fourier_features", "its last axis")),
  forward: (ops, a, [x]) => {
    const shape = ops.shape(x!);
    const frequencies = ops.table([a.count], ([i]) => a.first * a.ratio ** i!);
    const angles = ops.reshape(ops.mul(ops.reshape(x!, [...shape, 1]), frequencies), [...shape.slice(0, -1), mul(shape[shape.length - 1]!, a.count)]);
    const waves = [ops.sin(angles), ops.sin(ops.add(angles, ops.constant(Math.PI / 2)))];
    return ops.concat(a.keep ? [x!, ...waves] : waves, shape.length - 1);
  },
  also: ["time_embedding", "timestep_embedding", "sinusoidal_embedding", "positional_features"],
});
