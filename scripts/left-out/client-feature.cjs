// In the place of features of vscode-languageclient that the server does not offer. The client registers each of them; this one says nothing to the server.
"use strict";
class LeftOut {
  fillClientCapabilities() {}
  initialize() {}
  getState() {
    return { kind: "static" };
  }
  clear() {}
}

const names = ["DidCreateFiles", "DidRenameFiles", "DidDeleteFiles", "WillCreateFiles", "WillRenameFiles", "WillDeleteFiles", "ColorProvider", "TypeHierarchy", "InlineValue", "TypeDefinition", "Implementation", "Declaration", "InlineCompletionItem", "TextDocumentContent", "ExecuteCommand"];
module.exports = Object.fromEntries(names.map((name) => [`${name}Feature`, LeftOut]));
