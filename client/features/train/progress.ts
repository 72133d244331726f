import { type Disposable, ProgressLocation, window } from "vscode";
import type { TrainerEvent } from "../../../server/trainer/protocol.ts";
import type { Run, Runs } from "./runs.ts";
import { number, percent } from "./table.ts";

/** A notification per run with its progress and a Cancel button. */
export function showProgress(runs: Runs): Disposable {
  return runs.onDidStart((run) => {
    void window.withProgress({ location: ProgressLocation.Notification, title: `Training ${run.model ?? ""}`.trim(), cancellable: true }, async (progress, token) => {
      token.onCancellationRequested(() => run.cancel());
      progress.report({ message: "starting the engine…" });
      let shown = 0;
      const listener = runs.onDidHappen(({ run: which, event }) => {
        if (which !== run) return;
        const message = describe(run, event);
        if (message === undefined) return;
        const now = share(run);
        progress.report({ message, increment: (now - shown) * 100 });
        shown = now;
      });
      await run.ended;
      listener.dispose();
    });
  });
}

function describe(run: Run, event: TrainerEvent): string | undefined {
  const epochs = run.start?.epochs;
  if (event.event === "start") return `reading done, ${event.engine} engine`;
  if (event.event === "step") return `epoch ${event.epoch}/${epochs}, step ${event.step}/${event.steps}, loss ${number(event.loss)}`;
  if (event.event !== "epoch") return undefined;
  const accuracy = event.valAccuracy ?? event.accuracy;
  return `epoch ${event.epoch}/${epochs}, loss ${number(event.loss)}${accuracy === null ? "" : `, accuracy ${percent(accuracy)}`}`;
}

/** Share of the run that is over, in [0, 1]. */
export function share(run: Pick<Run, "start" | "step" | "epochs">): number {
  if (!run.start) return 0;
  const whole = run.epochs.length;
  const part = run.step && run.step.epoch > whole && run.step.steps > 0 ? run.step.step / run.step.steps : 0;
  return Math.min(1, (whole + part) / Math.max(1, run.start.epochs));
}
