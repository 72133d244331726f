import type { Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver-types";
import { type Finding, rangeOf, type Severity } from "../../language/index.ts";
import type { Context } from "../define.ts";

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = { error: 1, warning: 2, information: 3, hint: 4 };
const UNNECESSARY: DiagnosticTag = 1;

/** Undefined for what concerns another file only: that file's own diagnostics say it. */
export function diagnosticOf(finding: Finding, path: string, context: Context): Diagnostic | undefined {
  // What a block of another file does wrong is told where this file uses it.
  const site = finding.site.file === path ? finding.site : finding.related?.find((r) => r.site.file === path)?.site;
  if (!site) return undefined;
  const { severity, message, code, origin } = finding;
  const page = context.pageOf(code);
  const related = [
    ...(origin ? [{ site: origin.site, message: origin.text }] : []),
    ...(site === finding.site ? [] : [{ site: finding.site, message: "here" }]),
    ...(finding.related ?? []),
  ];
  return {
    range: rangeOf(site),
    severity: SEVERITIES[severity],
    source: "nnet",
    code,
    message,
    ...(page !== undefined && { codeDescription: { href: page } }),
    ...(finding.unnecessary && { tags: [UNNECESSARY] }),
    ...(related.length > 0 && { relatedInformation: related.map((r) => ({ location: { uri: context.uriOf(r.site.file), range: rangeOf(r.site) }, message: r.message })) }),
  };
}
