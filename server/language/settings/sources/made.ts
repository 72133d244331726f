/** Uniform in [0, 1). */
export type Draw = () => number;

/** From the standard normal distribution. Box and Muller 1958; one draw of the pair is left out, so that draws don't depend on those before. */
export function normal(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Arguments of the generators: each has some of these. */
export interface MadeArgs {
  readonly rows: number;
  readonly noise: number;
  readonly seed?: number;
  readonly classes: number;
  readonly turns: number;
  readonly factor: number;
  readonly size: number;
}

/** How rows are made up. */
export interface Made {
  readonly width: (args: MadeArgs) => number;
  /** Writes the features of a row of class `c` into `x`, without noise; for numbers it gives the label. */
  readonly row: (x: Float32Array, c: number, draw: Draw, args: MadeArgs) => number | void;
  /** Undefined: the label is a number. */
  readonly classes?: (args: MadeArgs) => readonly string[];
  /** No straight line parts the classes, or goes through the numbers. */
  readonly curved?: true;
  /** Of images: their pattern comes again after so many entries of each axis. */
  readonly repeats?: number;
  /** The class follows from the features instead of being given. */
  readonly classOf?: (x: Float32Array) => number;
}

/** Rows of a generator, [rows, width], and their labels: numbers of classes, or numbers. Classes take turns, so that they are equally many. */
export function makeRows(made: Made, args: MadeArgs, rows: number, draw: Draw): { readonly x: Float32Array; readonly y: Float32Array; readonly width: number; readonly classes: readonly string[] | undefined } {
  const width = made.width(args);
  const classes = made.classes?.(args);
  const x = new Float32Array(rows * width);
  const y = new Float32Array(rows);
  const row = new Float32Array(width);
  for (let i = 0; i < rows; i++) {
    const c = classes ? i % classes.length : 0;
    const label = made.row(row, c, draw, args);
    // The class of a row is that of the place it had before noise.
    y[i] = classes ? (made.classOf?.(row) ?? c) : label!;
    if (classes && args.noise > 0) for (let k = 0; k < width; k++) row[k]! += args.noise * normal(draw);
    x.set(row, i * width);
  }
  return { x, y, width, classes };
}
