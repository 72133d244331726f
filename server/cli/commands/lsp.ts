import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The server reads its transport from the command line itself. */
export async function lsp(): Promise<void> {
  if (!process.argv.some((a) => /^--(?:stdio|node-ipc|socket|pipe)\b/.test(a))) process.argv.push("--stdio");
  await import(pathToFileURL(join(import.meta.dirname, "server.cjs")).href);
}
