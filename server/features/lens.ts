import type { CodeLens } from "vscode-languageserver-types";
import type { Model } from "../language/index.ts";
import { defineFeature } from "./define.ts";
import { rangeAt } from "./support/places.ts";
import { count, counted } from "./support/text.ts";

/** Above a `train` block what runs it; above a model what it amounts to. */
export const lens = defineFeature({
  method: "textDocument/codeLens",
  capability: { codeLensProvider: {} },
  handler({ uri, document }) {
    const { models, trains } = document.analysis();
    const lenses: CodeLens[] = [];
    for (const { declaration, model } of models) {
      // A lens without a command is plain text.
      lenses.push({ range: rangeAt(declaration.line, declaration.name.span), command: { title: totals(model), command: "" } });
    }
    for (const { declaration } of trains) {
      const model = declaration.model.text;
      if (model === "") continue;
      lenses.push({ range: rangeAt(declaration.line, declaration.model.span), command: { title: `▶ Train ${model}`, command: "nnet.train", arguments: [uri, model] } });
    }
    return lenses;
  },
});

function totals({ totals: { params, macs, unknown }, complete }: Model): string {
  if (complete && unknown.length === 0) return `${count(params)} params · ${count(macs)} MACs`;
  const what = unknown.length > 0 ? counted(unknown.length, "layer") : "a part";
  return `${count(params)} params without ${what} that could not be worked out`;
}
