import type { Model } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { fullSteps } from "../schedule.ts";
import type { CheckFinding, Trained } from "./define.ts";
import { isNorm, kernelOf, layersOf, readersOf } from "./graph.ts";
import { labelOf } from "./label.ts";
import { count, short } from "./places.ts";
import { shareOfStep } from "./progress.ts";
import { clipFix, digit, isCut, rateFix, siteOfSetting, stepsOf, warmupOf } from "./rates.ts";
import { leapOf, reachOfOutput } from "./steps.ts";

/** From this learning rate on a step is looked at by itself; */
const MOST = 0.1;
/** a first step by so many times the results' size is a warning then, with one hidden layer and with more. Measured on digits, iris, moons and diabetes. */
const LEAP_ONE = 5;
const LEAP_MORE = 2.1;
/** From this rate on a step is larger than the weights of any layer: measured, none of ours learned well. */
const LARGEST = 0.5;
/** The same for recurrent layers, whose weights each step of a sequence goes through. Measured on digits, an lstm over 8 rows: 0.1 reaches 0.93, 0.3 0.71; a gru at 0.5 0.33. */
const LARGEST_CELL = 0.3;
/**
 * Layers that nothing normalizes move at once, each what the one before it makes of its own move. Measured on digits, lr ·
 * hidden layers, from three on: 0.09, 0.1, 0.12, 0.15 reach 0.95, 0.94, 0.91, 0.93 with ReLU; 0.2, 0.3, 0.3, 0.3 reach 0.54,
 * 0.43, 0.70 and, in a convolutional network, 0.10. Two layers at 0.1 reach 0.96.
 */
const DEEP = 3;
const TOGETHER = 0.2;
/** Sum of the steps of a transformer's sublayers from which on it is lost: with norms after the sums, and within the branches. */
const SHAKEN_AFTER = 0.05;
const SHAKEN = 0.1;
/** By so much of its size some layer's result should be able to move in the run. Measured on digits and iris: 0.3 to 0.5 gives a quarter of the best accuracy, 0.9 half, 2 three quarters, from 4 on nearly all. */
const MOVED = 1;
/** The same for results of less than 1: answers are of that order. */
const PLAIN = 0.2;
/** A run in which no weight can move by this share of its initial deviation changes nothing. */
const LEAST = 0.01;

/** Optimizers whose step is about lr for every weight, whatever the gradient's size: Adam, AdamW, RMSprop. */
export function* adaptiveRate(train: Trained): Iterable<CheckFinding> {
  yield* tooLarge(train);
  if (isCut(train)) return;
  const small = hardlyMoves(train) ?? outOfReach(train);
  if (small) yield small;
}

function* tooLarge(train: Trained): Iterable<CheckFinding> {
  const { model, settings } = train;
  const { name, args } = settings!.optimizer;
  const lr = args["lr"] as number;
  const leap = leapOf(train);
  const site = siteOfSetting(train, "optimizer");
  if (leap && (leap.large || (lr >= MOST && leap.hidden > 0 && leap.change / leap.first > (leap.hidden === 1 ? LEAP_ONE : LEAP_MORE)))) {
    const { node, fanIn, size, change, sure } = leap;
    const fit = digit(lr / change / (sure ? 1 : 4));
    yield {
      code: "learning-rate", severity: sure || lr >= MOST ? "warning" : "information", site, fixes: rateFix(train, fit), about: [node.id, ...readersOf(model).of(node.id).map((n) => n.id)],
      message: `the first step of ${name} with lr = ${lr} moves the results of ${node.layer!.name}, which sums ${count(fanIn)} inputs of size ${short(size)}, by about ${short(change)} times their size (derived: lr·fan_in·E|h|): what was there is lost, and ReLUs that fall below 0 stay there; ${fit} moves them by ${sure ? "their own size" : "a quarter of it"}`,
      related: [{ site: node.site, message: `moves by about ${short(change)} times its size at the first step` }],
    };
    return;
  }
  const shaken = shakes(train);
  if (!shaken && leap && leap.hidden >= DEEP && lr * leap.hidden >= TOGETHER) {
    const fit = digit(TOGETHER / leap.hidden / 8);
    yield {
      code: "learning-rate", severity: "warning", site, about: [], fixes: rateFix(train, fit),
      message: `${name} with lr = ${lr} moves ${leap.hidden} layers at once, ${short(lr * leap.hidden)} together (derived: lr · layers); from ${TOGETHER} on deep networks without normalization were lost (measured); ${fit} is usual`,
    };
  } else if (shaken) {
    const { sublayers, most, after } = shaken;
    const fit = digit(most / sublayers / 4);
    yield {
      code: "learning-rate", severity: "warning", site, about: [], fixes: rateFix(train, fit),
      message: `${name} with lr = ${lr} and no warm-up moves ${sublayers} sublayers of attention and dense layers at once, ${short(lr * sublayers)} together (derived: lr · sublayers); from ${most} on transformers with norms ${after ? "after" : "before"} the sums were lost (measured${after ? "; Xiong et al. 2020" : ""}); ${fit} is usual, or a warm-up`,
    };
  } else if (lr >= MOST && !isLinear(model)) {
    const small = deviation(model);
    yield {
      code: "learning-rate", severity: lr >= (layersOf(model, "lstm", "gru", "simple_rnn", "bidirectional").length > 0 ? LARGEST_CELL : LARGEST) ? "warning" : "information", site, about: [], fixes: rateFix(train, "1e-3"),
      message: `${name} with lr = ${lr} moves every weight by about ${lr} in a step, however small its gradient (derived: |Δ| ≤ lr, Kingma and Ba 2015)${small ? `; ${small.name} starts with a deviation of ${short(small.value)}, so one step is ${short(lr / small.value)} of them` : ""}; 1e-3 is usual`,
    };
  }
}

/**
 * Each sublayer of a transformer moves its sum with what goes around it by about lr, and all do at once; behind norms
 * after the sums nothing passes around them (Xiong et al. 2020, On layer normalization in the transformer architecture,
 * which is why they are warmed up). Measured on digits, lr · sublayers: after the sums 0.036, 0.04, 0.06, 0.08, 0.12 give
 * 0.89, 0.90, 0.41, 0.68, 0.10; within the branches 0.02, 0.04, 0.08, 0.2, 0.24 give 0.96, 0.92, 0.88, 0.66, 0.76.
 */
function shakes(train: Trained): { readonly sublayers: number; readonly most: number; readonly after: boolean } | undefined {
  const { model, settings } = train;
  const attentions = layersOf(model, "attention").length;
  if (attentions === 0 || settings!.schedule.name === "one_cycle" || warmupOf(train) > 0) return undefined;
  const readers = readersOf(model);
  const after = layersOf(model, "add").filter((n) => { const next = readers.only(n.id); return next !== undefined && isNorm(next); }).length > 1;
  const sublayers = 2 * attentions;
  const most = after ? SHAKEN_AFTER : SHAKEN;
  return (settings!.optimizer.args["lr"] as number) * sublayers >= most ? { sublayers, most, after } : undefined;
}

/** The whole run moves next to nothing. */
export function hardlyMoves(train: Trained): CheckFinding | undefined {
  const { model, settings } = train;
  const { name, args } = settings!.optimizer;
  const lr = args["lr"] as number;
  const steps = stepsOf(train);
  const small = deviation(model);
  if (steps === undefined || !small) return undefined;
  const share = shareOfStep(train);
  const full = fullSteps(settings!, steps / settings!.epochs, settings!.epochs) * share;
  const clipped = share < 0.5;
  const base = {
    // Steps that are too small explain nothing of how the model starts.
    code: "learning-rate", severity: "warning", about: [], site: siteOfSetting(train, clipped ? "clip" : "optimizer"),
    fixes: clipped ? clipFix(train) : rateFix(train, "1e-3"),
  } as const;
  const why = clipped ? ", gradients clipped to less than epsilon" : "";
  const usual = clipped ? "norm(1)" : "1e-3";
  if (full * lr < LEAST * small.value) {
    return {
      ...base,
      message: `${name} with lr = ${lr} moves no weight by more than ${short(full * lr)} in all ${count(steps)} steps (derived: steps · lr${why}), ${short((100 * full * lr) / small.value)} % of the deviation with which ${small.name} starts: nothing changes; ${usual} is usual`,
    };
  }
  const moved = movedIn(train, full);
  if (!moved || moved.times >= MOVED) return undefined;
  return {
    ...base,
    message: `${name} with lr = ${lr} moves the results of no layer by more than ${moved.text} in all ${count(steps)} steps (derived: steps · lr·fan_in·E|h|, if all went one way${why}): little is learned; ${clipped ? "norm(1) is usual" : "raise the learning rate, or train longer"}`,
    fixes: clipped ? clipFix(train) : rateFix(train, digit(Math.min(1e-2, (lr * 10) / moved.times))),
  };
}

/** How far so many full steps, all one way, move some layer's result: against its size, or, where that is tiny, against what an answer needs. Undefined for unknown features. */
function movedIn(train: Trained, full: number): { readonly times: number; readonly text: string } | undefined {
  const leap = leapOf(train);
  if (!leap?.known) return undefined;
  const [relative, plain] = [leap.steady * full, (leap.change / leap.first) * full];
  return plain / PLAIN < relative ? { times: plain / PLAIN, text: short(plain) } : { times: relative, text: `${short(relative)} of their size` };
}

/** How many steps would move enough, at the full rate. */
export function enoughSteps(train: Trained): number {
  const moved = movedIn(train, 1);
  return moved ? Math.ceil(MOVED / moved.times) : 0;
}

/** Numbers so large that the outputs can't get there. */
function outOfReach(train: Trained): CheckFinding | undefined {
  const { settings } = train;
  const label = labelOf(train);
  const numbers = label?.kind === "number" ? label.column.numbers : undefined;
  const steps = stepsOf(train);
  if (!numbers || steps === undefined) return undefined;
  const { name, args } = settings!.optimizer;
  const full = fullSteps(settings!, steps / settings!.epochs, settings!.epochs) * shareOfStep(train);
  const reach = reachOfOutput(train, full * (args["lr"] as number));
  const mean = Math.abs(numbers.mean);
  if (reach === undefined || reach >= mean) return undefined;
  return {
    code: "learning-rate", severity: "warning", site: siteOfSetting(train, "optimizer"), fixes: ["0.01", "0.05"].flatMap((lr) => rateFix(train, lr)),
    message: `${name} with lr = ${args["lr"] as number} brings no output beyond ${short(reach)} in all ${count(steps)} steps (derived: every weight moves by at most lr in each), and ${label!.column.name} is ${short(numbers.mean)} in the mean (measured); raise the learning rate, or train longer`,
  };
}

/** One layer with a kernel: any loss here is convex in it, and weights may have to go far. */
function isLinear(model: Model): boolean {
  return model.nodes.filter((n) => n.layer?.hasWeights && n.weights.some((w) => w.spec.decays)).length <= 1;
}

/** The largest initial deviation of a kernel that is trained: what the step is least in proportion to. */
function deviation(model: Model): { readonly name: string; readonly value: number } | undefined {
  let most: { name: string; value: number } | undefined;
  for (const node of model.nodes) {
    const kernel = kernelOf(node);
    if (!kernel?.spec.trainable || kernel.spec.shape.length < 2) continue;
    const { name, args } = kernel.spec.init;
    const value = Math.sqrt(initializerOf(name).variance(args, fans(kernel.spec.shape as number[])));
    if (value > (most?.value ?? 0)) most = { name: node.layer!.name, value };
  }
  return most;
}

