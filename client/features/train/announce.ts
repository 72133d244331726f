import { basename } from "node:path";
import { commands, type Disposable, Range, Uri, window, workspace } from "vscode";
import type { LazyOutput } from "../../infrastructure/output.ts";
import type { Run, Runs } from "./runs.ts";
import { epochsText, percent } from "./table.ts";

/** Says how a run ended, and once a session how it could be faster. */
export function announceRuns(runs: Runs, output: LazyOutput): Disposable {
  let advised = false;
  const ended = runs.onDidEnd((run) => void announce(run, output));
  const started = runs.onDidHappen(({ run, event }) => {
    if (advised || event.event !== "start" || event.engine !== "portable") return;
    if (workspace.getConfiguration("nnet", run.uri).get("engine") === "portable") return;
    advised = true;
    void advise(event.engineNote);
  });
  return { dispose: () => (ended.dispose(), started.dispose()) };
}

async function announce(run: Run, output: LazyOutput): Promise<void> {
  const model = run.model ?? "The model";
  const show = "Show Output";
  const go = "Go to Line";
  if (run.error) {
    const { file, line = 1, message } = run.error;
    const place = file ? `${basename(file)}${run.error.line === undefined ? "" : `:${line}`}: ` : "";
    const chosen = await window.showErrorMessage(`${place}${message.split("\n", 1)[0]}`, ...(file ? [go] : []), show);
    if (chosen === show) output.show();
    if (chosen === go && file) await window.showTextDocument(Uri.file(file), { selection: new Range(line - 1, 0, line - 1, 0) });
    return;
  }
  const after = `after ${epochsText(run.epochs.length)}`;
  const { reason, testAccuracy, checkpoint } = run.end ?? { reason: "cancelled", testAccuracy: null, checkpoint: null };
  const count = (run.end?.ensemble?.members ?? run.end?.folds?.folds)?.length;
  const several = count === undefined ? "" : `, averaged over ${count} trainings`;
  const text =
    reason === "cancelled" ? `${model}: stopped ${after}. ${checkpoint ? "The best weights so far are kept." : "No weights were written."}`
    : testAccuracy === null ? `${model}: trained ${after}${several}.`
    : `${model}: ${percent(testAccuracy)} of the test rows are right ${after}${several}.`;
  if (await window.showInformationMessage(text, show)) output.show();
}

async function advise(note: string): Promise<void> {
  const install = "Install TensorFlow";
  if ((await window.showInformationMessage(note, install)) === install) await commands.executeCommand("nnet.installEngine");
}
