import type { Table } from "../engines/engine.ts";
import { tablesOf } from "./dataset.ts";
import { Encoder, type Encoding, notesOfUnknown, type Unknown } from "./encoding.ts";
import { indexCheck, isIndices } from "./indices.ts";
import type { Meeting } from "./prepare.ts";
import { everyRow } from "./batches.ts";
import type { Raw } from "./raw.ts";
import { chunks } from "./stored.ts";
import { pad } from "./text/part.ts";
import { windows } from "./windows.ts";

/** Rows to predict, in one table. */
export interface Batch {
  readonly table: Table;
  /** The source's row of each row of the table. */
  readonly rows: Int32Array;
}

/** Rows of a table. */
const ROWS = 1024;

/** All rows as the weights know them, some at a time; `notes` gets what a person should know at the end. */
export function* unlabelled(raw: Raw, encoding: Encoding, shape: readonly number[], meeting: Meeting, notes: string[]): Generator<Batch> {
  if (raw.sentences && encoding.text) {
    for (const { from, raw: some } of windows(raw, ROWS)) {
      const { tables, rows } = pad(some.sentences!, undefined, everyRow(some.rows), encoding.text);
      for (const [i, table] of tables.entries()) yield { table, rows: rows[i]!.map((row) => from + row) };
    }
    return;
  }
  if (raw.texts) {
    const unknown: Unknown = new Map();
    for (const { from, raw: some } of windows(raw, ROWS)) {
      for (const { table, rows } of tablesOf(some, encoding, shape, everyRow(some.rows), meeting, { from, unknown })) yield { table, rows: rows.map((row) => from + row) };
    }
    notes.push(...notesOfUnknown(unknown));
    return;
  }
  const check = indexCheck(raw, meeting.model, encoding.inputs);
  const encoder = new Encoder(raw, encoding, isIndices(meeting.model) ? 1 : meeting.data.settings.scale);
  for (const { from, rows: count, values } of chunks(raw.values)) {
    for (let at = 0; at < count; at += ROWS) {
      const rows = Math.min(ROWS, count - at);
      const x = new Float32Array(rows * encoder.width);
      for (let i = 0; i < rows; i++) {
        check?.(values, at + i, from + at + i);
        encoder.row(values, at + i, x, i * encoder.width, from + at + i);
      }
      yield { table: { rows, shape, x, y: new Float32Array(0) }, rows: Int32Array.from({ length: rows }, (_, i) => from + at + i) };
    }
  }
  notes.push(...notesOfUnknown(encoder.unknown));
}
