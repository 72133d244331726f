// In the place of vscode-languageserver/lib/common/notebook.js: no handler of notebooks is ever set.
"use strict";
module.exports = { NotebookSyncFeature: (base) => base, NotebookDocuments: undefined };
