import { defineCheck } from "./define.ts";
import { entryOf, fileOf, settingSite } from "./fixes.ts";
import { count } from "./places.ts";

/**
 * Each trains several times, on one split or on one for each fold, and the weights of all folds are an ensemble as they
 * are: training refuses both in one block. No guard: both are written, or they are not.
 */
export const ensembleAndFolds = defineCheck({
  code: "ensemble-and-folds",
  *train({ settings, declaration, model }) {
    const { ensemble, folds } = settings ?? {};
    if (ensemble === undefined || folds === undefined) return;
    const file = fileOf(model);
    const fixes = ["folds", "ensemble"].flatMap((key) => {
      const entry = entryOf(declaration, key);
      return entry ? [{ title: `Leave out ${key}`, edits: [{ site: { file, line: entry.line ?? declaration.line, span: entry.span }, text: "" }] }] : [];
    });
    yield {
      code: "ensemble-and-folds", severity: "error", site: settingSite(file, declaration, "ensemble"),
      message: `ensemble = ${count(ensemble)} and folds = ${count(folds)} each train several times, and one run does one of the two; the weights of all folds are averaged as an ensemble's are: leave one out`,
      related: [{ site: settingSite(file, declaration, "folds"), message: "folds is here" }],
      fixes,
    };
  },
});
