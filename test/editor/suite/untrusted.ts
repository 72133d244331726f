import * as vscode from "vscode";
import type { TrainOutcome } from "../../../client/features/train/commands.ts";
import { errors, expect, open, replace, runTests, screenshot, showNotifications, type Tests, until } from "./kit.ts";

const untrustedTests: Tests = {
  "an untrusted workspace keeps the language features": async () => {
    expect(!vscode.workspace.isTrusted, "the workspace is not trusted");
    const editor = await open("digits.nnet");
    await replace(editor, "conv2d(32, 3, padding = same)", "conv2d(32, 31)");
    await until("an error", () => errors(editor.document.uri).length > 0);
    await vscode.commands.executeCommand("undo");
    await until("no error", () => errors(editor.document.uri).length === 0);
  },

  "an untrusted workspace refuses to train, with the reason": async () => {
    const { document } = await open("digits.nnet");
    const outcome = await vscode.commands.executeCommand<TrainOutcome>("nnet.train", document.uri.toString(), "LeNet");
    expect(outcome && "refused" in outcome && /not trusted/.test(outcome.refused), `it answered ${JSON.stringify(outcome)}`);
    await showNotifications();
    await screenshot("editor-untrusted");
  },
};

export const run = (): Promise<void> => runTests(untrustedTests);
