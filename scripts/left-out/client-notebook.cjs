// In the place of vscode-languageclient/lib/common/notebook.js: the feature that the client asks, of a server that has registered nothing.
"use strict";
const { NotebookDocumentSyncRegistrationType } = require("vscode-languageserver-protocol");

const never = () => ({ dispose() {} });

class NotebookDocumentSyncFeature {
  static CellScheme = "vscode-notebook-cell";
  registrationType = NotebookDocumentSyncRegistrationType.type;
  onOpenNotificationSent = never;
  onChangeNotificationSent = never;
  onCloseNotificationSent = never;
  onSaveNotificationSent = never;
  getState() {
    return { kind: "document", id: this.registrationType.method, registrations: false, matches: false };
  }
  fillClientCapabilities() {}
  preInitialize() {}
  initialize() {}
  register() {
    throw new Error("notebooks are left out of this bundle (scripts/left-out)");
  }
  unregister() {}
  clear() {}
  handles() {
    return false;
  }
  getProvider() {
    return undefined;
  }
}

module.exports = { NotebookDocumentSyncFeature };
