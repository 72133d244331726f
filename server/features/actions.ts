import type { CodeAction, Diagnostic, Range, TextEdit } from "vscode-languageserver-types";
import { type Document, fixesOf, type Fix, isCheck, rangeOf, Trials } from "../language/index.ts";
import { type Context, defineFeature, type Opened } from "./define.ts";
import { allowing } from "./support/allowance.ts";
import { diagnosticOf } from "./support/diagnostic.ts";
import { fixAll } from "./support/fix-all.ts";
import { overlaps } from "./support/places.ts";
import { previewOf } from "./support/preview.ts";

/** Findings at one place that a menu is made of: more than anyone looks through. */
const MOST_FINDINGS = 50;
const FIX_ALL = "source.fixAll.nnet";

/** Quick fixes: what would do about a finding, each with its consequences; and all safe ones at once. */
export const actions = defineFeature({
  method: "textDocument/codeAction",
  capability: { codeActionProvider: { codeActionKinds: ["quickfix", FIX_ALL] } },
  handler(opened, { range, context: asked }, context) {
    const wants = (kind: string): boolean => !asked.only || asked.only.some((k) => k === "" || kind === k || kind.startsWith(`${k}.`));
    return [
      ...(wants("quickfix") ? quickFixes(opened.document, range, asked.diagnostics, context) : []),
      // Only when asked for by its kind: it is worked out by mending the text again and again.
      ...(asked.only && wants(FIX_ALL) ? everything(opened) : []),
    ];
  },
});

function quickFixes(document: Document, range: Range, asked: readonly Diagnostic[], context: Context): CodeAction[] {
  const analysis = document.analysis();
  const found: CodeAction[] = [];
  const trials = new Trials(1, Date.now);
  let findings = 0;
  for (const finding of analysis.findings) {
    const diagnostic = diagnosticOf(finding, analysis.path, context);
    if (!diagnostic || !overlaps(diagnostic.range, range)) continue;
    if (++findings > MOST_FINDINGS) break;
    const shown = asked.filter((d) => isSame(d, diagnostic));
    const fixes = fixesOf(finding, analysis, document, trials);
    for (const fix of fixes) {
      const preview = previewOf(document, finding, fix, trials);
      // What a check proposes is shown only where it helps.
      if (preview?.cures === false && isCheck(finding.code)) continue;
      const consequences = preview?.consequences ? `: ${preview.consequences}` : "";
      found.push({
        title: `${fix.title}${consequences}`,
        kind: "quickfix",
        diagnostics: shown.length > 0 ? shown : [diagnostic],
        edit: { changes: changesOf(fix, context) },
        ...(fixes.length === 1 && preview?.cures !== false && { isPreferred: true }),
      });
    }
    const allowed = allowing(document, finding);
    if (!allowed) continue;
    const { line, character, text } = allowed;
    const place = { line, character };
    found.push({
      title: `Allow ${finding.code} here, with a reason …`,
      kind: "quickfix",
      diagnostics: shown.length > 0 ? shown : [diagnostic],
      edit: { changes: { [context.uriOf(document.path)]: [{ range: { start: place, end: place }, newText: text }] } },
    });
  }
  return found;
}

function everything({ uri, document }: Opened): CodeAction[] {
  const text = fixAll(document);
  if (text === undefined) return [];
  const whole = { start: { line: 0, character: 0 }, end: { line: document.lineCount, character: 0 } };
  return [{ title: "Fix all that can be fixed safely", kind: FIX_ALL, edit: { changes: { [uri]: [{ range: whole, newText: text }] } } }];
}

function changesOf(fix: Fix, context: Context): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { site, text } of fix.edits) (changes[context.uriOf(site.file)] ??= []).push({ range: rangeOf(site), newText: text });
  return changes;
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character;
}

