import type { Diagnostic } from "vscode-languageserver-types";
import { grouped } from "../language/digits.ts";
import type { Analysis } from "../language/index.ts";
import { type Context, defineFeature, type DiagnosticReport } from "./define.ts";
import { diagnosticOf } from "./support/diagnostic.ts";
import { fingerprint } from "./support/fingerprint.ts";

/** More than anyone reads; an editor slows down on them. */
const MOST = 1000;

/** For editors that ask; the server sends them unasked to the others. */
export const diagnostics = defineFeature({
  method: "textDocument/diagnostic",
  capability: { diagnosticProvider: { identifier: "nnet", interFileDependencies: true, workspaceDiagnostics: false } },
  handler({ document }, { previousResultId }, context): DiagnosticReport {
    const items = diagnosticsOf(document.analysis(), context);
    const resultId = fingerprint(JSON.stringify(items));
    return resultId === previousResultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
  },
});

export function diagnosticsOf(analysis: Analysis, context: Context, findings = analysis.findings): Diagnostic[] {
  const shown = findings.slice(0, MOST).flatMap((f) => diagnosticOf(f, analysis.path, context) ?? []);
  const rest = findings.length - MOST;
  const last = shown[shown.length - 1];
  if (rest > 0 && last) shown.push({ range: last.range, severity: 3, source: "nnet", code: "more-findings", message: `${grouped(rest)} more findings follow, and are not shown; nnet check lists them all` });
  return shown;
}
