import type { Fix } from "../findings.ts";
import { ASSIGNED, CLOSES, COMMAS, JOINED, LAYER_COMMA, NAMELESS, ONE_WORD, OUTPUTS } from "../syntax/messages.ts";
import type { Range } from "../syntax/tree.ts";
import type { Edits } from "./edits.ts";

/** What is written as in another language, in this one: `x = dense(8)(x)` is `dense(8)`. */
export function asMeant(message: string, { start, end }: Range, edits: Edits): Fix | undefined {
  const text = edits.text.lineText(start.line);
  if (message === COMMAS || message === LAYER_COMMA) return { title: "Remove the comma", edits: [edits.replace(start.line, start.character, end.character, "")] };
  if (message.startsWith(JOINED)) return { title: "Write =", edits: [edits.insert(start.line, start.character, "= ")] };
  if (message.endsWith(CLOSES)) return { title: `Close it with ${message[10]}`, edits: [edits.replace(start.line, start.character, end.character, message[10]!)] };
  if (message.startsWith(ONE_WORD)) {
    const before = text.slice(0, start.character).trimEnd().length;
    return { title: `Write ${message.slice(ONE_WORD.length + 2)}`, edits: [edits.replace(start.line, before, start.character, "_")] };
  }
  if (message.startsWith(NAMELESS)) return { title: "Call it Net", edits: [edits.insert(start.line, start.character, "Net ")] };
  if (message === OUTPUTS) {
    const [, before, rest] = /^(\s*)output\s+(.*\S)\s*$/.exec(text) ?? [];
    return before !== undefined && /[(>]/.test(rest!) ? { title: "Let it be what flows last", edits: [edits.replace(start.line, before.length, text.length, rest!)] } : undefined;
  }
  return message === ASSIGNED ? named(text, start.line, edits) : undefined;
}

/** A statement on a line of its own. */
function named(text: string, line: number, edits: Edits): Fix | undefined {
  const [, indent, name, value] = /^(\s*)(\w+)\s*=\s*(\w[^"{;]*?)\s*(?:\/\/.*)?$/.exec(text) ?? [];
  if (indent === undefined || name === undefined || value === undefined || depthOf(value) !== 0) return undefined;
  const [, made, of] = /^(.*\))\(\s*(\w+)\s*\)$/.exec(value) ?? [];
  const [, called, on] = /^(\w+)\(\s*(\w+)\s*\)$/.exec(value) ?? [];
  const whole = on === name ? called! : made === undefined ? `${value} as ${name}` : of === name ? made : `${of} -> ${made} as ${name}`;
  return { title: `Write ${whole.length > 40 ? `… as ${name}` : whole}`, edits: [edits.replace(line, indent.length, indent.length + text.trimStart().replace(/\s*\/\/.*$/, "").trimEnd().length, whole)] };
}

function depthOf(text: string): number {
  let depth = 0;
  for (const c of text) depth += "([".includes(c) ? 1 : ")]".includes(c) ? -1 : 0;
  return depth;
}
