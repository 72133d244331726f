import { type CodeLens, commands, type TextDocument, type Uri, window, workspace } from "vscode";

export interface Target {
  readonly uri: Uri;
  /** Undefined where the file says which by itself. */
  readonly model: string | undefined;
}

/** What to train: as named, or the active editor's file; asks where it has several `train` blocks. Saves it. */
export async function findTarget(uri: Uri | undefined, model: string | undefined): Promise<Target | { readonly refused: string } | undefined> {
  const document = uri ? await workspace.openTextDocument(uri) : window.activeTextEditor?.document;
  if (document?.languageId !== "nnet") return { refused: "There is nothing to train here: open a .nnet file with a train block first." };
  if (document.uri.scheme !== "file") return { refused: "Save the file first: the paths of its data are relative to where it lies." };

  const chosen = model ?? (await chooseModel(document));
  if (chosen === null) return undefined;
  if (document.isDirty && !(await document.save())) return { refused: `${workspace.asRelativePath(document.uri)} could not be saved, so it was not trained.` };
  return { uri: document.uri, model: chosen };
}

/** The one model with a `train` block, the one picked of several, null for none picked. */
async function chooseModel(document: TextDocument): Promise<string | undefined | null> {
  const lenses = (await commands.executeCommand<CodeLens[] | undefined>("vscode.executeCodeLensProvider", document.uri, 1000)) ?? [];
  const models = lenses.flatMap((lens) => (lens.command?.command === "nnet.train" && typeof lens.command.arguments?.[1] === "string" ? [lens.command.arguments[1]] : []));
  // Without a block, or without a server, the trainer says what is missing.
  if (models.length <= 1) return models[0];
  return (await window.showQuickPick(models, { placeHolder: "Which model to train?" })) ?? null;
}
