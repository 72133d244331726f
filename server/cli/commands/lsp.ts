import { createRequire } from "node:module";
import { join } from "node:path";
import { exit, Misuse } from "../exit.ts";
import type { LspOptions } from "../program.ts";

/** The server reads its transport from the command line itself. */
export function lsp({ nodeIpc, socket, pipe }: LspOptions): void {
  if (nodeIpc && !process.send) throw new Misuse("--node-ipc speaks over Node's channel to the process that started it, and none is there; use --stdio");
  if (!process.argv.some((a) => /^--(?:stdio|node-ipc|socket|pipe)\b/.test(a))) process.argv.push("--stdio");
  const target = socket === undefined ? pipe : `port ${socket}`;
  // A server ends by `exit`; one that has nothing left to wait for was never connected.
  if (target !== undefined) {
    process.once("beforeExit", () => {
      process.stderr.write(`nnet: no connection to ${target}: the editor listens there before it starts the server\n`);
      process.exit(exit.misuse);
    });
  }
  createRequire(join(import.meta.dirname, "cli.cjs"))("./server.cjs");
}
