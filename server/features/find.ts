import type { SymbolKind, WorkspaceSymbol } from "vscode-languageserver-types";
import { defineWorkspaceFeature } from "./define.ts";
import { isNamed } from "./support/symbols.ts";
import { rangeAt } from "./support/places.ts";

const KINDS: Readonly<Record<"model" | "block" | "data", SymbolKind>> = { model: 5, block: 11, data: 23 };
/** More than anyone looks through. */
const MOST = 500;

/** Models, blocks and data of every text of the workspace, by letters of their name. */
export const find = defineWorkspaceFeature({
  method: "workspace/symbol",
  capability: { workspaceSymbolProvider: true },
  handler({ query }, { files }) {
    const found: { readonly symbol: WorkspaceSymbol; readonly score: number }[] = [];
    for (const { syntax, uri } of files.all()) {
      for (const d of syntax.declarations) {
        if (!isNamed(d) || d.name.text === "") continue;
        const score = scoreOf(query, d.name.text);
        const symbol = { name: d.name.text, kind: KINDS[d.kind], containerName: decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1)), location: { uri, range: rangeAt(d.line, d.name.span) } };
        if (score !== undefined) found.push({ symbol, score });
      }
    }
    return found.sort((a, b) => a.score - b.score || (a.symbol.name < b.symbol.name ? -1 : 1)).slice(0, MOST).map((f) => f.symbol);
  },
});

/** Smaller is nearer: letters in their order, as few others as possible before and between; undefined where one is missing. */
function scoreOf(query: string, name: string): number | undefined {
  const [wanted, text] = [query.toLowerCase(), name.toLowerCase()];
  let at = -1;
  let skipped = 0;
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    skipped += next - at - 1;
    at = next;
  }
  return skipped + (wanted === text ? -1 : 0);
}
