import { type Disposable, MarkdownString, StatusBarAlignment, window } from "vscode";
import type { Runs } from "./runs.ts";
import { percent, which } from "./table.ts";

/** A status bar item while anything trains. */
export function showStatus(runs: Runs): Disposable {
  const item = window.createStatusBarItem("nnet.training", StatusBarAlignment.Left);
  item.name = ".nnet training";
  item.command = "nnet.showOutput";
  item.tooltip = new MarkdownString("[Show output](command:nnet.showOutput) · [Stop](command:nnet.stop)");
  item.tooltip.isTrusted = { enabledCommands: ["nnet.showOutput", "nnet.stop"] };

  const update = (): void => {
    const [run, ...others] = runs.all();
    if (!run) return item.hide();
    const last = run.epochs.at(-1);
    const accuracy = last?.valAccuracy ?? last?.accuracy;
    const of = last && which(last, run.start);
    const where = run.start ? `${of === undefined ? "" : ` ${of},`} ${Math.min((last?.epoch ?? 0) + 1, run.start.epochs)}/${run.start.epochs}` : "";
    item.text = `$(sync~spin) ${run.model ?? "training"}${where}${accuracy == null ? "" : ` ${percent(accuracy)}`}${others.length > 0 ? ` +${others.length}` : ""}`;
    item.show();
  };
  const listeners = [runs.onDidStart(update), runs.onDidHappen(({ event }) => event.event !== "step" && update()), runs.onDidEnd(update), item];
  return { dispose: () => listeners.forEach((l) => l.dispose()) };
}
