import type { Model, Node } from "../graph/graph.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { layersOf, unavoidable } from "./graph.ts";
import { normalizeAfter, normalizeBefore, startFrom, swapFlat, wrapResidual } from "./repairs.ts";
import { activationsBetween, fittingInit, namesOf, short, type Trend, trendBy, trendOf } from "./trend.ts";
import { propagate, reachOf } from "../signal/index.ts";

/** A weight's gradient against the last layer's, as root mean square and as norm, below which a layer hardly learns. */
const RATIO = 1e-3;
const NORM = 1e-2;
/** The same where so many flat nonlinearities make it: measured, four sigmoid layers already learn a tenth as fast. */
const RATIO_FLAT = 5e-3;
const FLAT_LAYERS = 3;
/** How far below the limit a number must be to be sure: an estimate may be wrong a thousandfold, one draw of the weights differs from the mean of all by a third (bench/README.md). */
const MARGINS = { theory: 1, probe: 0.5, estimate: 1e-3 } as const;
/** E[φ′²] up to which a nonlinearity counts as flat: sigmoid has at most 1/16. */
const FLAT = 0.15;
/** Of the signal's mean square, what must be left at the last layer; above the second, SGD alone suffers. */
const SIGNAL = 1e-6;
const SIGNAL_SMALL = 1e-4;
/** Below this root mean square a 32-bit float is 0. */
const UNDERFLOW = 1e-38;
/** Root of the gradient that reaches the first position of a sequence whose length is a symbol; of a known length RATIO is the limit, as between layers. Measured on digits and stripes, 64 pixels through simple_rnn, of which 9e-5 is left: 0.64 to 0.86 in 8 to 40 epochs; 32 pairs, 2e-3: 0.85 and 0.89; 16 fours, 0.02: 0.90 and 0.94. */
const REACH = 1e-6;
/** Of a sequence, the share of steps that a state is to learn from: under it hardly anything but the end counts. */
const SEEN = 1 / 8;

/**
 * Gradients that vanish on the way back, or a signal that vanishes on the way forward.
 *
 * By mean-field theory (Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017, Deep information propagation) each layer passes
 * χ = σw²·E[φ′²] of the gradient's mean square on, and the gradient of a weight goes as √(E[x²]·∏χ). Reported below 1e-3
 * of the last layer's (AutoTrainer: Zhang et al. 2021), below 5e-3 where three flat nonlinearities (sigmoid: E[σ′²] ≤
 * 1/16) make it, and where less than 1e-6 of the signal's mean square is left: then all gradients shrink together.
 * Guards: only layers that every way passes (skips and gates carry the gradient around others); norms, skips and
 * initializations count with what they do; estimated numbers are decided by a probe (decided.ts).
 */
export const vanishingGradient = defineCheck({
  code: "vanishing-gradient",
  explains: ["narrow-layers", "scores-alike"],
  *model(model) {
    const trend = trendOf(model);
    const found = trend ? [...inDepth(model, trend)] : [];
    yield* found;
    if (found.length === 0) yield* throughMerges(model);
    yield* overTime(model);
  },
  *probed(model, probe) {
    const trend = trendBy(model, probe);
    if (trend) yield* inDepth(model, trend);
  },
});

/** Averages and products that each let a part through: what layers beside them learn reaches nobody, nor does the input. */
function* throughMerges(model: Model): Iterable<CheckFinding> {
  const merges = layersOf(model, "average", "multiply");
  if (merges.length === 0 || model.outputs.length !== 1 || !model.complete) return;
  const { signals } = propagate(model);
  const only = unavoidable(model);
  const isMerge = new Set(merges);
  let kept = 1;
  let from = 0;
  const weak: Node[] = [];
  for (const node of model.nodes) {
    if (!only.has(node.id)) continue;
    const [before, after] = [signals.at(from)?.square, signals.at(node.id)?.square];
    from = node.id;
    if (!isMerge.has(node) || !before || after === undefined || !signals.isDerived(node.id) || after >= before) continue;
    kept *= after / before;
    weak.push(node);
  }
  const last = model.nodes.findLast((n) => only.has(n.id) && n.weights.some((w) => w.spec.decays && w.spec.trainable));
  const [enters, leaves] = [signals.at(model.inputs[0]!)?.square, last && signals.at(last.inputs[0]!)?.square];
  const [first] = weak;
  if (!first || !enters || leaves === undefined || !(kept < SIGNAL) || !(leaves / enters < SIGNAL)) return;
  const name = namesOf(weak);
  yield {
    code: "vanishing-gradient", severity: "warning", site: first.site, about: [...weak.map((n) => n.id), last!.id],
    message: `vanishing signal: ${weak.length} ${name} merges keep ${short(kept ** (1 / weak.length))} of the mean square each, and ${short(leaves / enters)} of the input's is left before the last layer (derived for inputs of mean square 1); ${name === "average" ? "add keeps the skip whole, or normalize" : "normalize"} before each`,
    related: [{ site: last!.site, message: `here a mean square of ${short(leaves)} flows in` }],
    propose: () => [normalizeBefore(weak)],
  };
}

function* inDepth(model: Model, trend: Trend): Iterable<CheckFinding> {
  const { least, last, growth: left, leaves, kernels, numbers: { by, label } } = trend;
  const small = by === "estimate" ? SIGNAL : SIGNAL_SMALL;
  const [ratio, norm] = [least.rms / last.rms, least.norm / last.norm];
  if (!(norm < NORM && ratio < RATIO_FLAT) && !(left < small)) return;
  const between = activationsBetween(model, trend, kernels[0]!.node.id, last.node.id);
  const flat = between.filter((a) => a.slope < FLAT && a.node.id > least.node.id);
  const byGradient = norm < NORM && (ratio < RATIO || (ratio < RATIO_FLAT && flat.length >= FLAT_LAYERS));
  if (!byGradient && !(left < small)) return;
  const estimated = by === "estimate";
  const margin = MARGINS[by];
  const sure = by === "theory" ? byGradient || left < SIGNAL : (byGradient && ratio < RATIO * margin) || (!estimated && left < SIGNAL * margin);
  // Of a few rows nothing may pass where of others something does.
  const severity = Math.sqrt(leaves) < UNDERFLOW && (leaves > 0 || by === "theory") ? "error" : sure ? "warning" : "information";
  const layers = kernels.map((k) => k.node);
  const hidden = layers.slice(0, -1);
  const about = layers.map((n) => n.id);
  const flatShare = flat.reduce((sum, a) => sum + Math.log(a.slope), 0) / Math.log(ratio * ratio);
  if (byGradient && flat.length >= FLAT_LAYERS && flatShare > 0.5) {
    const slopes = flat.map((a) => a.slope).sort((a, b) => a - b);
    const name = namesOf(flat.map((a) => a.node));
    yield {
      code: "vanishing-gradient", severity, site: flat[0]!.node.site, about, estimated,
      message: `vanishing gradient: ${flat.length} ${name} layers pass on ${short(slopes[slopes.length >> 1]!)} of the gradient's mean square each (E[φ′²]), and ${layerText(least.node, layers)} gets ${short(ratio)} of the last layer's gradient (${label}); use relu with he_normal, or normalize before each ${name}`,
      related: ends(least.node, last.node, ratio),
      propose: () => [...swapFlat(flat.map((a) => a.node), hidden), normalizeAfter(hidden), ...residual(model, hidden)],
    };
    return;
  }
  const activation = between[0]?.node.layer!.name;
  const init = fittingInit(activation);
  const kept = left ** (1 / Math.max(hidden.length, 1));
  const what = byGradient ? `${layerText(least.node, layers)} gets ${short(ratio)} of the last layer's gradient` : `${short(left)} of the input's mean square is left before the last layer, and gradients of ${short(trend.most.rms)}`;
  yield {
    code: "vanishing-gradient", severity, site: hidden[0]!.site, about, estimated,
    message: `vanishing ${byGradient ? "gradient" : "signal"}: over ${hidden.length} layers from ${initName(hidden[0]!)}${activation ? ` with ${activation}` : ""}, each of which keeps ${short(kept)} of its mean square, ${what} (${label}); start from ${init}, or normalize`,
    related: ends(least.node, last.node, ratio),
    propose: () => [startFrom(hidden, init), normalizeAfter(hidden), ...residual(model, hidden)],
  };
}

const residual = (model: Model, layers: readonly Node[]) => [wrapResidual(model, layers, "Wrap the layers into residual blocks")].flatMap((f) => f ?? []);

const ends = (least: Node, last: Node, ratio: number) => [
  { site: least.site, message: `${least.layer!.name}: its gradient is ${short(ratio)} of the last layer's` },
  { site: last.site, message: "the last layer with weights" },
];

function layerText(node: Node, layers: readonly Node[]): string {
  const at = layers.indexOf(node);
  return at === 0 ? "the first layer" : `layer ${at + 1} of ${layers.length}`;
}

function initName(node: Node): string {
  return node.weights.find((w) => w.spec.decays)?.spec.init.name ?? "its start";
}

/** Bengio, Simard, Frasconi 1994. Memory cells are made against it. */
function* overTime(model: Model): Iterable<CheckFinding> {
  for (const node of layersOf(model, "simple_rnn")) {
    const reach = reachOf(model, node);
    if (!reach) continue;
    const { site, inputs: [from] } = node;
    const known = typeof model.nodes[from!]!.type?.shape[0] === "number";
    const carried = Math.sqrt(reach.share);
    if (carried >= (known ? RATIO : REACH)) continue;
    // Steps back until as little is left; what shrinks, shrinks by about the same factor at each.
    const seen = (reach.steps * Math.log(carried < REACH ? REACH : RATIO)) / Math.log(Math.max(carried, Number.MIN_VALUE));
    const name = { ...site, span: { ...site.span, endLine: site.span.line, end: site.span.start + "simple_rnn".length } };
    yield {
      code: "vanishing-gradient", severity: known || seen < SEEN * reach.steps ? "warning" : "information", site, about: [node.id],
      message: `vanishing gradient over time: of the gradient at the last of ${reach.steps} steps, ${short(carried)} reaches the first (derived), so it learns from about the last ${Math.max(1, Math.round(seen))} steps only; lstm and gru keep a state that it passes undiminished`,
      fixes: ["lstm", "gru"].map((to) => ({ title: `Use ${to}`, edits: [{ site: name, text: to }] })),
    };
  }
}
