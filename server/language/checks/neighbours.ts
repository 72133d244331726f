/** Differences of entries that a comparison may cost. */
const MOST = 20_000_000;

/**
 * Share of the rows whose nearest other row (Euclidean; Cover and Hart 1967) has their label, by the entries where `used`
 * holds. Undefined where it costs too much.
 */
export function nearestShare(rows: readonly ArrayLike<number>[], labels: readonly number[], used?: (i: number) => boolean): number | undefined {
  const width = rows[0]?.length ?? 0;
  if (rows.length ** 2 * width > MOST || rows.length < 2) return undefined;
  const entries = Array.from({ length: width }, (_, i) => i).filter((i) => used?.(i) ?? true);
  let right = 0;
  for (const [r, row] of rows.entries()) {
    let [nearest, least] = [-1, Infinity];
    for (const [o, other] of rows.entries()) {
      if (o === r) continue;
      let distance = 0;
      for (const i of entries) distance += (row[i]! - other[i]!) ** 2;
      if (distance < least) [nearest, least] = [o, distance];
    }
    if (nearest >= 0 && labels[nearest] === labels[r]) right++;
  }
  return right / rows.length;
}
