import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { Api } from "../../../client/extension.ts";
import type { TrainOutcome } from "../../../client/features/train/commands.ts";
import type { RunResult } from "../../../client/features/train/runs.ts";
import { brief, errors, expect, open, replace, screenshot, showNotifications, type Tests, until } from "./kit.ts";

const engine = process.env["NNET_TEST_ENGINE"] ?? "tensorflow";

/** `nnet.train` from the command to its end. */
export const trainingTests: Tests = {
  [`nnet.train runs to its end on the ${engine} engine`]: async () => {
    const { document } = await open("digits.nnet");
    await vscode.workspace.getConfiguration("nnet").update("engine", engine, vscode.ConfigurationTarget.Workspace);
    const outcome = train(document.uri);
    void picture("editor-training", 5);
    const run = finished(await outcome);
    expect(run.start?.engine === engine, `the engine was ${run.start?.engine}: ${run.start?.engineNote}`);
    expect(run.end?.reason === "completed", `it ended: ${JSON.stringify(run.end ?? run.error)}`);
    expect(run.epochs.length === 20, `${run.epochs.length} epochs`);
    expect((run.end.testAccuracy ?? 0) > 0.9, `test accuracy ${run.end.testAccuracy}`);
    expect(run.end.checkpoint && existsSync(run.end.checkpoint), `weights at ${run.end.checkpoint}`);
    expect((await api()).runs.last?.end === run.end, "the API knows the last run");
    // README shows this one: docs/images/training.png.
    await screenshot("training", "52,4,912,860");
    await showNotifications();
    await screenshot("editor-digits");
    await vscode.commands.executeCommand("notifications.clearAll");
  },

  "cancel ends a run within two seconds and keeps the best weights": async () => {
    const editor = await open("digits.nnet");
    await replace(editor, "epochs    = 20", "epochs    = 2000");
    const outcome = train(editor.document.uri);
    const { runs } = await api();
    const ended = new Promise<void>((resolve) => runs.onDidEnd(() => resolve()));
    await until("a running trainer", async () => (await epochsSoFar()) > 0, undefined, 120_000);
    const asked = Date.now();
    await vscode.commands.executeCommand("nnet.stop");
    await ended;
    const took = Date.now() - asked;
    const run = finished(await outcome);
    expect(run.end?.reason === "cancelled", `it ended: ${JSON.stringify(run.end ?? run.error)}`);
    expect(took < 2000, `stopping took ${took} ms`);
    await vscode.commands.executeCommand("undo");
    await editor.document.save();
  },

  "an error in the data becomes a diagnostic where it stands": async () => {
    const editor = await open("digits.nnet");
    await replace(editor, "data/digits.csv", "data/broken.csv");
    const run = finished(await train(editor.document.uri));
    expect(run.error, `the run ended: ${JSON.stringify(run.end)}`);
    if (run.error.file) {
      const place = vscode.Uri.file(run.error.file);
      await until("the finding", () => vscode.languages.getDiagnostics(place).some((d) => d.source === "nnet train" || d.message === run.error?.message), () => vscode.languages.getDiagnostics(place));
    }
    await showNotifications();
    await screenshot("editor-data-error");
    await vscode.commands.executeCommand("notifications.clearAll");
    await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand("undo");
    await editor.document.save();
    await until("no error", () => errors(editor.document.uri).length === 0, () => brief(errors(editor.document.uri)));
  },
};

const train = (uri: vscode.Uri): Thenable<TrainOutcome> => vscode.commands.executeCommand<TrainOutcome>("nnet.train", uri.toString(), "LeNet");

function finished(outcome: TrainOutcome): RunResult {
  expect(outcome && !("refused" in outcome), `it was not trained: ${JSON.stringify(outcome)}`);
  return outcome;
}

export async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("nnet.nnet");
  expect(extension, "the extension is there");
  return extension.activate();
}

const epochsSoFar = async (): Promise<number> => (await api()).runs.all()[0]?.epochs.length ?? 0;

/** A picture while it runs, once some epochs are there; a run that is over before is no failure. */
async function picture(name: string, epochs: number): Promise<void> {
  await until("some epochs", async () => (await epochsSoFar()) >= epochs, undefined, 120_000).then(showNotifications).then(() => screenshot(name), () => undefined);
}
