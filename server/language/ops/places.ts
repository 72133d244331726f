/** Where entries stand in arrays that lie row by row (C order). */

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Every index of a shape, in row-major order. */
export function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0);
  for (let left = size(shape); left > 0; left--) {
    yield [...index];
    for (let i = shape.length - 1; i >= 0 && ++index[i]! === shape[i]; i--) index[i] = 0;
  }
}

export const flat = (shape: readonly number[], index: readonly number[]) => index.reduce((at, i, axis) => at * shape[axis]! + i, 0);

const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** Where in an operand of shape `s`, broadcast to `shape`, the i-th entry of that is; undefined where it is the i-th. */
export function placesIn(s: readonly number[], shape: readonly number[]): Int32Array | undefined {
  if (same(s, shape)) return undefined;
  const steps = new Array<number>(shape.length).fill(0);
  for (let i = s.length - 1, stride = 1; i >= 0; i--) {
    if (s[i] !== 1) steps[shape.length - s.length + i] = stride;
    stride *= s[i]!;
  }
  return placesBy(shape, steps);
}

/** The place that each entry of a shape has elsewhere, where one step along an axis is so many places there. */
export function placesBy(shape: readonly number[], steps: readonly number[]): Int32Array {
  const places = new Int32Array(size(shape));
  const index = new Int32Array(shape.length);
  for (let i = 0, at = 0; i < places.length; i++) {
    places[i] = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return places;
}
