import { commands, type ExtensionContext, window } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions, TransportKind } from "vscode-languageclient/node";
import { serverFlags } from "../../../server/lsp/launch.ts";

/** Starts the language server and keeps it: the client restarts it when it dies, up to five times in three minutes. */
export function activateLanguage(context: ExtensionContext): void {
  const module = context.asAbsolutePath("dist/server.cjs");
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc, options: { execArgv: [...serverFlags] } },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: [...serverFlags, "--nolazy", "--inspect=6009"] } },
  };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "nnet", scheme: "file" }, { language: "nnet", scheme: "untitled" }],
    synchronize: { configurationSection: "nnet" },
    // Asked for at each change: the server works out what an edit touches only.
    diagnosticPullOptions: { onChange: true },
    outputChannelName: ".nnet language server",
  };
  // The id is also the prefix of `nnet.trace.server`.
  const client = new LanguageClient("nnet", ".nnet", server, options);
  const failed = (cause: unknown): void => {
    void window.showErrorMessage(`The .nnet language server did not start: ${String(cause)}. Run ".nnet: Restart Language Server"; if it fails again, see its output.`);
  };

  context.subscriptions.push(
    { dispose: () => client.dispose() },
    commands.registerCommand("nnet.restartServer", () => (client.isRunning() ? client.restart() : client.start()).catch(failed)),
  );
  client.start().catch(failed);
}
