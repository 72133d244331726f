/**
 * The share of the targets' variance that the best linear function of the rows leaves (Gram–Schmidt over their centred
 * columns). 0 for rows that are so wide that some line goes through all.
 */
export function leftByLine(rows: readonly ArrayLike<number>[], targets: readonly ArrayLike<number>[]): number {
  const width = rows[0]!.length;
  if (2 * width > rows.length) return 0;
  const columns: Float64Array[] = [];
  for (let k = 0; k < width; k++) {
    const column = centred(rows, k);
    const before = squareOf(column);
    for (let pass = 0; pass < 2; pass++) for (const other of columns) takeOff(column, other);
    // What others have already is no column of its own.
    if (squareOf(column) > 1e-9 * before) columns.push(column);
  }
  let [left, all] = [0, 0];
  for (let k = 0; k < targets[0]!.length; k++) {
    const target = centred(targets, k);
    all += squareOf(target);
    for (const column of columns) takeOff(target, column);
    left += squareOf(target);
  }
  return all > 0 ? left / all : 0;
}

function centred(rows: readonly ArrayLike<number>[], k: number): Float64Array {
  const mean = rows.reduce((s, r) => s + r[k]!, 0) / rows.length;
  return Float64Array.from(rows, (r) => r[k]! - mean);
}

const squareOf = (v: Float64Array): number => v.reduce((s, x) => s + x * x, 0);

function takeOff(v: Float64Array, column: Float64Array): void {
  const factor = v.reduce((s, x, i) => s + x * column[i]!, 0) / squareOf(column);
  for (let i = 0; i < v.length; i++) v[i]! -= factor * column[i]!;
}
