import type { Node } from "../graph/graph.ts";
import { curvatureOf, propagate } from "../signal/index.ts";
import type { Trained } from "./define.ts";
import { isNorm, kernelOf, readersOf } from "./graph.ts";
import { inputsOf } from "./inputs.ts";
import { warmupOf } from "./rates.ts";

/** A first step that moves what a layer gives by more than this many times its usual size. */
const STEP = 10;
/** The same where nothing is known of the features, on whose size it rests. */
const STEP_UNSEEN = 30;

/** The largest move of a layer's result by the first step of an adaptive optimizer. */
export interface Leap {
  readonly node: Node;
  readonly fanIn: number;
  /** Root mean square of what flows in. */
  readonly size: number;
  /** Against the result's own root mean square, or 1 where that is less. */
  readonly change: number;
  /** Layers that sum, without the last, whose result no norm follows. */
  readonly hidden: number;
  /** What a later step of a steady gradient moves of some layer's result, against that result's own size: the most. */
  readonly steady: number;
  /** The features are known. */
  readonly known: boolean;
  /** A first step against later ones of a steady gradient. */
  readonly first: number;
  /** More than ten times. */
  readonly large: boolean;
  /** Large, and the features are known, or so large a step is too large for any. */
  readonly sure: boolean;
}

/**
 * Adaptive optimizers move every weight by the learning rate whatever the gradient (Kingma and Ba 2015, section 2.1;
 * RMSprop's first step by lr / √(1 − ρ)), in one direction for all inputs of a unit, so a result by about
 * lr·fan_in·E|h|. Undefined where a warmup starts the run, or steps follow the gradient's size (adagrad at its start). A normalization behind a layer takes its size away.
 */
export function leapOf(train: Trained): Leap | undefined {
  const { settings } = train;
  const args = settings?.optimizer.args as Readonly<Record<string, number>> | undefined;
  const name = settings?.optimizer.name;
  if (!args || name === "sgd" || name === "adagrad" || warmupOf(train) > 0) return undefined;
  const first = name === "rmsprop" ? 1 / Math.sqrt(1 - args["rho"]!) : 1;
  const inputs = inputsOf(train);
  let most: Leap | undefined;
  const sums = [...summing(train)];
  const hidden = sums.length - 1;
  let steady = 0;
  for (const { node, fanIn, size, result } of sums) {
    const move = args["lr"]! * fanIn * MEAN * size;
    const change = (move * first) / Math.max(1, result);
    steady = Math.max(steady, move / Math.max(result, 1e-30));
    if (change > (most?.change ?? 0)) most = { node, fanIn, size, change, first, steady, hidden, known: inputs !== undefined, large: change > STEP, sure: change > (inputs ? STEP : STEP_UNSEEN) };
  }
  return most && { ...most, steady };
}

/** E|h| of a normal, of its root mean square. */
const MEAN = Math.sqrt(2 / Math.PI);

interface Summing {
  readonly node: Node;
  readonly fanIn: number;
  /** Root mean squares of what flows in and out. */
  readonly size: number;
  readonly result: number;
}

/** Layers that sum over what flows in with trained kernels; a normalization behind one takes the size of its result away. */
function* summing(train: Trained): Iterable<Summing> {
  const { model } = train;
  const inputs = inputsOf(train);
  const { signals } = propagate(model, inputs);
  const readers = readersOf(model);
  for (const node of model.nodes) {
    const kernel = kernelOf(node);
    const x = node.layer && signals.at(node.inputs[0] ?? -1);
    if (!kernel?.spec.trainable || !x || node.layer!.family === "sequence" || readers.some(node.id, isNorm)) continue;
    const fanIn = (kernel.spec.shape as number[]).slice(0, -1).reduce((a, b) => a * b, 1);
    yield { node, fanIn, size: Math.sqrt(x.square), result: Math.sqrt(signals.at(node.id)?.square ?? 1) };
  }
}

/**
 * The largest output after every weight moved by `move`, all in one direction: with hidden results grown by what their own
 * weights moved. Undefined where a layer is not plain (norms, gates, recurrence).
 */
export function reachOfOutput(train: Trained, move: number): number | undefined {
  const { model } = train;
  if (!model.nodes.every(isPlain) || (!inputsOf(train) && model.nodes.every((n) => n.layer?.name !== "normalization"))) return undefined;
  const sums = [...summing(train)];
  const last = sums[sums.length - 1];
  if (!last || last.node.type?.shape.at(-1) !== 1) return undefined;
  const grown = sums.slice(0, -1).reduce((g, s) => g * (1 + (move * (1 + s.fanIn * MEAN * s.size)) / Math.max(s.result, 1e-6)), 1);
  return last.result + move * (1 + last.fanIn * MEAN * last.size * grown) + last.result * grown;
}

const PLAIN = new Set(["dense", "conv1d", "conv2d", "normalization", "dropout", "flatten", "reshape", "embedding", "concat", "rescaling", "max_pool2d", "avg_pool2d"]);
const isPlain = ({ layer }: Node): boolean => !layer || layer.activation === true || PLAIN.has(layer.name);

/**
 * By how much the scores of two rows come apart at most after every weight moved by `move`, all in one direction: by what
 * differs between rows where the last layer takes it, grown as in `reachOfOutput`, and through what stands between its
 * result and softmax or sigmoid; `left`: the share of it that these two leave. Undefined where the layers are not plain, or nothing is known of the features.
 */
export function reachOfScores(train: Trained, move: number): { readonly apart: number; readonly left: number; readonly last: Node } | undefined {
  const { model } = train;
  const output = model.outputs.length === 1 ? model.nodes[model.outputs[0]!] : undefined;
  const inputs = inputsOf(train);
  if (!output || !inputs || !["softmax", "sigmoid", "log_softmax"].includes(output.layer?.name ?? "") || !model.nodes.every(isPlain)) return undefined;
  const sums = [...summing(train)];
  const last = sums[sums.length - 1];
  const { signals } = propagate(model, inputs, true);
  const into = last && signals.at(last.node.inputs[0]!);
  const [head, result] = [output.inputs[0]!, last?.node.id ?? -1].map((id) => signals.at(id)?.square);
  // One layer alone has all the differences there are.
  if (!into || head === undefined || !result || (last.node.inputs[0] === model.inputs[0] && output.inputs[0] === last.node.id)) return undefined;
  const grown = sums.slice(0, -1).reduce((g, s) => g * (1 + (move * (1 + s.fanIn * MEAN * s.size)) / Math.max(s.result, 1e-6)), 1);
  const left = Math.sqrt((Math.max(into.square - into.cross, 0) / into.square) * (head / result));
  return { apart: move * last.fanIn * MEAN * Math.sqrt(into.square) * grown * left, left, last: last.node };
}

/**
 * What a steady gradient is multiplied by in the end; undefined for optimizers whose steps don't follow its size. Adagrad's
 * do until the sum of its squares passes `initial` (Duchi et al. 2011).
 */
export function rateOf(train: Trained): { readonly lr: number; readonly momentum: number; readonly effective: number } | undefined {
  const { name, args } = train.settings?.optimizer ?? {};
  const { lr, momentum = 0, initial = 0 } = (args ?? {}) as { lr: number; momentum?: number; initial?: number };
  if (name === "sgd") return { lr, momentum, effective: lr / (1 - momentum) };
  return name === "adagrad" && initial > 0 ? { lr, momentum: 0, effective: lr / Math.sqrt(initial) } : undefined;
}

/**
 * SGD with momentum β diverges where lr > 2·(1 + β)/λ, λ being the largest curvature (LeCun et al. 1998, Efficient
 * BackProp; Polyak 1964), which mean-field theory gives for networks of dense layers (Karakida et al. 2019), and about
 * with convolutions before them: `exact` is false then. Undefined for others, and where a warmup or clipping tames the
 * steps. Adagrad starts as SGD with lr / √initial.
 */
export function limitOf(train: Trained): { readonly limit: number; readonly curvature: number; readonly exact: boolean } | undefined {
  const { model, settings } = train;
  const rate = rateOf(train);
  if (!rate || !settings || settings.clip || warmupOf(train) > 0) return undefined;
  const inputs = inputsOf(train);
  const curvature = curvatureOf(model, inputs, settings.loss?.name);
  // What features of unknown size have in common is not known either.
  return curvature?.value && (curvature.exact || inputs) ? { curvature: curvature.value, exact: curvature.exact, limit: ((2 * (1 + rate.momentum)) / curvature.value) * (rate.lr / (rate.effective * (1 - rate.momentum))) } : undefined;
}
