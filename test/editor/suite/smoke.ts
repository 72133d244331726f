import { runTests } from "./kit.ts";
import { languageTests } from "./language.ts";
import { trainingTests } from "./training.ts";

/** For the packaged .vsix: everything that a missing file or an unresolved require would break. */
export const run = (): Promise<void> => {
  const [training] = Object.entries(trainingTests);
  return runTests({ ...languageTests, ...(training && { [training[0]]: training[1] }) });
};
