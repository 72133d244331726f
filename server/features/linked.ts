import { defineFeature } from "./define.ts";
import { Symbols } from "./support/symbols.ts";

/** Names that only their own body knows: typing one types all. What other files may name takes a rename. */
export const linked = defineFeature({
  method: "textDocument/linkedEditingRange",
  capability: { linkedEditingRangeProvider: true },
  handler({ uri }, { position }, { files }) {
    const source = files.byUri(uri);
    const symbols = new Symbols(files);
    const found = source && symbols.at(source, position);
    const symbol = found && symbols.of(found.use, source);
    if (!source || !symbol?.place || found?.use.means.kind !== "local" || symbols.ownerOf(symbol)?.kind === "block") return null;
    const ranges = symbols.usesIn(source, symbol).map((f) => f.range);
    return ranges.length > 1 ? { ranges, wordPattern: "[A-Za-z_][A-Za-z0-9_]*" } : null;
  },
});
