import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { disk } from "./disk.ts";
import { startServer } from "./server.ts";

/** The server as a process: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`, read from the command line. */
startServer(createConnection(ProposedFeatures.all), disk);
