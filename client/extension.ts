import type { ExtensionContext } from "vscode";
import { activateEngine } from "./features/engine/index.ts";
import { activateLanguage } from "./features/language/index.ts";
import { activateTraining, type RunsApi } from "./features/train/index.ts";

/** What other extensions, and our own tests, may use. */
export interface Api {
  readonly runs: RunsApi;
}

export function activate(context: ExtensionContext): Api {
  activateLanguage(context);
  activateEngine(context);
  return { runs: activateTraining(context) };
}
