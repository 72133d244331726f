import { type Disposable, workspace } from "vscode";
import type { LazyOutput } from "../../infrastructure/output.ts";
import type { Run, Runs } from "./runs.ts";
import { closing, columns, heading, row, which } from "./table.ts";

/** Before the first epoch, of each training. */
function head({ epochs, start }: Run): string[] {
  const [event, before] = [epochs.at(-1)!, epochs.at(-2)];
  if (before && before.member === event.member && before.fold === event.fold) return [];
  return [...(before ? [""] : []), ...[which(event, start)].filter((w) => w !== undefined), columns(event)];
}

/** Writes each run to the output channel: a heading, a line per epoch, how it ended. */
export function logRuns(runs: Runs, output: LazyOutput): Disposable {
  const happened = runs.onDidHappen(({ run, event }) => {
    const lines =
      event.event === "start" ? heading(event, workspace.asRelativePath(run.uri))
      : event.event === "epoch" ? [...head(run), row(event, run.start?.epochs ?? event.epoch)]
      : event.event === "end" || event.event === "error" ? closing(run)
      : [];
    for (const line of lines) output.line(line);
  });
  const started = runs.onDidStart(() => output.show());
  return { dispose: () => (happened.dispose(), started.dispose()) };
}
