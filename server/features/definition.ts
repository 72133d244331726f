import type { Location } from "vscode-languageserver-types";
import { type Context, defineFeature } from "./define.ts";
import { columnsOf, sourcePathOf } from "./support/columns.ts";
import { cursorAt } from "./support/cursor.ts";
import { rangeAt, touches } from "./support/places.ts";
import { type Found, Symbols } from "./support/symbols.ts";

/** Where a name is given: in a body, as a declaration of this file or another, or as a column of the data file. */
export const definition = defineFeature({
  method: "textDocument/definition",
  capability: { definitionProvider: true },
  handler({ uri, document }, { position }, context): Location | null {
    const source = context.files.byUri(uri);
    if (!source) return null;
    const symbols = new Symbols(context.files);
    for (const d of source.syntax.declarations) {
      if (d.kind !== "import" || !d.path || !touches(rangeAt(d.line, d.path.span), position)) continue;
      const other = symbols.imported(source, d.path.value);
      return other ? { uri: other.uri, range: START } : null;
    }
    const found = symbols.at(source, position);
    if (found?.use.means.kind === "column") return columnPlace(found, context);
    const place = found && symbols.of(found.use, source)?.place;
    if (place) return { uri: place.source.uri, range: rangeAt(place.line, place.span) };
    // What is being typed may not be in the tree.
    const { quiet, word, names } = cursorAt(document, position);
    const bound = quiet || found ? undefined : names.findLast((n) => n.name === word.text);
    return bound ? { uri, range: bound.range } : null;
  },
});

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Its place in the header line. */
function columnPlace({ source, use }: Found, { files }: Context): Location | null {
  const path = sourcePathOf(source, use.line.number + use.span.line);
  const header = path && !path.arrays && files.header(source.path, path.value);
  const column = header && columnsOf(header.text, path.delimiter).find((c) => c.name === use.name);
  return column ? { uri: header.uri, range: { start: { line: 0, character: column.start }, end: { line: 0, character: column.end } } } : null;
}

