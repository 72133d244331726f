import { readdirSync, readFileSync } from "node:fs";
import * as vscode from "vscode";
import { brief, errors, expect, open, pause, positionOf, replace, screenshot, type Tests, until } from "./kit.ts";

/** Pictures to look at: name, and the text that the cursor is put on. */
const HOVERED = [["conv2d", "conv2d(32"], ["pool", "max_pool2d(2)"], ["dropout", "dropout"], ["model", "LeNet("], ["relu", "relu"]] as const;

/** What the editor shows while one types. */
export const languageTests: Tests = {
  "digits.nnet opens as .nnet, without errors": async () => {
    const { document } = await open("digits.nnet");
    expect(document.languageId === "nnet", `the language is ${document.languageId}`);
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
    await until("code lenses", async () => (await lenses(document.uri)).length > 0);
    expect(errors(document.uri).length === 0, `errors: ${brief(errors(document.uri)).join("; ")}`);
  },

  "hover shows the shape": async () => {
    const { document } = await open("digits.nnet");
    let text = "";
    await until("a hover with a shape", async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, positionOf(document, "conv2d(16"));
      text = hovers.flatMap((h) => h.contents.map((c) => (typeof c === "string" ? c : c.value))).join("\n");
      return /8[,\s×x]+8[,\s×x]+16/.test(text);
    }, () => text);
  },

  "a hover as a person sees it": async () => {
    const editor = await open("digits.nnet");
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
    await vscode.commands.executeCommand("workbench.action.closePanel");
    await until("code lenses", async () => (await lenses(editor.document.uri)).length > 0);
    await vscode.workspace.getConfiguration("editor").update("hover.above", false, vscode.ConfigurationTarget.Workspace);
    for (const [name, word] of HOVERED) {
      const at = positionOf(editor.document, word);
      editor.selection = new vscode.Selection(at, at);
      await vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
      await vscode.commands.executeCommand("editor.action.showHover", { focus: "noAutoFocus" });
      await pause(1500);
      await screenshot(`hover-${name}`);
      // README shows this one: docs/images/editor.png.
      if (name === "dropout") await screenshot("editor", "52,4,912,652");
      await vscode.commands.executeCommand("editor.action.hideHover");
    }
  },

  "inlay hints show each line's shape": async () => {
    const { document } = await open("digits.nnet");
    let labels: string[] = [];
    await until("inlay hints", async () => {
      const hints = (await vscode.commands.executeCommand<vscode.InlayHint[] | undefined>("vscode.executeInlayHintProvider", document.uri, new vscode.Range(0, 0, document.lineCount, 0))) ?? [];
      labels = hints.map((h) => (typeof h.label === "string" ? h.label : h.label.map((part) => part.value).join("")));
      return labels.some((l) => l.includes("8") && l.includes("16"));
    }, () => labels);
  },

  "an edit that breaks a shape shows, and undo takes it away": async () => {
    const editor = await open("digits.nnet");
    const { uri } = editor.document;
    await replace(editor, "conv2d(32, 3, padding = same)", "conv2d(32, 31)");
    await until("an error", () => errors(uri).length > 0);
    await pause(1000);
    await screenshot("editor-error");
    await vscode.commands.executeCommand("undo");
    expect(editor.document.getText().includes("conv2d(32, 3, padding = same)"), "undo restores the line");
    await until("no error", () => errors(uri).length === 0, () => brief(errors(uri)));
  },

  "completion offers layers": async () => {
    const { document } = await open("digits.nnet");
    await until("completion of a layer", async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>("vscode.executeCompletionItemProvider", document.uri, positionOf(document, "flatten", 2));
      return list.items.some((i) => (typeof i.label === "string" ? i.label : i.label.label) === "flatten");
    });
  },

  "the outline lists the declarations": async () => {
    const { document } = await open("digits.nnet");
    await until("symbols", async () => {
      const symbols = (await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>("vscode.executeDocumentSymbolProvider", document.uri)) ?? [];
      return ["digits", "LeNet"].every((name) => symbols.some((s) => s.name.includes(name)));
    });
  },

  "a Train lens stands over the train block": async () => {
    const { document } = await open("digits.nnet");
    const found = await until("the lens", async () => (await lenses(document.uri)).find((l) => l.command?.command === "nnet.train"));
    expect(document.lineAt(found.range.start.line).text.startsWith("train LeNet"), `the lens stands at line ${found.range.start.line + 1}`);
  },

  "a rename changes every place, and a refused one says why": async () => {
    const editor = await open("digits.nnet");
    const { document } = editor;
    const edit = await until("the rename", () => rename(document, "classes", "labels"));
    expect(await vscode.workspace.applyEdit(edit), "the rename was applied");
    expect(!/\bclasses\b/.test(document.getText().replace(/\/\/.*/g, "")) && document.getText().includes("dense(labels)"), "no place is left");
    await vscode.commands.executeCommand("undo");
    const reason = await rename(document, "classes", "dense").then(() => "", String);
    expect(reason.includes("dense is the name of a layer"), `it was refused: ${reason}`);
  },

  "a killed language server comes back with its diagnostics": async () => {
    const editor = await open("digits.nnet");
    const { uri } = editor.document;
    if (process.platform !== "linux") return;
    await replace(editor, "conv2d(32, 3, padding = same)", "conv2d(32, 31)");
    await until("an error", () => errors(uri).length > 0);
    const before = serverIds();
    expect(before.length > 0, "the server is a process of this extension host");
    for (const id of before) process.kill(id, "SIGKILL");
    await until("another server", () => serverIds().some((id) => !before.includes(id)));
    await until("the error again", () => errors(uri).length > 0);
    await replace(editor, "conv2d(32, 31)", "conv2d(32, nothing)");
    await until("another error", () => errors(uri).some((d) => d.message.includes("nothing")), () => brief(errors(uri)));
    await replace(editor, "conv2d(32, nothing)", "conv2d(32, 3, padding = same)");
    await until("no error", () => errors(uri).length === 0, () => brief(errors(uri)));
  },
};

function rename(document: vscode.TextDocument, name: string, newName: string): Promise<vscode.WorkspaceEdit> {
  return Promise.resolve(vscode.commands.executeCommand<vscode.WorkspaceEdit>("vscode.executeDocumentRenameProvider", document.uri, positionOf(document, name), newName));
}

export async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return (await vscode.commands.executeCommand<vscode.CodeLens[] | undefined>("vscode.executeCodeLensProvider", uri, 100)) ?? [];
}

/** Processes that this extension host has started from our server's bundle. */
function serverIds(): number[] {
  return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(Number).filter((id) => {
    try {
      const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1];
      return Number(parent) === process.pid && readFileSync(`/proc/${id}/cmdline`, "utf8").includes("dist/server.cjs");
    } catch {
      return false;
    }
  });
}
