// A server that answers every opened text with no diagnostics, by the library that ours speaks with: what transport alone takes.
import { createConnection } from "vscode-languageserver/node";

const connection = createConnection(process.stdin, process.stdout);
connection.onInitialize(() => ({ capabilities: {} }));
connection.onDidOpenTextDocument(({ textDocument: { uri, version } }) => void connection.sendDiagnostics({ uri, version, diagnostics: [] }));
connection.listen();
