import { type Draw, normal } from "../draws.ts";
import { generator } from "../../random.ts";
import type { LabelKind, Labels } from "../labels.ts";
import type { Raw, ReadRequest, SourceReader } from "../raw.ts";
import { readTable } from "./csv.ts";

interface Args {
  readonly rows: number;
  readonly noise: number;
  readonly seed?: number;
  readonly classes: number;
  readonly turns: number;
  readonly factor: number;
  readonly size: number;
}

interface Made {
  readonly width: (args: Args) => number;
  /** Writes the features of a row of class `c` into `x`, without noise; for numbers it gives the label. */
  readonly row: (x: Float32Array, c: number, draw: Draw, args: Args) => number | void;
  /** Undefined: the label is a number. */
  readonly classes?: (args: Args) => readonly string[];
  /** The class follows from the features instead of being given. */
  readonly classOf?: (x: Float32Array) => number;
  readonly shape?: (args: Args) => readonly number[];
}

const { PI, cos, sin, floor } = Math;
const numbered = ({ classes }: Args) => Array.from({ length: classes }, (_, i) => String(i));
const put = (x: Float32Array, ...values: number[]) => x.set(values);

/** Formulas: server/language/settings/sources/generators.ts, which a test compares with what is made here. */
const kinds: Readonly<Record<string, Made>> = {
  xor: { width: () => 2, classes: () => ["different", "same"], row: (x, _c, draw) => put(x, 2 * draw() - 1, 2 * draw() - 1), classOf: (x) => (x[0]! >= 0 === x[1]! >= 0 ? 1 : 0) },
  spirals: {
    width: () => 2,
    classes: numbered,
    row: (x, c, draw, { classes, turns }) => {
      const t = draw();
      const angle = 2 * PI * (turns * t + c / classes);
      put(x, t * cos(angle), t * sin(angle));
    },
  },
  circles: {
    width: () => 2,
    classes: () => ["inner", "outer"],
    row: (x, c, draw, { factor }) => {
      const angle = 2 * PI * draw();
      const radius = c === 0 ? factor : 1;
      put(x, radius * cos(angle), radius * sin(angle));
    },
  },
  moons: {
    width: () => 2,
    classes: () => ["lower", "upper"],
    row: (x, c, draw) => {
      const a = PI * draw();
      if (c === 1) put(x, cos(a), sin(a));
      else put(x, 1 - cos(a), 1 / 2 - sin(a));
    },
  },
  blobs: { width: () => 2, classes: numbered, row: (x, c, _draw, { classes }) => put(x, 2 * cos((2 * PI * c) / classes), 2 * sin((2 * PI * c) / classes)) },
  sine: {
    width: () => 1,
    row: (x, _c, draw, { noise }) => {
      put(x, 2 * PI * draw() - PI);
      return sin(x[0]!) + noise * normal(draw);
    },
  },
  stripes: {
    width: ({ size }) => size * size,
    shape: ({ size }) => [size, size, 1],
    classes: () => ["diagonal", "horizontal", "vertical"],
    row: (x, c, draw, { size }) => {
      const shift = 4 * draw();
      for (let i = 0; i < x.length; i++) {
        const [row, column] = [floor(i / size), i % size];
        const place = c === 0 ? row + column : c === 1 ? row : column;
        x[i] = sin((2 * PI * (place + shift)) / 4);
      }
    },
  },
};

/** Classes take turns, so that they are equally many. In prediction, rows come from a CSV file with the columns x1, x2, …. */
function make(name: string, made: Made): SourceReader {
  return async (request: ReadRequest): Promise<Raw> => {
    if (request.prediction) return readTable(request, name, ",");
    const args = request.args as unknown as Args;
    const draw = generator(args.seed ?? request.seed, "rows", name);
    const width = made.width(args);
    const classes = made.classes?.(args);
    const x = new Float32Array(args.rows * width);
    const y = new Float32Array(args.rows);
    const row = new Float32Array(width);
    for (let i = 0; i < args.rows; i++) {
      const c = classes ? i % classes.length : 0;
      const label = made.row(row, c, draw, args);
      // The class of a row is that of the place it had before noise.
      y[i] = classes ? (made.classOf?.(row) ?? c) : label!;
      if (classes && args.noise > 0) for (let k = 0; k < width; k++) row[k]! += args.noise * normal(draw);
      x.set(row, i * width);
    }
    const names = Array.from({ length: width }, (_, i) => `x${i + 1}`);
    const kind: LabelKind = classes ? "class" : "number";
    return {
      file: `${name}(…)`, rows: args.rows, columns: names.map((n) => ({ name: n, kind: "number" })), width, values: { kind: "memory", x, width, rows: args.rows },
      shape: made.shape?.(args) ?? [width], labels: { kind, values: y, ...(classes && { classes }) } as Labels,
      parts: undefined, lines: undefined, places: undefined, notes: [],
    };
  };
}

export const generators: Readonly<Record<string, SourceReader>> = Object.fromEntries(Object.entries(kinds).map(([name, made]) => [name, make(name, made)]));
