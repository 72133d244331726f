import type { Dim } from "../ops/dim.ts";
import type { Padding } from "../ops/ops.ts";
import { samePadding, transposedBefore } from "../ops/window.ts";

/** What a size that comes with the data is taken as. */
const NOMINAL = 64;

export function sizeOf(dim: Dim | undefined): number {
  return typeof dim === "number" ? dim : NOMINAL;
}

export function count(shape: readonly Dim[]): number {
  let n = 1;
  for (const d of shape) n *= sizeOf(d);
  return n;
}

/** All but the channels. */
export function positions(shape: readonly Dim[]): number {
  return count(shape) / sizeOf(shape[shape.length - 1] ?? 1);
}

export interface Windowed {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation?: readonly number[];
}

/** Pairs of (window, entry inside the input): padding has none. The product over the axes. */
export function taps({ kernel, stride, padding, dilation }: Windowed, input: readonly Dim[], output: readonly Dim[]): number {
  let pairs = 1;
  for (const [axis, k] of kernel.entries()) {
    const n = sizeOf(input[axis]);
    const [s, d] = [stride[axis]!, dilation?.[axis] ?? 1];
    const before = padding === "same" ? samePadding(n, k, s, d)[0] : padding === "valid" ? 0 : (padding[axis]?.[0] ?? 0);
    pairs *= along(n, sizeOf(output[axis]), k, s, d, before);
  }
  return pairs;
}

/** Of so many entries of a window each is looked at; of more, so many in even steps. */
const MOST_LOOKED_AT = 10_000;

/** Of one axis: Σ over windows of the entries that lie inside. */
function along(n: number, out: number, k: number, s: number, d: number, before: number): number {
  // A window's entry j lies inside for outputs from (before − j·d) / s up; before and behind these entries for none.
  const from = Math.max(0, Math.ceil((before - (out - 1) * s) / d));
  const entries = Math.min(k - 1, Math.floor((n - 1 + before) / d)) - from + 1;
  const step = Math.max(1, entries / MOST_LOOKED_AT);
  let pairs = 0;
  for (let i = 0; i < Math.floor(entries / step); i++) {
    const j = from + Math.floor((i + 0.5) * step);
    const first = Math.max(0, Math.ceil((before - j * d) / s));
    const last = Math.min(out - 1, Math.floor((n - 1 + before - j * d) / s));
    pairs += step * Math.max(0, last - first + 1);
  }
  return pairs;
}

/** The same of a transposed convolution: its inputs are the windows, its outputs what they lie on. */
export function transposedTaps({ kernel, stride, padding }: Windowed, input: readonly Dim[], output: readonly Dim[]): number {
  let pairs = 1;
  for (const [axis, k] of kernel.entries()) {
    const s = stride[axis]!;
    pairs *= along(sizeOf(output[axis]), sizeOf(input[axis]), k, s, 1, transposedBefore(k, s, padding, axis));
  }
  return pairs;
}
