import { type Uri, workspace } from "vscode";
import type { EngineChoice } from "../../server/trainer/protocol.ts";

/** Settings the client itself reads; the server asks for its own. */
export interface TrainSettings {
  readonly engine: EngineChoice;
  /** As written: may be empty or relative to the .nnet file. */
  readonly outputFolder: string;
}

export function trainSettings(uri: Uri): TrainSettings {
  const settings = workspace.getConfiguration("nnet", uri);
  return { engine: settings.get<EngineChoice>("engine", "auto"), outputFolder: settings.get<string>("train.outputFolder", "") };
}
