import type { Fix } from "../findings.ts";
import { layers } from "../layers/index.ts";
import type { Cause, Range } from "../syntax/tree.ts";
import type { Edits } from "./edits.ts";

/** What is written as in another language, in this one: `x = dense(8)(x)` is `dense(8)`. */
export function asMeant(cause: Cause | undefined, { start }: Range, edits: Edits): Fix | undefined {
  const text = edits.text.lineText(start.line);
  if (cause?.kind === "assigned") return named(text, start.line, edits);
  if (cause?.kind !== "output-of-layers") return undefined;
  const [, before, rest] = /^(\s*)output\s+(.*\S)\s*$/.exec(text) ?? [];
  return before !== undefined && /[(>]/.test(rest!) ? { title: "Let it be what flows last", edits: [edits.replace(start.line, before.length, text.length, rest!)] } : undefined;
}

/** A statement on a line of its own. */
function named(text: string, line: number, edits: Edits): Fix | undefined {
  const [, indent, name, value] = /^(\s*)(\w+)\s*=\s*(\w[^"{;]*?)\s*(?:\/\/.*)?$/.exec(text) ?? [];
  if (indent === undefined || name === undefined || value === undefined || depthOf(value) !== 0) return undefined;
  const [, made, of] = /^(.*\))\(\s*(\w+)\s*\)$/.exec(value) ?? [];
  const [, called, on] = /^(\w+)\(\s*(\w+)\s*\)$/.exec(value) ?? [];
  const plain = called !== undefined && takesNothing(called) ? `${on} -> ${called} as ${name}` : undefined;
  // Arithmetic is no layer.
  if (!/[a-z]\w*\s*\(|->/i.test(value) && /[-+*/%]|^\d/.test(value)) return { title: `Write let ${name} = …`, edits: [edits.insert(line, indent.length, "let ")] };
  const whole = name === "activation" ? value : on === name ? called! : plain ?? (made === undefined ? `${value} as ${name}` : of === name ? made : `${of} -> ${made} as ${name}`);
  return { title: `Write ${whole.length > 40 ? `… as ${name}` : whole}`, edits: [edits.replace(line, indent.length, indent.length + text.trimStart().replace(/\s*\/\/.*$/, "").trimEnd().length, whole)] };
}

/** A layer that needs no arguments: what stands in its parentheses is what flows in. */
function takesNothing(name: string): boolean {
  const layer = layers.get(name);
  return layer !== undefined && layer.inputs === "one" && Object.keys(layer.params as object).length === 0;
}

function depthOf(text: string): number {
  let depth = 0;
  for (const c of text) depth += "([".includes(c) ? 1 : ")]".includes(c) ? -1 : 0;
  return depth;
}
