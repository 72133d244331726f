import type { InlayHint, TextEdit } from "vscode-languageserver-types";
import { type Document, formatShape } from "../language/index.ts";
import { defineFeature } from "./define.ts";
import { type Item, itemsOf } from "./support/model-lines.ts";
import { count } from "./support/text.ts";

/** The shape at the end of each line, and the parameters that the line has. */
export const inlay = defineFeature({
  method: "textDocument/inlayHint",
  capability: { inlayHintProvider: true },
  handler({ document }, { range }, { settings }) {
    if (!settings.inlayHints) return [];
    const hints: InlayHint[] = [];
    for (const [line, items] of byLine(document)) {
      if (line < range.start.line || line > range.end.line) continue;
      const hint = hintOf(document, line, items);
      if (hint) hints.push(hint);
    }
    return hints.sort((a, b) => a.position.line - b.position.line);
  },
});

/** By absolute line and column; a block's line gathers what it makes in every model that uses it. */
function byLine(document: Document): Map<number, Item[]> {
  const lines = new Map<number, Map<number, Item>>();
  for (const item of itemsOf(document.analysis())) {
    // What an input is stands there already.
    if (item.runs.every((r) => !r.last.layer && r.last.inputs.length === 0)) continue;
    const { line: base, span } = item.site;
    const line = base.number + span.line;
    const there = lines.get(line) ?? new Map<number, Item>();
    lines.set(line, there);
    const known = there.get(span.start);
    there.set(span.start, known ? { site: known.site, runs: [...known.runs, ...item.runs] } : item);
  }
  return new Map([...lines].map(([line, there]) => [line, [...there.values()]]));
}

function hintOf(document: Document, line: number, items: readonly Item[]): InlayHint | undefined {
  // Branches come before what merges them, whatever stands first in the line.
  const final = items.reduce((a, b) => (b.runs[0]!.last.id > a.runs[0]!.last.id ? b : a));
  const shapes = new Set(final.runs.map((r) => (r.last.type ? formatShape(r.last.type.shape) : "[?]")));
  const [shape] = shapes;
  // In a block that is used with several shapes no single one is true.
  if (shapes.size !== 1 || shape === undefined) return undefined;
  const params = shape === "[?]" ? 0 : paramsOf(items);
  const edits = shape === "[?]" ? [] : ascription(document, line, final, shape);
  return {
    position: { line, character: document.lineText(line).trimEnd().length },
    label: `→ ${shape}${params > 0 ? `  ${count(params)} params` : ""}`,
    kind: 1,
    paddingLeft: true,
    ...(edits.length > 0 && { textEdits: edits }),
  };
}

/** Of the whole line; 0 where it differs from use to use. */
function paramsOf(items: readonly Item[]): number {
  let sum = 0;
  for (const { runs } of items) {
    // A layer that is read again with shared weights counts where it was read first.
    const counts = new Set(runs.filter((r) => r.last.sharesWith === undefined).map((r) => r.params));
    if (counts.size > 1) return 0;
    for (const n of counts) sum += n;
  }
  return sum;
}

/** Double-clicking the hint states the shape after the layer; not where one is stated, or where it may mean something else. */
function ascription(document: Document, line: number, { site, runs }: Item, shape: string): TextEdit[] {
  const { last, inBlock } = runs[0]!;
  if (inBlock || last.via.length > 0) return [];
  const span = last.call?.span ?? site.span;
  const text = document.lineText(line);
  const taken = span.endLine !== site.span.line || /^\s*(as\s+\w+\s*)?:/.test(text.slice(span.end));
  // In `c ? a : b` a colon belongs to the question mark.
  const question = text.includes("?") || /^\s*[?:]/.test(text) || /^\s*[?:]/.test(document.lineText(line + 1));
  if (taken || question) return [];
  const at = { line, character: span.end };
  return [{ range: { start: at, end: at }, newText: ` : ${shape}` }];
}
