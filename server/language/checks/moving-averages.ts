import type { Model, Node } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { propagate } from "../signal/index.ts";
import { defineCheck, type Trained } from "./define.ts";
import { argumentEdit, unique } from "./fixes.ts";
import { isNorm, kernelOf, layersOf } from "./graph.ts";
import { inputsOf } from "./inputs.ts";
import { at, count, short } from "./places.ts";
import { stepsOf } from "./rates.ts";

/**
 * Share of the moving averages' start that is left, from which on prediction suffers whatever flows: measured on digits, 0.3
 * costs nothing, 0.55 some hundredths, 0.73 a tenth, 0.94 a third.
 */
const LEFT = 0.6;
/**
 * Deviations by which channels are off, all norms together, from which on prediction suffers. Measured with momentum 0.99 on
 * digits (bench/findings/lag.mjs): up to 1.3 accuracy is 0.92 or more of what momentum 0.9 gives, past 1.5 it falls to 0.9 and
 * down to 0.1.
 */
const OFF = 1.5;
/** A channel's mean by its deviation: in trained networks no more, measured. */
const MOST_COMMON = 1;

/** Their updates are of about the learning rate's size, whatever the gradient. */
const ADAPTIVE = new Set(["adam", "adamw", "rmsprop"]);

/**
 * Batch norm predicts with moving averages, of which momentum^steps is still the start after so many steps: mean 0 and
 * variance 1 (Ioffe and Szegedy 2015, algorithm 2). What flows in with a mean square that is small against that is divided
 * by too much: with v the variance of a channel, its result is √((v + ε) / (m^t + (1 − m^t)·v + ε)) of what it was in
 * training. The next norm then takes off a mean that its input does not have any more: with r the factor by which that
 * shrank, c the square of the mean, it is off by |1 − (1 − m^t)/r|·√(c/v) deviations, and so the norms add up.
 * c and v are derived by mean-field theory at the start; adaptive optimizers make weights larger by at least lr²·t in the
 * mean square, since gradients before a norm stand at right angles to them (Heo et al. 2021, AdamP).
 * Where steps follow the gradient, weights this small grow fast by themselves (measured with SGD 0.1 and momentum 0.9: 0.97 for
 * what Adam leaves at 0.7): information.
 * Guards: frozen norms; unknown rows or signals; other norms between, which bring the size back; one norm alone, which a
 * factor does not harm.
 */
export const movingAverages = defineCheck({
  code: "moving-averages",
  needsData: true,
  *train(train) {
    const norms = layersOf(train.model, "batch_norm").filter((n) => isFollowed(n));
    const steps = norms.length === 0 ? undefined : stepsOf(train);
    if (steps === undefined) return;
    const slow = norms.filter((n) => momentumOf(n) ** steps > LEFT);
    const lags = slow.length > 0 ? [] : lagsOf(train, steps);
    const off = together(lags);
    const late = lags.filter((l) => l.off > OFF / Math.sqrt(norms.length));
    const [first] = slow.length > 0 ? slow : off > OFF ? late.map((l) => l.node) : [];
    if (!first) return;
    const of = slow.length > 0 ? slow : norms;
    const momentum = momentumOf(first);
    const fit = [0.99, 0.9, 0.5].find((m) => m < momentum && m ** steps < 0.3 && together(lagsOf(train, steps, (n) => Math.min(m, momentumOf(n)))) < OFF / 2);
    const left = `${short(100 * momentum ** steps)} % are still their start after all ${count(steps)} steps (derived: momentum^steps, momentum ${momentum})`;
    const after = fit === undefined ? "train longer" : `momentum = ${fit} follows, or train longer`;
    const shrunk = lags.find((l) => l.node === first);
    yield at(first, {
      code: "moving-averages", severity: slow.length > 0 || ADAPTIVE.has(train.settings!.optimizer.name) ? "warning" : "information", about: of.map((n) => n.id),
      message: shrunk
        ? `batch_norm predicts with moving averages, of which ${left}: the norms before make of their small variances ${short(shrunk.into)} of what flowed in training, and the mean that is taken off here is wrong by ${short(shrunk.off)} deviations, ${short(off)} with all norms together (estimated: |1 − (1 − m^t)/r|·√(c/v)), so that a network which learns predicts something else; ${after}`
        : `batch_norm predicts with moving averages, of which ${left}, not what the data has; ${after}`,
      related: lags.filter((l) => l.factor < 0.5).slice(0, 3).map((l) => ({ site: l.node.site, message: `a variance of ${short(l.variance)} is taken for ${short(l.taken)}: ${short(l.factor)} of the signal is left` })),
      ...(fit !== undefined && { fixes: [{ title: `Use momentum = ${fit}`, edits: unique(of.filter((n) => momentumOf(n) > fit).map((n) => argumentEdit(n, "momentum", String(fit)))) }] }),
    });
  },
});

const momentumOf = (n: Node): number => (n.args as { momentum: number }).momentum;

const isFollowed = (n: Node): boolean => n.weights.some((w) => !w.spec.trainable) && !(n.args as { frozen?: boolean }).frozen;

/** What a norm does in prediction, against training. */
interface Lag {
  readonly node: Node;
  /** Of a channel, and what prediction takes it for. */
  readonly variance: number;
  readonly taken: number;
  /** By which what flows in shrank, and by which this norm makes it smaller. */
  readonly into: number;
  readonly factor: number;
  /** In deviations of what flows in. */
  readonly off: number;
}

export const together = (lags: readonly Lag[]): number => Math.sqrt(lags.reduce((s, l) => s + l.off ** 2, 0));

/** By norm, in the order of the flow. */
export function lagsOf(train: Trained, steps: number, momentum = momentumOf): Lag[] {
  const { model } = train;
  const { signals } = propagate(model, inputsOf(train), true);
  const sizes = new Float64Array(model.nodes.length).fill(1);
  const lags: Lag[] = [];
  for (const node of model.nodes) {
    if (!node.layer || node.inputs.length === 0) continue;
    const into = sizes[node.inputs[0]!]!;
    const x = signals.at(node.inputs[0]!);
    if (node.layer.name === "batch_norm" && isFollowed(node)) {
      const grown = growthOf(train, node, steps);
      const variance = x ? Math.max(x.square - x.cross, 0) * grown : 0;
      if (!(variance > 0)) continue;
      const { epsilon } = node.args as { epsilon: number };
      const left = momentum(node) ** steps;
      const taken = left + (1 - left) * variance;
      const factor = Math.sqrt((variance + epsilon) / (taken + epsilon));
      lags.push({ node, variance, taken, into, factor, off: Math.abs(1 - (1 - left) / into) * Math.sqrt(Math.min((x!.cross * grown) / variance, MOST_COMMON)) });
      sizes[node.id] = into * factor;
    } else if (node.layer.family === "merging") sizes[node.id] = merged(node, sizes, (id) => signals.at(id)?.square ?? 1);
    else if (!isNorm(node)) sizes[node.id] = into;
  }
  return lags;
}

/** Of a sum, by the mean squares of what is joined. */
function merged({ inputs }: Node, sizes: Float64Array, square: (id: number) => number): number {
  const all = inputs.reduce((s, i) => s + square(i), 0);
  return all > 0 ? Math.sqrt(inputs.reduce((s, i) => s + square(i) * sizes[i]! ** 2, 0) / all) : 1;
}

/** By which training makes a variance larger at least, by the kernel behind it. */
function growthOf({ model, settings }: Trained, norm: Node, steps: number): number {
  const { name, args } = settings!.optimizer;
  const kernel = ADAPTIVE.has(name) ? kernelBefore(model, norm) : undefined;
  if (!kernel?.spec.trainable) return 1;
  const { init, shape } = kernel.spec;
  const variance = initializerOf(init.name).variance(init.args, fans(shape as number[]));
  return variance > 0 ? 1 + ((args["lr"] as number) ** 2 * steps) / variance : 1;
}

function kernelBefore(model: Model, norm: Node) {
  for (let node = model.nodes[norm.inputs[0]!]; node?.layer && !isNorm(node); node = node.inputs.length === 1 ? model.nodes[node.inputs[0]!] : undefined) {
    const kernel = kernelOf(node) ?? node.weights.find((w) => w.spec.decays);
    if (kernel) return kernel;
  }
  return undefined;
}
