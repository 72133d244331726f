import { defineFeature } from "./define.ts";
import { Symbols } from "./support/symbols.ts";

/** Every place where what the cursor is on is named, in all files that can see it. */
export const references = defineFeature({
  method: "textDocument/references",
  capability: { referencesProvider: true },
  handler({ uri }, { position, context: { includeDeclaration } }, { files }) {
    const source = files.byUri(uri);
    const symbols = new Symbols(files);
    const found = source && symbols.at(source, position);
    const symbol = found && symbols.of(found.use, source);
    if (!symbol) return [];
    return symbols.uses(symbol, source).filter((f) => includeDeclaration || f.use.role !== "declaration").map((f) => ({ uri: f.source.uri, range: f.range }));
  },
});
