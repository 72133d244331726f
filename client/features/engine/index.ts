import { fork } from "node:child_process";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { type CancellationToken, commands, type ExtensionContext, ProgressLocation, window } from "vscode";
import { LazyOutput } from "../../infrastructure/output.ts";

/** `nnet.installEngine`: the CLI's `engine install`, with its progress shown. */
export function activateEngine(context: ExtensionContext): void {
  const output = new LazyOutput(".nnet engine");
  const cli = context.asAbsolutePath("dist/cli.cjs");
  let running: Promise<boolean> | undefined;

  const install = (): Promise<boolean> =>
    Promise.resolve(
      window.withProgress({ location: ProgressLocation.Notification, title: "Installing TensorFlow", cancellable: true }, (progress, token) =>
        runInstall(cli, (line) => (output.line(line), progress.report({ message: line })), token),
      ),
    ).then(async (outcome) => {
      if (outcome === "installed") void window.showInformationMessage("TensorFlow is installed: training uses it from the next run on.");
      else if (outcome !== "cancelled" && (await window.showErrorMessage(`TensorFlow was not installed: ${outcome}. Training still works on the portable engine.`, "Show Output"))) output.show();
      return outcome === "installed";
    });

  context.subscriptions.push(
    output,
    // A second call while one runs waits for the first.
    commands.registerCommand("nnet.installEngine", () => (running ??= install().finally(() => (running = undefined)))),
  );
}

function runInstall(cli: string, onLine: (line: string) => void, token: CancellationToken): Promise<string> {
  return new Promise((resolve) => {
    // Not in the workspace: its .npmrc or pip.conf must not decide what is installed.
    const child = fork(cli, ["engine", "install"], { cwd: homedir(), silent: true, execArgv: [], env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", NO_COLOR: "1" } });
    let last = "";
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        if (line.trim() === "") return;
        last = line.trim();
        onLine(last);
      });
    }
    token.onCancellationRequested(() => child.kill());
    child.on("error", (cause) => resolve(cause.message));
    child.on("close", (code) => resolve(token.isCancellationRequested ? "cancelled" : code === 0 ? "installed" : last || `the installer stopped with exit code ${code}`));
  });
}
