import { defineCheck } from "./define.ts";
import { settingEdit } from "./fixes.ts";
import { labelOf, labelSite } from "./label.ts";
import { count, short } from "./places.ts";

/** Rows of the largest class to one of the smallest (Amazon SageMaker Debugger, rule ClassImbalance). */
const RATIO = 10;
/** With more classes than this the smallest is small by chance. */
const MOST_CLASSES = 1000;

/**
 * Classes of very different sizes: accuracy then says little, since answering always the largest class reaches its
 * share, and the few rows of the smallest weigh little in the loss (He and Garcia 2009, Learning from imbalanced data).
 * Guards: classes that are weighed or balanced; a file that was read in part, which may be sorted; labels that are numbers.
 */
export const classImbalance = defineCheck({
  code: "class-imbalance",
  perOutput: true,
  needsData: true,
  *train(train) {
    const label = labelOf(train);
    const values = label?.kind === "class" && label.complete && !label.fractions ? label.column.values : undefined;
    if (train.settings?.class_weight !== undefined || train.settings?.balance !== undefined) return;
    if (!label || !values || values.size < 2 || values.size > MOST_CLASSES) return;
    const sorted = [...values].sort((a, b) => b[1] - a[1]);
    const [most, least] = [sorted[0]!, sorted[sorted.length - 1]!];
    const ratio = most[1] / least[1];
    if (ratio < RATIO) return;
    const { rows } = train.data!.profile!;
    const file = train.model.nodes[0]!.site.file;
    yield {
      code: "class-imbalance", severity: "information", site: labelSite(file, train.data!),
      message: `${label.column.name} is ${most[0]} in ${count(most[1])} rows and ${least[0]} in ${count(least[1])}, ${short(ratio)} to 1 (measured over ${count(rows)} rows): answering always ${most[0]} reaches an accuracy of ${short(100 * (most[1] / rows))} %; weigh the classes, and look at a measure such as F1`,
      fixes: [{ title: "Weigh the classes: class_weight = balanced", edits: [settingEdit(file, train.declaration, "class_weight", "balanced")] }],
    };
  },
});
