// In the place of vscode-languageserver/lib/node/files.js: finding modules of a workspace, for servers of JavaScript.
"use strict";
module.exports = {};
