import type { LayerEvent, MeasureEvent } from "../../trainer/protocol.ts";
import { measure, percent } from "../text.ts";

type Column = readonly [title: string, cell: (l: LayerEvent) => string];

const number = (v: number | null): string => (v === null ? "" : measure(v));
const columns: readonly Column[] = [
  ["line", (l) => String(l.line)],
  ["layer", (l) => l.name],
  ["gradient", (l) => number(l.gradientNorm)],
  ["weights", (l) => number(l.weightNorm)],
  ["update", (l) => (l.updateRatio === null ? "" : percent(l.updateRatio))],
  ["mean", (l) => number(l.mean)],
  ["variance", (l) => number(l.variance)],
  ["zeros", (l) => percent(l.zeros)],
  ["saturated", (l) => (l.saturated === null ? "" : percent(l.saturated))],
  ["dead", (l) => (l.dead === null ? "" : `${l.dead}/${l.units}`)],
];

/** One line a layer, names at the left, numbers at the right. */
export function layerTable({ layers }: MeasureEvent): string {
  const rows = [columns.map(([title]) => title), ...layers.map((l) => columns.map(([, cell]) => cell(l)))];
  const widths = columns.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  return rows.map((r) => `  ${r.map((cell, i) => (i === 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")}`.trimEnd()).join("\n");
}
