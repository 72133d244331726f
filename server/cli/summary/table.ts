import { bytesText, CONVENTION } from "../../language/graph/amounts.ts";
import { columns, counted, grouped, type Paint, shorten, wrap } from "../text.ts";
import type { JsonShape, Size, Summary } from "./json.ts";

/** The model as a table that fits the width; names and expressions that do not are shortened. */
export function tableOf(s: Summary, paint: Paint, width: number): string {
  const rows: Row[] = [
    ...s.inputs.map((i): Row => [String(i.line), i.name, shape(i.shape), "", ""]),
    ...s.layers.map((l): Row => [String(l.line), l.name, shape(l.outputShape), count(l.params), count(l.macs)]),
  ];
  const head: Row = ["line", "layer", "output", "params", "MACs"];
  const widths = fit([head, ...rows], width);
  const line = (row: Row): string => row.map((cell, i) => (RIGHT[i] ? shorten(cell, widths[i]!).padStart(widths[i]!) : shorten(cell, widths[i]!).padEnd(widths[i]!))).join("  ").trimEnd();
  const rule = "─".repeat(widths.reduce((a, b) => a + b + 2, -2));
  const { total, trainable, nonTrainable } = s.params;
  const detail = nonTrainable > 0 ? ` (${grouped(trainable)} trainable, ${grouped(nonTrainable)} not)` : "";
  const macs = typeof s.macs === "number" ? counted(s.macs, "MAC") : `${s.macs} MACs`;
  const lines = [
    `${paint("bold", s.name)}  ${paint("dim", shorten(`${s.file}:${s.line}`, Math.max(width - columns(s.name) - 2, 12)))}`,
    paint("dim", line(head)),
    paint("dim", rule),
    ...rows.map(line),
    paint("dim", rule),
    paint("bold", wrap(`${counted(total, "parameter")}${detail}, ${macs}`, width)),
    wrap(`${typeof s.flops === "number" ? counted(s.flops, "FLOP") : `${s.flops} FLOPs`} a row (${CONVENTION})`, width),
    wrap(`${bytesText(s.memory.weights as number)} of weights, ${typeof s.memory.activations === "number" ? bytesText(s.memory.activations) : `${s.memory.activations} bytes`} of activations for a batch of ${s.memory.batch} (4 bytes an entry)`, width),
    ...(s.receptiveField !== null && s.receptiveField > 1 ? [`receptive field ${grouped(s.receptiveField)}`] : []),
    ...(s.needs.length > 0 ? [wrap(`needs ${s.needs.join(", ")}`, width)] : []),
  ];
  if (s.unknown.length > 0) lines.push(paint("yellow", wrap(`without ${list(s.unknown)}: unknown until the errors are gone`, width)));
  return `${lines.join("\n")}\n`;
}

type Row = readonly [string, string, string, string, string];
const RIGHT = [true, false, false, true, true];
/** Below these nothing is readable. */
const LEAST = [4, 12, 12, 6, 6];

/** The widest column gives way first. */
function fit(rows: readonly Row[], width: number): number[] {
  const widths = LEAST.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  const room = width - 2 * (widths.length - 1);
  while (widths.reduce((a, b) => a + b) > room) {
    const over = widths.map((w, i) => w - LEAST[i]!);
    const most = Math.max(...over);
    if (most <= 0) break;
    widths[over.indexOf(most)]!--;
  }
  return widths;
}

function shape(s: JsonShape | null): string {
  return s ? `[${s.join(", ")}]` : "[?]";
}

function count(n: Size | null): string {
  if (n === null) return "?";
  return typeof n === "number" ? (n === 0 ? "" : grouped(n)) : n;
}

function list(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}
