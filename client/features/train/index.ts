import type { Event, ExtensionContext } from "vscode";
import { LazyOutput } from "../../infrastructure/output.ts";
import { announceRuns } from "./announce.ts";
import { registerCommands } from "./commands.ts";
import { markFindings } from "./findings.ts";
import { logRuns } from "./log.ts";
import { showProgress } from "./progress.ts";
import { type RunResult, Runs } from "./runs.ts";
import { showStatus } from "./status.ts";

export interface RunsApi {
  readonly onDidEnd: Event<RunResult>;
  readonly last: RunResult | undefined;
  /** Those that are running. */
  all(): readonly RunResult[];
}

export function activateTraining(context: ExtensionContext): RunsApi {
  const runs = new Runs();
  const output = new LazyOutput(".nnet training");
  context.subscriptions.push(
    runs,
    output,
    ...registerCommands(runs, output),
    logRuns(runs, output),
    showProgress(runs),
    showStatus(runs),
    markFindings(runs),
    announceRuns(runs, output),
  );
  return runs;
}
