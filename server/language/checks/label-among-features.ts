import { featureColumns, feedsOf } from "../feeds.ts";
import { labelColumns } from "../outputs.ts";
import { defineCheck } from "./define.ts";
import { columnName, entryOf, fileOf, settingEdit, settingSite } from "./fixes.ts";

/**
 * A label that is a feature too: the model is given the answer, and every score says so little that it is no score
 * (Kaufman, Rosset, Perlich 2011, Leakage in data mining). No threshold: names are compared.
 * Guards: columns that `features` does not name, among which a label never is; a run that compares with the row.
 */
export const labelAmongFeatures = defineCheck({
  code: "label-among-features",
  explains: ["features-unscaled"],
  *train({ data, model, settings }) {
    const { settings: own, declaration } = data ?? {};
    const named = own && featureColumns(own);
    if (!named || !declaration || settings?.target === "input") return;
    for (const label of labelColumns(own)) {
      if (!named.includes(label)) continue;
      const file = fileOf(model);
      yield {
        code: "label-among-features", severity: "warning", site: settingSite(file, declaration, "features"), about: [],
        message: `column ${label} is the label and a feature: the model is given the answer, so that its scores say nothing of rows whose label is not known; take it out of features`,
        ...(!feedsOf(own) && named.length > 1 && { fixes: [{ title: `Take ${label} out of features`, edits: [settingEdit(file, declaration, "features", `[${named.filter((n) => n !== label).map(columnName).join(", ")}]`)] }] }),
        ...(entryOf(declaration, "label") && { related: [{ site: settingSite(file, declaration, "label"), message: `${label} is the label` }] }),
      };
    }
  },
});
