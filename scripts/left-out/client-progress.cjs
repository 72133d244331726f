// In the place of vscode-languageclient/lib/common/progressPart.js: the server reports no progress of its requests.
"use strict";
module.exports = {
  ProgressPart: class {
    constructor() {
      throw new Error("progress of requests is left out of this bundle (scripts/left-out)");
    }
  },
};
