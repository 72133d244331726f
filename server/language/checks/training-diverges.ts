import { defineCheck } from "./define.ts";
import { CAUSES, curesOf, number, stepsText } from "./rehearsal-text.ts";
import { siteOfSetting } from "./rates.ts";

/**
 * A rehearsal (rehearsal/rehearsal.ts) of the first steps: the loss becomes infinite or not a number, or climbs to three
 * times of where it began, and of what a constant answer has, and is there in the second half of the steps at every look.
 * Guard: only where nothing else was found that explains it.
 */
export const trainingDiverges = defineCheck({
  code: "training-diverges",
  explainedBy: CAUSES,
  needsData: true,
  *rehearsed(train, rehearsed) {
    const { verdict, main } = rehearsed;
    if (verdict?.kind !== "diverges") return;
    const [first] = main.moments;
    const went = verdict.step === undefined
      ? `took the loss from ${number(first!.loss)} to ${number(main.moments.at(-1)!.loss)}`
      : `took the loss ${first ? `from ${number(first.loss)} ` : ""}to a value that is no finite number, at step ${verdict.step}`;
    yield {
      code: "training-diverges",
      severity: "warning",
      site: siteOfSetting(train, "optimizer"),
      message: `training diverges: ${stepsText(main)} ${went}, and an answer that is the same for every row has ${number(main.constant)}; a smaller learning rate, clip = norm(…), a normalization or features of about −1 to 1 help${curesOf(rehearsed).text}`,
      propose: () => curesOf(rehearsed).fixes(train),
    };
  },
});
