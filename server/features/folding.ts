import type { FoldingRange } from "vscode-languageserver-types";
import { lex } from "../language/syntax/lines.ts";
import * as t from "../language/syntax/tokens.ts";
import { defineFeature } from "./define.ts";

/** `// #region` … `// #endregion`, as VS Code writes them. */
const REGION = /^\/\/\s*#(end)?region\b/;

/** Whatever stands in brackets over several lines, runs of comments and of imports, and regions. */
export const folding = defineFeature({
  method: "textDocument/foldingRange",
  capability: { foldingRangeProvider: true },
  handler({ document }) {
    const ranges: FoldingRange[] = [];
    const started = new Set<number>();
    let open: number[] = [];
    const regions: number[] = [];
    let run: { readonly kind: "comment" | "imports"; readonly start: number; end: number } | undefined;
    const endRun = (): void => {
      if (run && run.end > run.start) ranges.push({ startLine: run.start, endLine: run.end, kind: run.kind });
      run = undefined;
    };
    for (let row = 0; row < document.lineCount; row++) {
      const { tokens, comment } = lex(document.lineText(row));
      const region = tokens.length === 0 && comment ? REGION.exec(comment.text) : null;
      if (region?.[1]) {
        const start = regions.pop();
        if (start !== undefined) ranges.push({ startLine: start, endLine: row, kind: "region" });
      } else if (region) regions.push(row);
      const kind = tokens[0]?.tokenType === t.Import ? "imports" : tokens.length === 0 && comment && !region ? "comment" : undefined;
      if (kind !== run?.kind) endRun();
      if (kind && run) run.end = row;
      else if (kind) run = { kind, start: row, end: row };
      // A bracket that was never closed ends where the next declaration begins.
      if (t.beginsDeclaration(tokens)) open = [];
      for (const { tokenType } of tokens) {
        if (tokenType === t.LCurly || tokenType === t.LParen || tokenType === t.LSquare) open.push(row);
        else if (tokenType === t.RCurly || tokenType === t.RParen || tokenType === t.RSquare) {
          const start = open.pop();
          // The line of the closing bracket stays in sight.
          if (start === undefined || row - 1 <= start || started.has(start)) continue;
          started.add(start);
          ranges.push({ startLine: start, endLine: row - 1 });
        }
      }
    }
    endRun();
    return ranges;
  },
});
