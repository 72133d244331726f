// Medians, ranges and tables: how every benchmark of this folder sums up.

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);

/** "2.2 (2.0–2.9)": the median over rounds, and the smallest and largest of them. */
export function spread(values, digits = 1) {
  const show = (v) => v.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length > 1 ? `${show(median(values))} (${show(low)}–${show(high)})` : show(values[0]);
}

/** The slope of log time over log size by least squares: 1 is linear, below 1 is less than linear. */
export function exponent(points) {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)]);
  const mean = (i) => logs.reduce((a, l) => a + l[i], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  return logs.reduce((a, [u, v]) => a + (u - x) * (v - y), 0) / logs.reduce((a, [u]) => a + (u - x) ** 2, 0);
}

/** A markdown table; columns after the first are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|`, ...rows.map(line)].join("\n");
}

/** Runs each way once a round, so that whatever else the machine does falls on all of them alike. */
export async function interleaved(ways, rounds) {
  const results = new Map(Object.keys(ways).map((name) => [name, []]));
  for (let i = 0; i < rounds; i++) for (const [name, way] of Object.entries(ways)) results.get(name).push(await way(i));
  return results;
}
