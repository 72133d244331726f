import { fullSteps } from "../schedule.ts";
import { tangentOf } from "../signal/index.ts";
import { type CheckFinding, type Trained } from "./define.ts";
import { fileOf, settingEdit } from "./fixes.ts";
import { hasNorm, kernelOf, layersOf } from "./graph.ts";
import { inputsOf } from "./inputs.ts";
import { labelOf } from "./label.ts";
import { count, short } from "./places.ts";
import { progressOf } from "./progress.ts";
import { clipFix, digit, isCut, rateFix, siteOfSetting, stepsOf, warmupOf } from "./rates.ts";
import { limitOf, rateOf } from "./steps.ts";

/** lr / (1 − momentum) of sgd: what a steady gradient is multiplied by in the end. */
const SGD_MOST = 1;
/** Behind convolutions λmax is half of what was measured, or up to twice it, over the draws of 16 channels. */
const UNSURE = 2;
/** Sigmoids' slopes shrink as weights grow, and the curvature with them. Measured on digits and circles: lr·λmax of 2, 3, 3.9, 5.9 and 11.5 reach 0.95 to 1; with ReLU and tanh 1.6 to 1.8 reach 0.96, and 2.2 to 3.2 0.10. */
const FLAT = 6;
/**
 * Past so much it is lost where nothing holds the signal: without momentum, and with it for so many layers of weights.
 * Measured on digits, sentences and stripes, without normalization: 3 without momentum fails for all of ten networks but an
 * lstm (0.10 to 0.50); with 0.9, 3 fails for five of eleven, 5 for all that have three such layers and no lstm (0.10 to 0.61).
 */
const LOST = 3 * (1 - 1e-9);
const LOST_LATER = 5 * (1 - 1e-9);
const LAYERS = 3;
/** Time constants that the run should last: below, an error keeps 64 % at best. Measured on digits and iris: 0.1, 0.19, 0.38, 0.53 reach 0.44, 0.68, 0.86, 0.87; from 0.75 on all is learned. */
const TIMES = 0.45;
/** The same for squared error after softmax, which learns least where it is most wrong. Measured on iris: 0.4, 0.8, 1.6, 3.1 reach 0.40, 0.67, 0.77, 0.97; but on digits 0.74 reaches 0.95. */
const TIMES_SQUARED = 0.7;
/** The same for tokens, each of which is in few rows, so that the bound is far off. Measured on sentences: 0.6 and 2.3 (mean), 0.8 to 17 (lstm), 10 to 99 (two towers) reach 0.5, 13 and 66 (convolution) 0.82 and 0.99. */
const TIMES_TOKENS = 12;
/** The same where the number of them is an upper bound: convolutions, embeddings, cells. */
const TIMES_MOST = 0.5;
/** The same behind sigmoids, whose slopes keep Θ small until weights have grown. Measured: 0.05 is well, 0.015 is not. */
const TIMES_FLAT = 0.03;
/**
 * Both for classes that no straight line parts: what does is learned later than what the bound is of. Measured on xor,
 * circles, moons and spirals: ReLU at 1.3, 1.9, 2, 2.8, 6.5, 9.4, 14, 26 reaches 0.55, 0.83, 0.90, 0.87, 0.62, 0.98, 0.90, 0.93,
 * sigmoid at 0.9 to 1.5, 3.7 to 5.8, 18 to 29 0.45 to 0.83, 0.60 to 0.87, 0.87 to 1.
 */
const TIMES_CURVED = 1.9;
const TIMES_CURVED_FLAT = 5;
/** Weights that grow carry an output further than those of the start: measured, a quarter of the way by these still arrives. */
const GROWTH = 4;
/** By so much the outputs of different classes are to come apart: an error of 1 − 1/k hardly falls below. */
const PARTED = 1;

/** Optimizers whose steps follow the gradient's size: SGD, and Adagrad, which starts as SGD with lr / √initial. */
export function* steadyRate(train: Trained): Iterable<CheckFinding> {
  const { settings, model } = train;
  const rate = rateOf(train);
  if (!settings || !rate) return;
  const { lr, momentum, effective } = rate;
  const { name } = settings.optimizer;
  const site = siteOfSetting(train, "optimizer");
  const written = writtenOf(train);
  const known = limitOf(train);
  const slack = isFlat(train) ? FLAT : known?.exact === false ? UNSURE : 1;
  if (known && lr > known.limit * slack) {
    const fit = digit(known.limit / 4);
    const by = name === "adagrad" ? "2·√initial / λmax" : momentum > 0 ? "2·(1 + momentum) / λmax" : "2 / λmax";
    yield {
      code: "learning-rate", severity: "warning", site, fixes: rateFix(train, fit), about: model.nodes.map((n) => n.id),
      message: `${written} diverges: it is past ${slack === 1 ? "" : `${slack} times `}${by} = ${short(known.limit)}, with λmax ${known.exact ? "=" : "about"} ${short(known.curvature)} at the start (derived by mean-field theory); ${fit} is a quarter of that`,
    };
    return;
  }
  const slow = isCut(train) ? undefined : (hardlyLearns(train) ?? outOfReach(train));
  if (slow) yield slow;
  if (name !== "sgd" || known?.exact || effective <= SGD_MOST * (1 + 1e-9)) return;
  const held = settings.clip !== undefined || warmupOf(train) > 0 || hasNorm(model);
  const usual = momentum > 0 ? "0.01" : "0.1";
  // A cell's gates keep what it gives within 1, and its slopes small.
  const gated = layersOf(model, "lstm", "gru", "bidirectional").length > 0;
  const lost = effective > 10 * SGD_MOST || (!gated && (momentum > 0 ? effective >= LOST_LATER && model.nodes.filter((n) => kernelOf(n)?.spec.trainable).length >= LAYERS : effective >= LOST));
  yield {
    code: "learning-rate", severity: lost && !held ? "warning" : "information", site, fixes: rateFix(train, usual),
    message: `${written} moves by ${short(effective)} times a steady gradient (derived: lr / (1 − momentum)); past 2 / λmax, about 1 where signals are normalized, steps grow instead of settling; ${usual} is usual`,
  };
}

/** The whole run is too short for anything to be learned: by its rate, its schedule or its clipping. */
export function hardlyLearns(train: Trained): CheckFinding | undefined {
  const { settings, declaration, model } = train;
  const progress = progressOf(train);
  if (!progress || !settings) return undefined;
  const { times, clipped, steps, full, exact } = progress;
  const flat = isFlat(train);
  const curved = train.data?.profile?.curved === true && labelOf(train)?.kind === "class";
  const tokens = layersOf(model, "embedding").some((n) => n.weights.some((w) => w.spec.trainable));
  const squared = train.settings?.loss?.name === "mse" && labelOf(train)?.kind === "class";
  const least = curved ? (flat ? TIMES_CURVED_FLAT : TIMES_CURVED) : tokens ? TIMES_TOKENS : flat ? TIMES_FLAT : squared ? TIMES_SQUARED : exact ? TIMES : TIMES_MOST;
  if (clipped !== undefined && clipped < PARTED && times >= least) {
    return {
      code: "learning-rate", severity: "warning", site: siteOfSetting(train, "clip"), fixes: clipFix(train),
      message: `clipped gradients bring the outputs of different classes apart by no more than ${short(clipped)} in all ${count(steps)} steps (derived: steps · lr · max against what the tangent kernel asks for): little is learned; norm(1) is usual`,
    };
  }
  if (times >= least) return undefined;
  const limit = limitOf(train)?.limit;
  const scheduled = full < steps / 2;
  const lr = settings.optimizer.args["lr"] as number;
  const fit = digit(Math.min((lr * 3) / times, limit === undefined ? 0.1 : limit / 4));
  return {
    code: "learning-rate", severity: "warning", site: siteOfSetting(train, scheduled ? "schedule" : "optimizer"),
    fixes: [...(scheduled ? [{ title: "Use schedule = constant", edits: [settingEdit(fileOf(model), declaration, "schedule", "constant")] }] : []), ...rateFix(train, fit)],
    message: `${writtenOf(train)} hardly learns in ${count(steps)} steps${scheduled ? `, of which the schedule leaves ${short(full)} at that rate` : ""}: they last ${short(times)} of the time in which an error falls to 37 %, at most (derived: steps · lr · λ of the tangent kernel, for the features as they are); raise the learning rate, or train longer`,
  };
}

/**
 * Numbers that absolute error (or Huber's past delta) does not get to: it pulls with the same force from however far, so
 * outputs move by steps · lr · E[∇f·∇f′] (times delta) in all, what hidden weights gain on the way aside.
 */
function outOfReach(train: Trained): CheckFinding | undefined {
  const { settings, model } = train;
  const { name, args } = settings!.loss ?? {};
  const label = labelOf(train);
  const numbers = label?.kind === "number" ? label.column.numbers : undefined;
  const [rate, steps, inputs] = [rateOf(train), stepsOf(train), inputsOf(train)];
  if ((name !== "mae" && name !== "huber") || !numbers || !rate || steps === undefined || !inputs) return undefined;
  const tangent = tangentOf(model, inputs, "mse");
  if (!tangent?.exact || tangent.outputs !== 1) return undefined;
  const full = fullSteps(settings!, steps / settings!.epochs, settings!.epochs);
  const hidden = model.nodes.filter((n) => kernelOf(n)?.spec.trainable).length > 1;
  const reach = full * rate.effective * tangent.common * (name === "huber" ? (args as { delta: number }).delta : 1) * (hidden ? GROWTH : 1);
  const mean = Math.abs(numbers.mean);
  if (!(reach < mean)) return undefined;
  const fit = digit(((rate.lr * mean) / reach) * 4);
  return {
    code: "learning-rate", severity: "warning", site: siteOfSetting(train, "optimizer"), about: [], fixes: rateFix(train, fit),
    message: `${writtenOf(train)} brings no output beyond about ${short(reach)} in all ${count(steps)} steps (derived: ${name} pulls with the same force from however far), and ${label!.column.name} is ${short(numbers.mean)} in the mean (measured); raise the learning rate, or train longer`,
  };
}

/** Some hidden layer is a sigmoid. */
const isFlat = ({ model }: Trained): boolean => layersOf(model, "sigmoid", "hard_sigmoid").some((n) => !model.outputs.includes(n.id));

function writtenOf(train: Trained): string {
  const { lr, momentum } = rateOf(train)!;
  return `${train.settings!.optimizer.name} with lr = ${lr}${momentum > 0 ? ` and momentum = ${momentum}` : ""}`;
}
