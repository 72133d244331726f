import type { InlayHint, Range, TextEdit } from "vscode-languageserver-types";
import { type Document, formatShape } from "../language/index.ts";
import { defineFeature, type Settings } from "./define.ts";
import { broadcastOf } from "./support/facts.ts";
import { runText, usage } from "./support/layer-card.ts";
import { type Item, itemsIn, rowsFor } from "./support/model-lines.ts";
import { signalHint } from "./support/signal-text.ts";
import { count } from "./support/text.ts";

/** The shape at the end of each line, and the parameters that the line has. */
export const inlay = defineFeature({
  method: "textDocument/inlayHint",
  capability: { inlayHintProvider: { resolveProvider: true } },
  handler({ uri, document }, { range }, { settings }) {
    if (!settings.inlayHints) return [];
    const hints: InlayHint[] = [];
    for (const [line, items] of byLine(document, range)) {
      const hint = hintOf(document, line, items, settings);
      if (hint) hints.push({ ...hint, data: { uri, line } });
    }
    return hints.sort((a, b) => a.position.line - b.position.line);
  },
  resolve: {
    method: "inlayHint/resolve",
    handler(hint, opened) {
      const { uri, line } = hint.data as { uri: string; line: number };
      const document = opened(uri)?.document;
      const at = { start: { line, character: 0 }, end: { line, character: 0 } };
      const items = document && byLine(document, at).get(line);
      return items ? { ...hint, tooltip: { kind: "markdown" as const, value: tooltipOf(items) } } : hint;
    },
  },
});

/** By absolute line and column; a block's line gathers what it makes in every model that uses it. */
function byLine(document: Document, { start, end }: Range): Map<number, Item[]> {
  const lines = new Map<number, Map<number, Item>>();
  const lineOf = ({ line, span }: Item["site"]): number => line.number + span.line;
  for (const item of itemsIn(document.analysis(), (site) => lineOf(site) >= start.line && lineOf(site) <= end.line)) {
    const { span } = item.site;
    const line = lineOf(item.site);
    // What an input is stands there already.
    if (item.runs.every((r) => !r.last.layer && r.last.inputs.length === 0)) continue;
    const there = lines.get(line) ?? new Map<number, Item>();
    lines.set(line, there);
    const known = there.get(span.start);
    there.set(span.start, known ? { site: known.site, runs: [...known.runs, ...item.runs] } : item);
  }
  return new Map([...lines].map(([line, there]) => [line, [...there.values()]]));
}

/** What the line ends with: branches come before what merges them, whatever stands first. */
function finalOf(items: readonly Item[]): Item {
  return items.reduce((a, b) => (b.runs[0]!.last.id > a.runs[0]!.last.id ? b : a));
}

function hintOf(document: Document, line: number, items: readonly Item[], settings: Settings): InlayHint | undefined {
  const final = finalOf(items);
  const shapes = [...new Set(final.runs.map((r) => (r.last.type ? formatShape(r.last.type.shape) : "[?]")))];
  const [shape] = shapes;
  const single = shapes.length === 1 && shape !== "[?]" ? shape : undefined;
  const params = shape === "[?]" ? "" : paramsText(items);
  const spread = single === undefined ? [] : broadcastOf(final.runs[0]!.last, final.runs[0]!.model).map(formatShape);
  const label = [settings.inlayShapes && `→ ${shapesText(shapes)}${spread.length > 0 ? ` (${spread.join(", ")} broadcasts)` : ""}`, settings.inlayParameters && params, settings.inlaySignal && signalOf(items, document)].filter(Boolean).join("  ");
  if (label === "") return undefined;
  const edits = single === undefined ? [] : ascription(document, line, final, single);
  return {
    position: { line, character: document.lineText(line).trimEnd().length },
    label,
    kind: 1,
    paddingLeft: true,
    ...(edits.length > 0 && { textEdits: edits }),
  };
}

/** Of the first time that the line is read. */
function signalOf(items: readonly Item[], document: Document): string {
  const { model } = items[0]!.runs[0]!;
  const nodes = items.flatMap(({ runs }) => runs.filter((r) => r.model === model && !r.inBlock).slice(0, 1).map((r) => r.last));
  return nodes.length === 0 ? "" : signalHint(model, nodes, rowsFor(model, document.analysis()));
}

/** A line in a block or loop may give a different shape each time. */
function shapesText(shapes: readonly string[]): string {
  const text = shapes.join(" | ");
  return text.length <= LONGEST ? text : `${shapes.length} shapes`;
}

/** Longer lists of shapes are told by their number; the tooltip has them. */
const LONGEST = 40;

/** Of the whole line, each time that it is read: "80 params", "80 to 320 params". Weights that are shared count where they are read first. */
function paramsText(items: readonly Item[]): string {
  let [least, most] = [0, 0];
  for (const { runs } of items) {
    const counts = runs.filter((r) => r.last.sharesWith === undefined).map((r) => r.params);
    if (counts.length === 0) continue;
    least += Math.min(...counts);
    most += Math.max(...counts);
  }
  if (most === 0) return "";
  return `${least === most ? "" : `${count(least)} to `}${count(most)} params`;
}

/** Each layer of the line, by what flows through it. */
function tooltipOf(items: readonly Item[]): string {
  return items.slice(0, MOST_LAYERS).flatMap(({ runs }) => {
    const [run] = runs;
    if (!run) return [];
    const several = usage(runs);
    return [`${run.inBlock ? "" : `${run.last.layer?.name ?? run.last.name}: `}${runText(run)}${several ? `\n\n${several}` : ""}`];
  }).join("\n\n");
}

const MOST_LAYERS = 20;

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
