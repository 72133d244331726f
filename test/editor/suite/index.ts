import { runTests } from "./kit.ts";
import { languageTests } from "./language.ts";
import { trainingTests } from "./training.ts";

/** The whole suite, on the sources' build. */
export const run = (): Promise<void> => runTests({ ...languageTests, ...trainingTests });
