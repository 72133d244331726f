import type { DataSettings } from "../../language/index.ts";
import type { Encoding } from "./encoding.ts";
import { beginnings, numbersOf, type Raw } from "./raw.ts";
import { Spreads } from "./spreads.ts";
import { chunks } from "./stored.ts";

/** Columns that name files: each row has an array of them. */

/** Adds what normalizes the channels of each such column, measured on the training rows. */
export function withArrays(encoding: Encoding, raw: Raw, isTraining: Uint8Array, { normalize }: Pick<DataSettings, "normalize">): Encoding {
  const begin = raw.columns ? beginnings(raw.columns) : [];
  const arrays = (encoding.columns ?? []).flatMap(({ array }, i) => (array ? [{ column: i, from: begin[i]!, size: numbersOf(array), channels: array.shape.at(-1)!, scale: array.scale, spreads: new Spreads(array.shape.at(-1)!) }] : []));
  if (arrays.length === 0 || normalize === "none") return encoding;
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
  return { ...encoding, columns: encoding.columns!.map((c, i) => (found.has(i) ? { ...c, array: { ...c.array!, normalize: found.get(i)! } } : c)) };
}
