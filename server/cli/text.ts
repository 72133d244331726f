import { styleText } from "node:util";
import { countText } from "../language/ops/dim.ts";

/** Text for people: colours, columns, numbers. */

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours on a terminal only, and never against NO_COLOR (no-color.org). */
export function painter(stream: NodeJS.WriteStream): Paint {
  const coloured = stream.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  return coloured ? (style, text) => styleText(style, text) : (_style, text) => text;
}

/** 80 columns in a pipe; on a terminal its own, within reason. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? Math.min(Math.max(stream.columns || 80, 40), 120) : 80;
}

/** Columns that a text takes on a terminal. */
export function columns(text: string): number {
  let n = 0;
  for (const c of text) n += /\p{Mn}|\p{Cf}/u.test(c) ? 0 : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(c) ? 2 : 1;
  return n;
}

/** The beginning and the end of a text that is too long. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${tail > 0 ? text.slice(-tail) : ""}`;
}

/** Lines of at most `width`, broken at spaces; the later ones indented. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const room = lines.length === 0 ? width : width - indent.length;
    if (line !== "" && columns(line) + 1 + columns(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** 13,706 */
export function grouped(n: number): string {
  return countText(Math.round(n));
}

/** "1 error", "2 errors" */
export function counted(n: number, word: string): string {
  return `${grouped(n)} ${word}${n === 1 ? "" : "s"}`;
}

/** A loss: readable whether small, large or broken. */
export function measure(x: number | null): string {
  if (x === null) return "–";
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  return size === 0 || (size >= 0.001 && size < 10_000) ? x.toFixed(4) : x.toExponential(2);
}

export function percent(x: number | null): string {
  return x === null ? "–" : `${(100 * x).toFixed(1)} %`;
}
