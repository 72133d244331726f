import type { DataProfile } from "../../host.ts";
import type { OptionValue } from "../../values.ts";
import { sources } from "./index.ts";
import { type Draw, type Made, type MadeArgs, makeRows } from "./made.ts";

/** Numbers that a look at a generator makes: it is done as one types. */
const MOST_NUMBERS = 8_192;
/** Rows that are kept of a look. */
const FIRST = 64;

const looks = new WeakMap<OptionValue, DataProfile>();

/** A look at rows as a generator makes them, with a seed of its own; undefined for other sources. Rows are counted: the arguments say how many. */
export function profileOfMade(source: OptionValue): DataProfile | undefined {
  const made = sources[source.name]?.made;
  if (!made) return undefined;
  let look = looks.get(source);
  if (!look) looks.set(source, (look = lookAt(source.name, made, source.args as unknown as MadeArgs)));
  return look;
}

function lookAt(name: string, made: Made, args: MadeArgs): DataProfile {
  const rows = Math.min(args.rows, Math.max(4 * (made.classes?.(args).length ?? 1), Math.floor(MOST_NUMBERS / made.width(args))));
  const { x, y, width, classes } = makeRows(made, args, rows, counting());
  const complete = rows === args.rows;
  const values = new Map<string, number>();
  for (const v of y) values.set(classes ? classes[v]! : String(v), (values.get(classes ? classes[v]! : String(v)) ?? 0) + 1);
  const columns = Array.from({ length: width }, (_, i) => ({ name: `x${i + 1}`, numeric: true, numbers: momentsOf(x, i, width), missing: 0, values: undefined }));
  const label = classes ? { name, numeric: false, numbers: undefined, missing: 0, values } : { name, numeric: true, numbers: momentsOf(y, 0, 1), missing: 0, values: undefined };
  return { rows, complete, total: args.rows, columns, label, ...(made.curved && { curved: true as const }), ...(made.repeats !== undefined && { repeats: made.repeats }), first: Array.from({ length: Math.min(rows, FIRST) }, (_, i) => x.slice(i * width, (i + 1) * width)), firstLabels: [...y.subarray(0, FIRST)].map((v) => classes?.[v] ?? v) };
}

function momentsOf(x: Float32Array, from: number, step: number): { min: number; max: number; mean: number; std: number; whole: boolean } {
  let [min, max, sum, square, n, whole] = [Infinity, -Infinity, 0, 0, 0, true];
  for (let i = from; i < x.length; i += step, n++) {
    const v = x[i]!;
    min = Math.min(min, v);
    max = Math.max(max, v);
    sum += v;
    square += v * v;
    whole &&= Number.isInteger(v);
  }
  return { min, max, mean: sum / n, std: Math.sqrt(Math.max(square / n - (sum / n) ** 2, 0)), whole };
}

/** Always the same draws: a linear congruence (Numerical Recipes, ranqd1). */
function counting(): Draw {
  let state = 1;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
