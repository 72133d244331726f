import type { DocumentLink } from "vscode-languageserver-types";
import type { LineRef, Span } from "../language/syntax/tree.ts";
import { defineFeature } from "./define.ts";
import { dataFilesOf } from "./support/columns.ts";
import { rangeAt } from "./support/places.ts";

/** Paths that lead to a file: of imports, and of data. */
export const links = defineFeature({
  method: "textDocument/documentLink",
  capability: { documentLinkProvider: { resolveProvider: false } },
  handler({ uri }, _params, { files, uriOf }) {
    const source = files.byUri(uri);
    const found: DocumentLink[] = [];
    const link = (line: LineRef, { line: row, start, endLine, end }: Span, target: string | undefined): void => {
      // Without its quotes.
      if (target !== undefined) found.push({ range: rangeAt(line, { line: row, start: start + 1, endLine, end: end - 1 }), target });
    };
    for (const d of source?.syntax.declarations ?? []) {
      if (d.kind === "import" && d.path && /^\.\.?\//.test(d.path.value)) {
        const path = files.resolve(source!.path, d.path.value);
        link(d.line, d.path.span, path === undefined ? undefined : uriOf(path));
      }
      for (const file of dataFilesOf(d)) if (file.value !== "") link(file.line, file.text.span, files.target(source!.path, file.value));
    }
    return found;
  },
});
