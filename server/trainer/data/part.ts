import type { Table } from "../engines/engine.ts";
import { batches, inOrder } from "./batches.ts";

/** One part of the data set (training, validation, test): its rows lie in one table, or in several that are read one after another. */
export interface Part {
  readonly rows: number;
  /** For each row, as `all` gives them, a number by which it is known where the same rows come in another order. */
  readonly ids?: Int32Array;
  /** Every row once, in batches, in the order that seed and epoch give. Their number and sizes are the same in every epoch. */
  epoch(batch: number, seed: number, epoch: number): readonly Piece[];
  /** Every row once, in batches, in an order of its own. */
  all(batch: number): readonly Piece[];
}

/** Batches of one table. The same table may come again in a later piece. */
export interface Piece {
  readonly batches: readonly Int32Array[];
  /** Of a row. */
  readonly shape: readonly number[];
  /** Reads it where it isn't in memory. */
  table(): Promise<Table>;
  /** The table is gone after this piece: engines keep nothing of it. */
  readonly passing: boolean;
}

/** A table that stays in memory. */
export function partOf(table: Table): Part {
  const piece = (batches: readonly Int32Array[]): readonly Piece[] => (batches.length === 0 ? [] : [{ batches, shape: table.shape, table: () => Promise.resolve(table), passing: false }]);
  return {
    rows: table.rows,
    epoch: (batch, seed, epoch) => piece(batches(table.rows, batch, seed, epoch)),
    all: (batch) => piece(inOrder(table.rows, batch)),
  };
}

export const stepsOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, p) => sum + p.batches.length, 0);
