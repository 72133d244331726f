import { isAbsolute, join, dirname } from "node:path";
import { commands, type Disposable, Uri, window, workspace } from "vscode";
import { trainSettings } from "../../infrastructure/config.ts";
import type { LazyOutput } from "../../infrastructure/output.ts";
import type { RunResult, Runs } from "./runs.ts";
import { findTarget } from "./target.ts";

/** What `nnet.train` answers: the run when it has ended, or why there was none. */
export type TrainOutcome = RunResult | { readonly refused: string } | undefined;

export const UNTRUSTED =
  "Training is off because this workspace is not trusted: a run reads the files that the .nnet file names and writes weights beside it. Trust the workspace to train; everything else works without.";

export function registerCommands(runs: Runs, output: LazyOutput): Disposable[] {
  const setContext = (): void => void commands.executeCommand("setContext", "nnet.training", runs.all().length > 0);
  return [
    commands.registerCommand("nnet.train", (uri?: unknown, model?: unknown) => train(runs, uri, model)),
    commands.registerCommand("nnet.stop", (uri?: unknown) => stop(runs, uri)),
    commands.registerCommand("nnet.showOutput", () => output.show()),
    runs.onDidStart(setContext),
    runs.onDidEnd(setContext),
  ];
}

async function train(runs: Runs, uriArgument: unknown, modelArgument: unknown): Promise<TrainOutcome> {
  if (!workspace.isTrusted) {
    void window.showErrorMessage(UNTRUSTED, "Manage Workspace Trust").then((chosen) => chosen && commands.executeCommand("workbench.trust.manage"));
    return { refused: UNTRUSTED };
  }
  const target = await findTarget(asUri(uriArgument), typeof modelArgument === "string" ? modelArgument : undefined);
  if (!target || "refused" in target) {
    if (target) void window.showErrorMessage(target.refused);
    return target;
  }
  const running = runs.of(target.uri);
  if (running) {
    const again = "Stop It and Train Again";
    if ((await window.showWarningMessage(`${running.model ?? "This file"} is still training.`, again)) !== again) return { refused: "already training" };
    running.cancel();
    await running.done;
  }
  const { engine, outputFolder } = trainSettings(target.uri);
  const file = target.uri.fsPath;
  const out = outputFolder === "" || isAbsolute(outputFolder) ? outputFolder : join(dirname(file), outputFolder);
  return runs.start(target.uri, { type: "train", file, engine, ...(target.model && { model: target.model }), ...(out && { out }) }).done;
}

async function stop(runs: Runs, uriArgument: unknown): Promise<void> {
  const uri = asUri(uriArgument);
  const named = uri && runs.of(uri);
  const all = runs.all();
  if (named || all.length === 1) return (named ?? all[0])?.cancel();
  if (all.length === 0) return void window.showInformationMessage("Nothing is training.");
  const picked = await window.showQuickPick(all.map((run) => ({ label: run.model ?? "model", description: workspace.asRelativePath(run.uri), run })), { placeHolder: "Which run to stop?" });
  picked?.run.cancel();
}

/** The lens sends text, the title bar a Uri. */
function asUri(argument: unknown): Uri | undefined {
  return argument instanceof Uri ? argument : typeof argument === "string" ? Uri.parse(argument) : undefined;
}
