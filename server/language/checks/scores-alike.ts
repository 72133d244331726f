import { fullSteps } from "../schedule.ts";
import { hardlyMoves } from "./adaptive-rate.ts";
import { defineCheck } from "./define.ts";
import { dropEdit, setArgument } from "./fixes.ts";
import { count, short } from "./places.ts";
import { shareOfStep } from "./progress.ts";
import { isCut, rateFix, siteOfSetting, stepsOf } from "./rates.ts";
import { reachOfScores, rateOf } from "./steps.ts";

/** So far scores should be able to come apart: of weights that all go one way little more than a tenth is seen. */
const PARTED = 10;

/** Where so much of the last layer's size tells rows apart and comes through, few or small steps are the cause, which are not told here. */
const LEFT = 0.1;

/**
 * Scores that hardly tell one row from another, however long training goes one way. Adam moves no weight by more than
 * about lr in a step (Kingma and Ba 2015, section 2.1), so the scores of two rows come apart by at most
 * steps · lr · fan_in · E|h − h̄| at the last layer, grown by what trained layers before it can, and made small by what
 * stands between its result and softmax. Measured on digits: bounds of 0.18, 1.8, 5.3, 18 (scores times 0.001 to 0.1) reach
 * 0.66, 0.76, 0.83, 0.90, and of 0.017, 0.17, 0.5, 1.6 (frozen features of nearly nothing) 0.10, 0.10, 0.17, 0.56.
 * Guards: layers that are not plain (norms, cells, attention), features that are not known, SGD (its own bound is
 * learning-rate's), a run of few steps or of steps too small for any layer, one layer alone; where a tenth of the last
 * layer's size tells rows apart and comes through.
 */
export const scoresAlike = defineCheck({
  code: "scores-alike",
  *train(train) {
    const { settings, model } = train;
    const steps = stepsOf(train);
    if (!settings || steps === undefined || rateOf(train) || isCut(train)) return;
    const lr = settings.optimizer.args["lr"] as number;
    const full = fullSteps(settings, steps / settings.epochs, settings.epochs) * shareOfStep(train);
    const reach = reachOfScores(train, full * lr);
    if (!reach || reach.apart >= PARTED || reach.left >= LEFT || hardlyMoves(train)) return;
    const { apart, left, last } = reach;
    const small = model.nodes.filter((n) => n.id > last.id && n.layer?.name === "rescaling");
    const frozen = model.nodes.filter((n) => n.id < last.id && n.args["frozen"] === true && n.via.length === 0);
    const fixes = [
      ...small.flatMap((n) => [dropEdit(model.nodes[n.inputs[0]!], n)].flatMap((edit) => (edit ? [{ title: "Take rescaling away", edits: [edit] }] : []))),
      ...frozen.map((n) => setArgument(n, "init", "glorot_uniform", "Start from glorot_uniform, whose features differ")),
      ...["0.01", "0.1"].flatMap((to) => (Number(to) > lr ? rateFix(train, to) : [])),
    ];
    yield {
      code: "scores-alike", severity: "warning", site: siteOfSetting(train, "optimizer"), about: model.nodes.map((n) => n.id), fixes,
      message: `the scores of two rows come apart by ${short(apart)} at most in all ${count(steps)} steps of ${settings.optimizer.name} with lr = ${lr} (derived: no weight moves by more than lr in a step, and ${short(100 * left)} % of the last layer's numbers tell rows apart and come through to the answer): every row gets nearly the same answer; let features differ more, or raise the learning rate`,
    };
  },
});
