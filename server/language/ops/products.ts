import { type Arrays, windows } from "./arrays.ts";
import type { ConvOptions } from "./ops.ts";
import { size } from "./places.ts";
import { transposedBefore, transposedOutput } from "./window.ts";

/** Gradients of the primitives that multiply, as loops: by the first operand and by the second. */

const blank = (x: Arrays, rows: number): Arrays => ({ shape: x.shape, rows: Array.from({ length: rows }, () => new Float64Array(size(x.shape))) });
const rowOf = ({ rows }: Arrays, r: number): Float64Array => rows[rows.length === 1 ? 0 : r]!;

export function matmulGradients(a: Arrays, b: Arrays, transposeB: boolean, dy: Arrays): [Arrays, Arrays] {
  const [p, q] = b.shape.slice(-2) as [number, number];
  const [k, n] = transposeB ? [q, p] : [p, q];
  const own = b.shape.length > 2 || b.rows.length > 1;
  const m = own ? a.shape[a.shape.length - 2]! : size(a.shape) / k;
  const [da, db] = [blank(a, dy.rows.length), blank(b, own ? dy.rows.length : 1)];
  for (const [r, d] of dy.rows.entries()) {
    const [x, w, dx, dw] = [rowOf(a, r), rowOf(b, r), da.rows[r]!, rowOf(db, r)];
    for (let row = 0; row < d.length / n; row++) {
      const base = Math.floor(row / m) * k * n;
      for (let j = 0; j < k; j++) {
        const v = x[row * k + j]!;
        let sum = 0;
        for (let c = 0, to = row * n; c < n; c++) {
          const at = base + (transposeB ? c * k + j : j * n + c);
          const g = d[to + c]!;
          sum += g * w[at]!;
          dw[at]! += g * v;
        }
        dx[row * k + j]! += sum;
      }
    }
  }
  return [da, db];
}

export function localGradients(x: Arrays, w: Arrays, dy: Arrays): [Arrays, Arrays] {
  const [, k, n] = w.shape as [number, number, number];
  const [dx, dw] = [blank(x, dy.rows.length), blank(w, 1)];
  for (const [r, d] of dy.rows.entries()) {
    for (let i = 0; i < d.length; i++) {
      const [place, f] = [Math.floor(i / n), i % n];
      for (let j = 0; j < k; j++) {
        dx.rows[r]![place * k + j]! += d[i]! * w.rows[0]![(place * k + j) * n + f]!;
        dw.rows[0]![(place * k + j) * n + f]! += d[i]! * rowOf(x, r)[place * k + j]!;
      }
    }
  }
  return [dx, dw];
}

export function convGradients(x: Arrays, kernel: Arrays, o: ConvOptions, dy: Arrays): [Arrays, Arrays] {
  const [inputs, filters] = kernel.shape.slice(-2) as [number, number];
  const [dx, dw] = [blank(x, dy.rows.length), blank(kernel, 1)];
  const [w, gw] = [kernel.rows[0]!, dw.rows[0]!];
  let i = 0;
  // The windows are the same for every row.
  windows({ shape: x.shape, rows: [new Float64Array(0)] }, kernel.shape.slice(0, -2), o, filters, (_row, places, f) => {
    const group = Math.floor(f / (filters / o.groups)) * inputs;
    for (const [r, d] of dy.rows.entries()) {
      const g = d[i]!;
      if (g === 0) continue;
      const [from, to] = [rowOf(x, r), dx.rows[r]!];
      for (let p = 0; p < places.length; p++) {
        const at = places[p]!.at + group;
        for (let c = 0, entry = places[p]!.k * inputs * filters + f; c < inputs; c++, entry += filters) {
          to[at + c]! += g * w[entry]!;
          gw[entry]! += g * from[at + c]!;
        }
      }
    }
    i++;
    return 0;
  });
  return [dx, dw];
}

export function convTransposeGradients(x: Arrays, kernel: Arrays, o: Pick<ConvOptions, "stride" | "padding">, dy: Arrays): [Arrays, Arrays] {
  const space = kernel.shape.slice(0, -2);
  const [filters, channels] = kernel.shape.slice(-2) as [number, number];
  const [dx, dw] = [blank(x, dy.rows.length), blank(kernel, 1)];
  const input = x.shape.slice(0, -1);
  const out = space.map((k, i) => transposedOutput(input[i]!, k, o.stride[i]!, o.padding, i) as number);
  const before = space.map((k, i) => transposedBefore(k, o.stride[i]!, o.padding, i));
  const [w, gw] = [kernel.rows[0]!, dw.rows[0]!];
  for (let place = 0; place < size(input); place++) {
    for (let tap = 0; tap < size(space); tap++) {
      const at = target(place, tap, input, space, out, o.stride, before);
      if (at < 0) continue;
      for (const [r, d] of dy.rows.entries()) {
        for (let f = 0; f < filters; f++) {
          const g = d[at * filters + f]!;
          for (let c = 0; c < channels; c++) {
            const entry = (tap * filters + f) * channels + c;
            dx.rows[r]![place * channels + c]! += g * w[entry]!;
            gw[entry]! += g * rowOf(x, r)[place * channels + c]!;
          }
        }
      }
    }
  }
  return [dx, dw];
}

/** Where a tap of the kernel puts what stands at a place; −1 outside. */
function target(place: number, tap: number, input: readonly number[], space: readonly number[], out: readonly number[], stride: readonly number[], before: readonly number[]): number {
  let [at, step] = [0, 1];
  for (let axis = input.length - 1; axis >= 0; axis--) {
    const p = (place % input[axis]!) * stride[axis]! + (tap % space[axis]!) - before[axis]!;
    if (p < 0 || p >= out[axis]!) return -1;
    at += p * step;
    step *= out[axis]!;
    place = Math.floor(place / input[axis]!);
    tap = Math.floor(tap / space[axis]!);
  }
  return at;
}
