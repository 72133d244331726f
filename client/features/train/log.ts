import { type Disposable, workspace } from "vscode";
import type { LazyOutput } from "../../infrastructure/output.ts";
import type { Runs } from "./runs.ts";
import { closing, columns, heading, row } from "./table.ts";

/** Writes each run to the output channel: a heading, a line per epoch, how it ended. */
export function logRuns(runs: Runs, output: LazyOutput): Disposable {
  const happened = runs.onDidHappen(({ run, event }) => {
    const lines =
      event.event === "start" ? heading(event, workspace.asRelativePath(run.uri))
      : event.event === "epoch" ? [...(run.epochs.length === 1 ? [columns(event)] : []), row(event, run.start?.epochs ?? event.epoch)]
      : event.event === "end" || event.event === "error" ? closing(run)
      : [];
    for (const line of lines) output.line(line);
  });
  const started = runs.onDidStart(() => output.show());
  return { dispose: () => (happened.dispose(), started.dispose()) };
}
