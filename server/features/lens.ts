import type { CodeLens } from "vscode-languageserver-types";
import { amountsOf } from "../language/graph/amounts.ts";
import type { Model } from "../language/index.ts";
import { constraintTexts } from "../language/ops/sizes.ts";
import { defineFeature } from "./define.ts";
import { memoryText } from "./support/amounts.ts";
import { batchOf } from "./support/cards.ts";
import { usesOf } from "./support/model-lines.ts";
import { rangeAt } from "./support/places.ts";
import { count, counted } from "./support/text.ts";

/** Above a `train` block what runs it; above a model what it amounts to; above a block how often it is used. */
export const lens = defineFeature({
  method: "textDocument/codeLens",
  capability: { codeLensProvider: {} },
  handler({ uri, document }) {
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
      const model = declaration.model.text;
      if (model === "") continue;
      lenses.push({ range: rangeAt(declaration.line, declaration.model.span), command: { title: `▶ Train ${model}`, command: "nnet.train", arguments: [uri, model] } });
    }
    return lenses;
  },
});

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
