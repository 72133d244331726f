/** Where entries stand in arrays that lie row by row (C order). */

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** Where in an operand of shape `s`, broadcast to `shape`, the i-th entry of that is; undefined where it is the i-th. */
export function placesIn(s: readonly number[], shape: readonly number[]): Int32Array | undefined {
  if (same(s, shape)) return undefined;
  const rank = shape.length;
  const places = new Int32Array(size(shape));
  /** How far the operand's place moves with each axis. */
  const steps = new Int32Array(rank);
  for (let axis = rank - 1, stride = 1; axis >= rank - s.length; axis--) {
    const d = s[axis - rank + s.length]!;
    if (d !== 1) steps[axis] = stride;
    stride *= d;
  }
  const index = new Int32Array(rank);
  for (let i = 0, at = 0; i < places.length; i++) {
    places[i] = at;
    for (let axis = rank - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return places;
}
