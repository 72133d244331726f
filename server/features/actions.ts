import type { CodeAction, Diagnostic, TextEdit } from "vscode-languageserver-types";
import { type Finding, type Fix, rangeOf } from "../language/index.ts";
import { type Context, defineFeature } from "./define.ts";
import { diagnosticOf } from "./support/diagnostic.ts";
import { overlaps } from "./support/places.ts";

/** Quick fixes: whatever a finding says would do. */
export const actions = defineFeature({
  method: "textDocument/codeAction",
  capability: { codeActionProvider: { codeActionKinds: ["quickfix"] } },
  handler({ document }, { range, context: asked }, context) {
    if (asked.only && !asked.only.some((kind) => kind === "quickfix" || kind === "")) return [];
    const analysis = document.analysis();
    const found: CodeAction[] = [];
    for (const finding of analysis.findings) {
      if (!finding.fixes || finding.fixes.length === 0) continue;
      const diagnostic = diagnosticOf(finding, analysis.path, context);
      if (!diagnostic || !overlaps(diagnostic.range, range)) continue;
      const shown = asked.diagnostics.filter((d) => isSame(d, diagnostic));
      for (const fix of finding.fixes) found.push(actionOf(fix, finding, shown.length > 0 ? shown : [diagnostic], context));
    }
    return found;
  },
});

function actionOf(fix: Fix, finding: Finding, diagnostics: Diagnostic[], context: Context): CodeAction {
  const changes: Record<string, TextEdit[]> = {};
  for (const { site, text } of fix.edits) (changes[context.uriOf(site.file)] ??= []).push({ range: rangeOf(site), newText: text });
  return { title: fix.title, kind: "quickfix", diagnostics, edit: { changes }, ...(finding.fixes?.length === 1 && { isPreferred: true }) };
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character;
}
