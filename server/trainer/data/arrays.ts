import { fitsShape } from "../../language/index.ts";
import type { ColumnEncoding, Encoding } from "./encoding.ts";
import type { Meeting } from "./prepare.ts";
import { beginnings, numbersOf, type Raw } from "./raw.ts";
import { Spreads } from "./spreads.ts";
import { chunks } from "./stored.ts";

/** Columns that name files, or are arrays themselves: each row has an array of them. */

/** Arrays as the inputs take them: [28, 28] is an image of one channel for an input of three axes; whole numbers stay as they are. */
function asTaken(columns: readonly ColumnEncoding[], { model, data: { feeds } }: Meeting): readonly ColumnEncoding[] {
  const types = (feeds ?? [columns.length]).flatMap((count, i) => Array.from({ length: count }, () => ({ ...model.nodes[model.inputs[i]!]!.type!, alone: count === 1 })));
  return columns.map((c, i) => {
    const { shape, dtype, alone } = types[i]!;
    if (!c.array) return c;
    const oneMore = alone && !fitsShape(c.array.shape, shape) && fitsShape([...c.array.shape, 1], shape);
    return { ...c, array: { ...c.array, ...(oneMore && { shape: [...c.array.shape, 1] }), ...(dtype === "int" && { scale: 1 }) }, ...(dtype === "int" && { index: true as const }) };
  });
}

/** Adds what normalizes the channels of each such column, measured on the training rows. */
export function withArrays(encoding: Encoding, raw: Raw, isTraining: Uint8Array, meeting: Meeting): Encoding {
  const { normalize } = meeting.data.settings;
  const begin = raw.columns ? beginnings(raw.columns) : [];
  const columns = encoding.columns?.some((c) => c.array) ? asTaken(encoding.columns, meeting) : encoding.columns;
  const arrays = (columns ?? []).flatMap(({ array, index }, i) => (array && !index ? [{ column: i, from: begin[i]!, size: numbersOf(array), channels: array.shape.at(-1)!, scale: array.scale, spreads: new Spreads(array.shape.at(-1)!) }] : []));
  if (!columns || columns === encoding.columns) return encoding;
  if (arrays.length === 0 || normalize === "none") return { ...encoding, columns };
  for (const { from: first, rows, values } of chunks(raw.values)) {
    for (let row = 0; row < rows; row++) {
      if (isTraining[first + row] !== 1) continue;
      for (const { from, size, channels, scale, spreads } of arrays) {
        const at = row * raw.width + from;
        for (let i = 0; i < size; i++) spreads.add(i % channels, values[at + i]! * scale);
      }
    }
  }
  const found = new Map(arrays.map(({ column, spreads }) => [column, spreads.normalization(normalize, () => false)]));
  return { ...encoding, columns: columns.map((c, i) => (found.has(i) ? { ...c, array: { ...c.array!, normalize: found.get(i)! } } : c)) };
}
