import { Diagnostic, DiagnosticSeverity, type Disposable, languages, Range, Uri, workspace } from "vscode";
import type { ErrorEvent } from "../../../server/trainer/protocol.ts";
import type { Runs } from "./runs.ts";

/** What a run found wrong, where it stands: kept until the place is edited or the file trains again. */
export function markFindings(runs: Runs): Disposable {
  const collection = languages.createDiagnosticCollection("nnet train");
  const marked = new Map<string, Uri>();
  const parts = [
    collection,
    runs.onDidStart((run) => {
      const before = marked.get(run.uri.toString());
      if (before) collection.delete(before);
    }),
    runs.onDidHappen(({ run, event }) => {
      if (event.event !== "error" || event.file === undefined) return;
      const uri = Uri.file(event.file);
      marked.set(run.uri.toString(), uri);
      collection.set(uri, [finding(event)]);
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) collection.delete(document.uri);
    }),
  ];
  return { dispose: () => parts.forEach((p) => p.dispose()) };
}

function finding(event: ErrorEvent): Diagnostic {
  const line = Math.max(0, (event.line ?? 1) - 1);
  const column = Math.max(0, (event.column ?? 1) - 1);
  const diagnostic = new Diagnostic(new Range(line, column, line, event.column === undefined ? Number.MAX_SAFE_INTEGER : column + 1), event.message, DiagnosticSeverity.Error);
  diagnostic.source = "nnet train";
  diagnostic.code = event.code;
  return diagnostic;
}
