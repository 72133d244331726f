import type { DocumentHighlightKind } from "vscode-languageserver-types";
import { defineFeature } from "./define.ts";
import { Symbols } from "./support/symbols.ts";
import type { Role } from "./support/uses.ts";

const KINDS: Readonly<Record<Role, DocumentHighlightKind>> = { read: 2, write: 3, declaration: 3 };

/** The places of a name in this text: where it is given, and where it is read. */
export const highlight = defineFeature({
  method: "textDocument/documentHighlight",
  capability: { documentHighlightProvider: true },
  handler({ uri }, { position }, { files }) {
    const source = files.byUri(uri);
    const symbols = new Symbols(files);
    const found = source && symbols.at(source, position);
    const symbol = found && symbols.of(found.use, source);
    if (!symbol) return null;
    return symbols.usesIn(source, symbol).map(({ use, range }) => ({ range, kind: KINDS[use.role] }));
  },
});
