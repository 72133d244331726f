// In the place of vscode-languageserver-protocol/lib/common/protocol.notebook.js: the client asks whether notebooks are synchronized, and by this name nothing is.
"use strict";
const method = "notebookDocument/sync";
module.exports = { NotebookDocumentSyncRegistrationType: { method, type: { method } } };
