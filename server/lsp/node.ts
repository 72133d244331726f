import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { disk } from "./disk.ts";
import { Intake, type Opening } from "./intake.ts";
import { startServer } from "./server.ts";

/** The server as a process: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`, read from the command line. */
if (process.argv.includes("--stdio")) {
  const intake = process.stdin.pipe(new Intake());
  // Standard output is the protocol's.
  console.log = console.info = console.debug = console.error;
  startServer(createConnection(ProposedFeatures.all, intake, process.stdout), { ...disk, textOf: (item) => intake.textOf(item as Opening) });
} else startServer(createConnection(ProposedFeatures.all), disk);
