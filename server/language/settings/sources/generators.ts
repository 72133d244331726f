import { optional, type Params, real, whole, withDefault } from "../../params.ts";
import { defineSource, type SourceDef } from "./define.ts";

const rows = withDefault(whole({ min: 4, max: 1_000_000 }), 400, "Number of rows.");
const noise = (value: number, what = "Standard deviation of the normal noise that is added to every feature.") => withDefault(real({ min: 0 }), value, what);
const seed = optional(whole({ min: 0 }), "Seed of the rows.", "the seed of the train block");
const classes = (value: number) => withDefault(whole({ min: 2, max: 50 }), value, "Number of classes.");

function generator<const P extends Params>(name: string, doc: string, params: P, shape: SourceDef["shape"] = () => [2]): SourceDef {
  return defineSource({ name, doc: `Made up, for teaching: ${doc}`, rows: "own", shape, params: { rows, ...params, seed } });
}

export const generators = [
  generator("xor", "x1, x2 uniform in [−1, 1); class `same` where their signs agree, else `different`. No straight line parts them.", { noise: noise(0) }),
  generator("spirals", "arm c of k: radius t, angle 2π(turns·t + c/k), t uniform in [0, 1). Lang and Witbrock 1988.", { noise: noise(0.02), classes: classes(2), turns: withDefault(real({ above: 0, max: 10 }), 1, "How often an arm goes around.") }),
  generator("circles", "class `outer` on a circle of radius 1, `inner` on one of radius `factor`, the angle uniform.", { noise: noise(0.05), factor: withDefault(real({ above: 0, below: 1 }), 0.5, "Radius of the inner circle.") }),
  generator("moons", "two half circles that reach into each other: (cos a, sin a) is `upper`, (1 − cos a, 1/2 − sin a) is `lower`, a uniform in [0, π).", { noise: noise(0.1) }),
  generator("blobs", "normal clouds around centres that are evenly spaced on a circle of radius 2.", { noise: noise(0.5, "Standard deviation of each cloud."), classes: classes(3) }),
  generator("sine", "x1 uniform in [−π, π); the label is the number sin(x1) plus noise.", { noise: noise(0.1, "Standard deviation of the normal noise that is added to the label.") }, () => [1]),
  generator("stripes", "images of `size`×`size` with stripes 4 pixels apart, sin(2π(p + shift)/4), p being row, column or their sum: classes `horizontal`, `vertical`, `diagonal`; the shift is uniform.", { noise: noise(0.3), size: withDefault(whole({ min: 4, max: 64 }), 8, "Height and width.") }, (args) => [args["size"] as number, args["size"] as number, 1]),
];
