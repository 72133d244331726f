import { createRequire } from "node:module";
import { join } from "node:path";

/** The server reads its transport from the command line itself. */
export function lsp(): void {
  if (!process.argv.some((a) => /^--(?:stdio|node-ipc|socket|pipe)\b/.test(a))) process.argv.push("--stdio");
  createRequire(join(import.meta.dirname, "cli.cjs"))("./server.cjs");
}
