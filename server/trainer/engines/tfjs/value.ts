import type { Tensor } from "@tensorflow/tfjs-core";

/** Whatever backend runs: the namespace of tfjs-core with that backend set. */
export type Tf = typeof import("@tensorflow/tfjs-core");

/** A value of a forward pass: per row, the tensor's axis 0 is the batch, and own axes count from 1. */
export interface TfValue {
  readonly tensor: Tensor;
  readonly perRow: boolean;
}

/** The tfjs axis of own axis `axis`. */
export function axisOf(x: TfValue, axis: number): number {
  const batch = x.perRow ? 1 : 0;
  return axis < 0 ? axis + x.tensor.rank : axis + batch;
}

/** Own shape, without the batch. */
export function ownShape(x: TfValue): number[] {
  return x.perRow ? x.tensor.shape.slice(1) : x.tensor.shape.slice();
}

/** `shape` with the batch axis of x before it, if it has one. */
export function withBatch(x: TfValue, shape: readonly number[]): number[] {
  return x.perRow ? [x.tensor.shape[0]!, ...shape] : [...shape];
}

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const sameSizes = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);
