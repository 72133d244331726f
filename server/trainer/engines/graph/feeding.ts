import { formatShape, type Model } from "../../../language/index.ts";
import { type TrainPlan, widthOfHeads } from "../../plan.ts";
import type { Step, Table } from "../engine.ts";
import { takesRow } from "../../shapes.ts";
import { sizeOf } from "./builder.ts";
import { rateOf } from "./optimizers.ts";
import type { Given } from "./training.ts";

/** What goes into a program, checked: TensorFlow would answer in its own words, or read past an end. */

/** Values and shapes by the names of a program's inputs. */
export type Fed = Readonly<Record<string, readonly [Float32Array | Int32Array, readonly number[]]>>;

/** Throws unless the table's arrays are as long as its shape says, and the model takes rows of that shape. */
export function checkTable(model: Model, { heads }: TrainPlan, { rows, shape, x, y }: Table): void {
  if (!takesRow(model, shape)) throw new RangeError(`a row of shape [${shape.join(", ")}] does not fit the model's input ${model.inputs.map((id) => formatShape(model.nodes[id]!.type!.shape)).join(" and ")}`);
  const width = sizeOf(shape);
  if (x.length !== rows * width) throw new RangeError(`a table of ${rows} rows of shape [${shape.join(", ")}] has ${x.length} values, not ${rows * width}`);
  if (y.length !== rows * heads.length && y.length !== 0) throw new RangeError(`a table of ${rows} rows has ${y.length} labels`);
}

/** What steps feed to a program of `places` steps; past them are zeros. */
export function fedBy(plan: TrainPlan, table: Table, steps: readonly Step[], rows: number, places: number, given: readonly Given[]): Fed {
  const all = new Int32Array(rows * places);
  const rates = new Float32Array(2 * places);
  const numbers = new Int32Array(places);
  for (const [i, s] of steps.entries()) {
    all.set(s.rows, i * rows);
    rates.set([s.learningRate, rateOf(plan.optimizer, s.learningRate, s.number)], 2 * i);
    numbers[i] = s.number;
  }
  const own = given.map((key) => {
    const width = key === "x" ? table.shape : key === "targets" ? [widthOfHeads(plan)] : plan.heads.length > 1 ? [plan.heads.length] : [];
    for (const s of steps) {
      const [found, wanted] = [s[key]!.length, s.rows.length * sizeOf(width)];
      if (found !== wanted) throw new RangeError(`a step of ${s.rows.length} rows brings ${found} values as ${key}, not ${wanted}`);
    }
    return [key, [joined(steps.map((s) => s[key]!), all.length * sizeOf(width)), [all.length, ...width]]] as const;
  });
  return { rows: [all, [all.length]], rates: [rates, [places, 2]], numbers: [numbers, [places]], ...Object.fromEntries(own) };
}

export const givenBy = (step: Step): readonly Given[] => (["x", "targets", "weights"] as const).filter((key) => step[key] !== undefined);

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  if (parts[0]!.length === length) return parts[0]!;
  const all = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The first row fills what is missing. */
export function padded(rows: Int32Array, size: number): Int32Array {
  const all = new Int32Array(size).fill(rows[0] ?? 0);
  all.set(rows);
  return all;
}
