import { optional, type Params, real, whole, withDefault } from "../../params.ts";
import { defineSource, type SourceDef } from "./define.ts";
import { type Made, type MadeArgs, normal } from "./made.ts";

const rows = withDefault(whole({ min: 4, max: 1_000_000 }), 400, "Number of rows.");
const noise = (value: number, what = "Standard deviation of the normal noise that is added to every feature.") => withDefault(real({ min: 0 }), value, what);
const seed = optional(whole({ min: 0 }), "Seed of the rows.", "the seed of the train block");
const classes = (value: number) => withDefault(whole({ min: 2, max: 50 }), value, "Number of classes.");

const { PI, cos, sin, floor } = Math;
const numbered = ({ classes }: MadeArgs): string[] => Array.from({ length: classes }, (_, i) => String(i));
const put = (x: Float32Array, ...values: number[]): void => x.set(values);

function generator<const P extends Params>(name: string, doc: string, params: P, made: Made, shape?: SourceDef["shape"]): SourceDef {
  return defineSource({ name, doc: `Made up, for teaching: ${doc}`, rows: "own", shape: shape ?? ((args) => [made.width(args as unknown as MadeArgs)]), made, params: { rows, ...params, seed } });
}

export const generators = [
  generator("xor", "x1, x2 uniform in [−1, 1); class `same` where their signs agree, else `different`. No straight line parts them.", { noise: noise(0) }, {
    width: () => 2,
    curved: true,
    classes: () => ["different", "same"],
    row: (x, _c, draw) => put(x, 2 * draw() - 1, 2 * draw() - 1),
    classOf: (x) => (x[0]! >= 0 === x[1]! >= 0 ? 1 : 0),
  }),
  generator("spirals", "arm c of k: radius t, angle 2π(turns·t + c/k), t uniform in [0, 1). Lang and Witbrock 1988.", { noise: noise(0.02), classes: classes(2), turns: withDefault(real({ above: 0, max: 10 }), 1, "How often an arm goes around.") }, {
    width: () => 2,
    curved: true,
    classes: numbered,
    row: (x, c, draw, { classes, turns }) => {
      const t = draw();
      const angle = 2 * PI * (turns * t + c / classes);
      put(x, t * cos(angle), t * sin(angle));
    },
  }),
  generator("circles", "class `outer` on a circle of radius 1, `inner` on one of radius `factor`, the angle uniform.", { noise: noise(0.05), factor: withDefault(real({ above: 0, below: 1 }), 0.5, "Radius of the inner circle.") }, {
    width: () => 2,
    curved: true,
    classes: () => ["inner", "outer"],
    row: (x, c, draw, { factor }) => {
      const angle = 2 * PI * draw();
      const radius = c === 0 ? factor : 1;
      put(x, radius * cos(angle), radius * sin(angle));
    },
  }),
  generator("moons", "two half circles that reach into each other: (cos a, sin a) is `upper`, (1 − cos a, 1/2 − sin a) is `lower`, a uniform in [0, π).", { noise: noise(0.1) }, {
    width: () => 2,
    curved: true,
    classes: () => ["lower", "upper"],
    row: (x, c, draw) => {
      const a = PI * draw();
      if (c === 1) put(x, cos(a), sin(a));
      else put(x, 1 - cos(a), 1 / 2 - sin(a));
    },
  }),
  generator("blobs", "normal clouds around centres that are evenly spaced on a circle of radius 2.", { noise: noise(0.5, "Standard deviation of each cloud."), classes: classes(3) }, {
    width: () => 2,
    classes: numbered,
    row: (x, c, _draw, { classes }) => put(x, 2 * cos((2 * PI * c) / classes), 2 * sin((2 * PI * c) / classes)),
  }),
  generator("sine", "x1 uniform in [−π, π); the label is the number sin(x1) plus noise.", { noise: noise(0.1, "Standard deviation of the normal noise that is added to the label.") }, {
    width: () => 1,
    curved: true,
    row: (x, _c, draw, { noise }) => {
      put(x, 2 * PI * draw() - PI);
      return sin(x[0]!) + noise * normal(draw);
    },
  }),
  generator("stripes", "images of `size`×`size` with stripes 4 pixels apart, sin(2π(p + shift)/4), p being row, column or their sum: classes `horizontal`, `vertical`, `diagonal`; the shift is uniform.", { noise: noise(0.3), size: withDefault(whole({ min: 4, max: 64 }), 8, "Height and width.") }, {
    width: ({ size }) => size * size,
    classes: () => ["diagonal", "horizontal", "vertical"],
    curved: true,
    repeats: 4,
    row: (x, c, draw, { size }) => {
      const shift = 4 * draw();
      for (let i = 0; i < x.length; i++) {
        const [row, column] = [floor(i / size), i % size];
        const place = c === 0 ? row + column : c === 1 ? row : column;
        x[i] = sin((2 * PI * (place + shift)) / 4);
      }
    },
  }, (args) => [args["size"] as number, args["size"] as number, 1]),
];
