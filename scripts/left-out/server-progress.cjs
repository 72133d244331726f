// In the place of vscode-languageserver/lib/common/progress.js: the server reports no progress of its requests.
"use strict";
const none = () => undefined;
module.exports = { attachWorkDone: none, attachPartialResult: none, ProgressFeature: (base) => base };
