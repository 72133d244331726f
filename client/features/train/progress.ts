import { type Disposable, ProgressLocation, window } from "vscode";
import type { TrainerEvent, Which } from "../../../server/trainer/protocol.ts";
import type { Run, Runs } from "./runs.ts";
import { number, percent, which } from "./table.ts";

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
  const of = "epoch" in event ? which(event, run.start) : undefined;
  const prefix = of === undefined ? "" : `${of}, `;
  if (event.event === "start") return `reading done, ${event.engine} engine`;
  if (event.event === "step") return `${prefix}epoch ${event.epoch}/${epochs}, step ${event.step}/${event.steps}, loss ${number(event.loss)}`;
  if (event.event !== "epoch") return undefined;
  const accuracy = event.valAccuracy ?? event.accuracy;
  return `${prefix}epoch ${event.epoch}/${epochs}, loss ${number(event.loss)}${accuracy === null ? "" : `, accuracy ${percent(accuracy)}`}`;
}

/** Share of the run that is over, in [0, 1]; of several trainings each is as long as it may be. */
export function share({ start, step, epochs }: Pick<Run, "start" | "step" | "epochs">): number {
  if (!start) return 0;
  const last = epochs.at(-1);
  const done = step && (!last || numberOf(step) > numberOf(last) || step.epoch > last.epoch) ? { at: step, epochs: step.epoch - 1 + (step.steps > 0 ? step.step / step.steps : 0) } : last && { at: last, epochs: last.epoch };
  if (!done) return 0;
  return Math.min(1, (numberOf(done.at) - 1 + done.epochs / Math.max(1, start.epochs)) / (start.ensemble ?? start.folds ?? 1));
}

const numberOf = ({ member, fold }: Which): number => member ?? fold ?? 1;
