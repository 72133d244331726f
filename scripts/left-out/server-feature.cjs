// In the place of a feature of vscode-languageserver/lib/common that the server answers by the request's name (server/lsp/requests.ts).
"use strict";
const nothing = (base) => base;

module.exports = {
  CallHierarchyFeature: nothing,
  FileOperationsFeature: nothing,
  FoldingRangeFeature: nothing,
  InlineCompletionFeature: nothing,
  InlineValueFeature: nothing,
  LinkedEditingRangeFeature: nothing,
  MonikerFeature: nothing,
  SemanticTokensFeature: nothing,
  TextDocumentContentFeature: nothing,
  TypeHierarchyFeature: nothing,
};
