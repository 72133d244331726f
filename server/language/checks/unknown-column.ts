import type { Expr, Site } from "../syntax/tree.ts";
import { didYouMean } from "../suggest.ts";
import { defineCheck } from "./define.ts";
import { columnName, entryOf, fileOf } from "./fixes.ts";

/** Settings of a `data` block that name columns. */
const NAMING = ["label", "features", "categories", "split"];
/** So many of one setting are told. */
const MOST_TOLD = 100;
/** Of a header this many names are shown. */
const MOST = 12;

/**
 * A column that the data file does not have: reading it ends before the first step. Names are compared with the file's
 * own header.
 * Guards: a file that is not known, or has no columns; a `split` of numbers.
 */
export const unknownColumn = defineCheck({
  code: "unknown-column",
  needsData: true,
  explains: ["units-against-classes", "features-unscaled"],
  *train({ data, model }) {
    const { profile, declaration } = data ?? {};
    if (!profile || !declaration || profile.label) return;
    const file = fileOf(model);
    const names = profile.columns.map((c) => c.name);
    const known = new Set(names);
    for (const key of NAMING) {
      const entry = entryOf(declaration, key);
      for (const { text, span, quoted } of (entry ? wordsOf(entry.value) : []).filter((w) => !known.has(w.text)).slice(0, MOST_TOLD)) {
        const site: Site = { file, line: entry!.line ?? declaration.line, span };
        const near = didYouMean(text, names);
        const shown = names.length > MOST ? `${names.slice(0, 6).join(", ")}, … ${names.slice(-3).join(", ")} (${names.length} columns)` : names.join(", ");
        yield {
          code: "unknown-column", severity: "error", site,
          message: `the data file has no column ${text}${near.text || `; it has ${shown}`}`,
          ...(near.name !== undefined && { fixes: [{ title: `Change to ${near.name}`, edits: [{ site, text: quoted ? JSON.stringify(near.name) : columnName(near.name) }] }] }),
        };
      }
    }
  },
});

function wordsOf(value: Expr): { readonly text: string; readonly span: Expr["span"]; readonly quoted: boolean }[] {
  if (value.kind === "name") return [{ text: value.name, span: value.span, quoted: false }];
  if (value.kind === "text") return [{ text: value.value, span: value.span, quoted: true }];
  if (value.kind === "call") return value.args.flatMap((a) => wordsOf(a.value));
  return value.kind === "list" ? value.items.flatMap(wordsOf) : [];
}
