import type { CodeLens } from "vscode-languageserver-types";
import { amountsOf } from "../language/graph/amounts.ts";
import { type Analysis, type Model, type Node, runName } from "../language/index.ts";
import { constraintTexts } from "../language/ops/sizes.ts";
import { defineFeature } from "./define.ts";
import { memoryText } from "./support/amounts.ts";
import { batchOf } from "./support/cards.ts";
import { type Connections, connectionsOf, connectionsText } from "./support/comparison.ts";
import { usesOf } from "./support/model-lines.ts";
import { rangeAt } from "./support/places.ts";
import { count, counted } from "./support/text.ts";

/** Above a `train` block what runs it; above a model what it amounts to; above a block how often it is used; above a convolution what it saves. */
export const lens = defineFeature({
  method: "textDocument/codeLens",
  capability: { codeLensProvider: {} },
  handler({ uri, document }, _params, { settings }) {
    const analysis = document.analysis();
    const lenses: CodeLens[] = [];
    for (const { declaration, model } of analysis.models) {
      // A lens without a command is plain text.
      lenses.push({ range: rangeAt(declaration.line, declaration.name.span), command: { title: totals(model, batchOf(analysis, model)), command: "" } });
    }
    const uses = usesOf(analysis);
    for (const declaration of analysis.syntax.declarations) {
      if (declaration.kind !== "block" || declaration.name.text === "") continue;
      lenses.push({ range: rangeAt(declaration.line, declaration.name.span), command: { title: usesText(uses.get(declaration) ?? []), command: "" } });
    }
    for (const { declaration } of analysis.trains) {
      const model = runName(declaration);
      if (model === "") continue;
      lenses.push({ range: rangeAt(declaration.line, declaration.model.span), command: { title: `▶ Train ${model}`, command: "nnet.train", arguments: [uri, model] } });
    }
    if (settings.lensConnections) lenses.push(...connections(analysis));
    return lenses;
  },
});

/** More convolutions than these are not told apart by eye. */
const MOST_CONVOLUTIONS = 50;

function connections({ models, path }: Analysis): CodeLens[] {
  const places = new Map<string, { readonly node: Node; readonly found: Connections; times: number }>();
  for (const { model } of models) {
    for (const node of model.nodes) {
      if (node.layer?.family !== "convolution" || node.site.file !== path) continue;
      const key = `${node.site.line.number + node.site.span.line}:${node.site.span.start}`;
      const known = places.get(key);
      const found = known ? undefined : places.size < MOST_CONVOLUTIONS && connectionsOf(node, model.nodes[node.inputs[0] ?? -1]?.type?.shape);
      if (known) known.times++;
      else if (found) places.set(key, { node, found, times: 1 });
    }
  }
  return [...places.values()].map(({ node: { site }, found, times }) => ({ range: rangeAt(site.line, site.span), command: { title: `${connectionsText(found)}${times > 1 ? `, the first of ${times}` : ""}`, command: "" } }));
}

function totals(model: Model, batch: number | undefined): string {
  const { totals: { params, macs, unknown }, complete } = model;
  if (complete && unknown.length === 0) {
    const needs = constraintTexts(model.nodes.flatMap((n) => n.constraints));
    return [`${count(params)} params`, `${count(macs)} MACs`, memoryText(amountsOf(model, batch)), ...needs].join(" · ");
  }
  const what = unknown.length > 0 ? counted(unknown.length, "layer") : "a part";
  return `${count(params)} params without ${what} that could not be worked out`;
}

/** In the models of this file: how often, and what that comes to. */
function usesText(runs: readonly number[]): string {
  if (runs.length === 0) return "not used in this file";
  const params = runs.reduce((a, b) => a + b, 0);
  const [least, most] = runs.reduce(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Infinity, 0]);
  const each = runs.length === 1 ? "" : least === most ? ` (${count(least)} each)` : ` (${count(least)} to ${count(most)} each)`;
  return `${counted(runs.length, "use")}${params > 0 ? ` · ${count(params)} params${each}` : ""}`;
}
