import { type Arrays, type Place, windows } from "./arrays.ts";
import { placesIn, size } from "./places.ts";
import type { PoolOptions } from "./ops.ts";

/** What `Tape` goes back by: where entries came from, and where gradients are added up. */

export const each = (x: Arrays, f: (v: number) => number): Arrays => ({ shape: x.shape, rows: x.rows.map((r) => r.map((v) => f(v))) });

/** Elementwise, operands broadcast as in NumPy. */
export function zip(a: Arrays, b: Arrays, f: (p: number, q: number) => number): Arrays {
  const rank = Math.max(a.shape.length, b.shape.length);
  const of = (x: Arrays, i: number): number => x.shape[i - rank + x.shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => (of(a, i) === 1 ? of(b, i) : of(a, i)));
  const [atA, atB, n] = [placesIn(a.shape, shape), placesIn(b.shape, shape), size(shape)];
  const rows = Array.from({ length: Math.max(a.rows.length, b.rows.length) }, (_, r) => {
    const [p, q] = [a.rows[a.rows.length === 1 ? 0 : r]!, b.rows[b.rows.length === 1 ? 0 : r]!];
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = f(p[atA ? atA[i]! : i]!, q[atB ? atB[i]! : i]!);
    return out;
  });
  return { shape, rows };
}

/** A gradient as its operand is: added up over the places that it was broadcast to, and over rows where it is shared; repeated for rows where it was one for all. */
export function fitted(dx: Arrays, x: Arrays): Arrays {
  const places = placesIn(x.shape, dx.shape);
  const shared = x.rows.length === 1 && dx.rows.length > 1;
  if (!places && !shared) return x.rows.length > 1 && dx.rows.length === 1 ? { shape: x.shape, rows: x.rows.map(() => dx.rows[0]!) } : dx;
  const rows = Array.from({ length: shared ? 1 : Math.max(x.rows.length, dx.rows.length) }, () => new Float64Array(size(x.shape)));
  for (let r = 0; r < Math.max(dx.rows.length, rows.length); r++) {
    const [from, to] = [dx.rows[dx.rows.length === 1 ? 0 : r]!, rows[shared ? 0 : r]!];
    for (let i = 0; i < from.length; i++) to[places ? places[i]! : i]! += from[i]!;
  }
  return { shape: x.shape, rows };
}

/** Adds each gradient where its entry came from; `numbers` from 1, of one row or of each, 0 for none. One row collects those of all. */
export const scattered = (dy: Arrays, numbers: Arrays) => (to: readonly Float64Array[]): void => {
  for (const [r, d] of dy.rows.entries()) {
    const out = to[to.length === 1 ? 0 : r]!;
    const at = numbers.rows[numbers.rows.length === 1 ? 0 : r]!;
    for (let i = 0; i < d.length; i++) if (at[i]! > 0) out[at[i]! - 1]! += d[i]!;
  }
};

/** For each result of a max pooling the number of the entry that it is. */
export function largestOf(x: Arrays, o: PoolOptions): Arrays {
  return windows(x, o.size, o, x.shape[x.shape.length - 1]!, (row, places, c) => {
    let most: Place | undefined;
    for (const p of places) if (!most || row[p.at + c]! > row[most.at + c]!) most = p;
    return most ? most.at + c + 1 : 0;
  });
}

/** Each result's gradient, evenly to the places of its window. */
export function averaged(dy: Arrays, x: Arrays, o: PoolOptions): Arrays {
  const rows = dy.rows.map(() => new Float64Array(size(x.shape)));
  const channels = x.shape[x.shape.length - 1]!;
  let i = 0;
  windows({ shape: x.shape, rows: [new Float64Array(size(x.shape))] }, o.size, o, channels, (_row, places, c) => {
    for (const [r, d] of dy.rows.entries()) for (const p of places) rows[r]![p.at + c]! += d[i]! / places.length;
    i++;
    return 0;
  });
  return { shape: x.shape, rows };
}

/** For each result of the k largest along an axis the number of the entry that it is. */
export function chosenBy(x: Arrays, k: number, axis: number): Arrays {
  const length = x.shape[axis]!;
  const inner = size(x.shape.slice(axis + 1));
  const rows = x.rows.map((row) => {
    const out = new Float64Array((row.length / length) * k);
    for (let line = 0; line < row.length / length; line++) {
      const [block, place] = [Math.floor(line / inner), line % inner];
      const at = (i: number): number => (block * length + i) * inner + place;
      const kept = Array.from({ length }, (_, i) => i).sort((a, b) => row[at(b)]! - row[at(a)]! || a - b).slice(0, k).sort((a, b) => a - b);
      for (const [n, i] of kept.entries()) out[(block * k + n) * inner + place] = at(i) + 1;
    }
    return out;
  });
  return { shape: x.shape.with(axis, k), rows };
}
