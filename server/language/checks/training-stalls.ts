import { defineCheck } from "./define.ts";
import { CAUSES, curesOf, number, stepsText } from "./rehearsal-text.ts";
import { siteOfSetting } from "./rates.ts";

/**
 * A rehearsal (rehearsal/rehearsal.ts) of the first steps: the loss stays within a tenth of that of an answer that is the
 * same for every row, and the whole run would at its pace: by the sum of learning rates, growing as it grew from one quarter
 * of the steps to the next (verdict.ts).
 * Guards: only where nothing else was found that explains it; the rows are not all of one class; where a line through them
 * leaves most of what differs between their labels, less counts as learning.
 */
export const trainingStalls = defineCheck({
  code: "training-stalls",
  explainedBy: CAUSES,
  needsData: true,
  *rehearsed(train, rehearsed) {
    const { verdict, main } = rehearsed;
    if (verdict?.kind !== "stalls") return;
    const all = main.plan.stepsPerEpoch * main.plan.settings.epochs;
    const whole = main.steps >= all ? "that is the whole run" : `at this pace the whole run of ${all} steps comes to about ${number(verdict.reach)} (estimated)`;
    yield {
      code: "training-stalls",
      severity: "warning",
      site: siteOfSetting(train, "optimizer"),
      message: `training stands still: ${stepsText(main)} took the loss from ${number(main.moments[0]!.loss)} to ${number(main.moments.at(-1)!.loss)}; ${whole}, and an answer that is the same for every row has ${number(main.constant)}; hover over the layers to see what of signal and gradient comes through, or try another learning rate${curesOf(rehearsed).text}`,
      propose: () => curesOf(rehearsed).fixes(train),
    };
  },
});
