import { generator, shuffle } from "../random.ts";

/** The rows of an epoch in the order that seed and epoch give, cut into batches; the last may be smaller. */
export function batches(rows: number, batch: number, seed: number, epoch: number): Int32Array[] {
  return batchesOf(shuffle(everyRow(rows), generator(seed, "order", epoch)), batch);
}

/** All rows in their own order. */
export function inOrder(rows: number, batch: number): Int32Array[] {
  return batchesOf(everyRow(rows), batch);
}

/** 0, 1, … of so many. */
export const everyRow = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);

/** These rows in their order, some at a time. */
export function batchesOf(order: Int32Array, batch: number): Int32Array[] {
  return Array.from({ length: Math.ceil(order.length / batch) }, (_, i) => order.subarray(i * batch, (i + 1) * batch));
}
