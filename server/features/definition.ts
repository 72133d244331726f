import type { Location } from "vscode-languageserver-types";
import type { DataDecl, Declaration, ModelDecl } from "../language/syntax/tree.ts";
import * as t from "../language/syntax/tokens.ts";
import { defineFeature } from "./define.ts";
import { cursorAt } from "./support/cursor.ts";
import { rangeAt, touches } from "./support/places.ts";

/** Where a name is given: let, as, input, shared, a parameter or loop variable; a model, block or data. */
export const definition = defineFeature({
  method: "textDocument/definition",
  capability: { definitionProvider: true },
  handler({ uri, document }, { position }): Location | null {
    const cursor = cursorAt(document, position);
    const { text } = cursor.word;
    if (cursor.quiet || text === "") return null;
    const declared = document.analysis().syntax.declarations.filter(isNamed).filter((d) => d.name.text === text);
    const place = (d: DataDecl | ModelDecl | undefined): Location | null => (d ? { uri, range: rangeAt(d.line, d.name.span) } : null);

    const first = cursor.statement[0]?.tokenType;
    if (cursor.braces.length === 0 && first === t.Train && cursor.brackets.length === 0) {
      return place(declared.find((d) => d.kind === (cursor.before?.tokenType === t.On ? "data" : "model")));
    }
    const itself = declared.find((d) => touches(rangeAt(d.line, d.name.span), position));
    if (itself) return place(itself);
    const bound = cursor.names.findLast((n) => n.name === text);
    return bound ? { uri, range: bound.range } : place(declared.find((d) => d.kind !== "data"));
  },
});

function isNamed(d: Declaration): d is DataDecl | ModelDecl {
  return d.kind === "data" || d.kind === "model" || d.kind === "block";
}
