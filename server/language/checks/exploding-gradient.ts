import type { Model, Node } from "../graph/graph.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { extendBranches, normalizeAfter, startFrom, steadyState, wrapResidual } from "./repairs.ts";
import { activationsBetween, fittingInit, short, type Trend, trendBy, trendOf } from "./trend.ts";

/** A layer's gradient against the last layer's, as norm and as root mean square (AutoTrainer: Zhang et al. 2021). */
const RATIO = 70;
/** Of the signal's mean square, from the first layer to the last. */
const SIGNAL = 1e4;
/** Past this root mean square a 32-bit float is infinite. */
const OVERFLOW = 1e38;
/** One draw of the weights differs from the mean of all by a third (bench/README.md): a probe's number is sure past twice the limit. */
const MARGIN = 2;

/**
 * A signal that grows from layer to layer, or gradients that grow on the way back.
 *
 * By mean-field theory a layer with σw² = fan_in·Var(w) multiplies the mean square by σw²·E[φ²]/q (He et al. 2015), and
 * h + f(h) adds the branch's to the skip's: without normalization a branch that keeps the size doubles it, 2^B after B
 * blocks (Zhang, Dauphin, Ma 2019, Fixup). Gradients of vanilla batch norm networks with ReLU grow by π/(π − 1) a layer (Yang et
 * al. 2019). Reported past 10⁴ of the input's mean square, or 70 times the last layer's gradient.
 * Guards: only layers that every way passes; a norm behind a layer makes a step as small as the weight is large.
 */
export const explodingGradient = defineCheck({
  code: "exploding-gradient",
  explains: ["narrow-layers", "learning-rate"],
  *model(model) {
    const trend = trendOf(model);
    if (trend) yield* grows(model, trend);
  },
  *probed(model, probe) {
    const trend = trendBy(model, probe);
    if (trend) yield* grows(model, trend);
  },
});

function* grows(model: Model, trend: Trend): Iterable<CheckFinding> {
  const { kernels, last, most, growth, leaves, numbers: { by, label } } = trend;
  const [ratio, norm] = [most.rms / last.rms, most.norm / last.norm];
  const bySignal = growth > SIGNAL;
  if (!bySignal && !(ratio > RATIO && norm > RATIO)) return;
  const estimated = by === "estimate";
  const sure = by === "theory" || (!estimated && (growth > SIGNAL * MARGIN || (ratio > RATIO * MARGIN && norm > RATIO * MARGIN)));
  const severity = Math.sqrt(leaves) > OVERFLOW ? "error" : sure ? "warning" : "information";
  const hidden = kernels.slice(0, -1).map((k) => k.node);
  const sums = bySignal ? sumsOf(model, trend) : [];
  const bySums = sums.reduce((g, s) => g * s.gain, 1);
  if (sums.length > 0 && bySums > Math.sqrt(growth)) {
    yield {
      code: "exploding-gradient", severity, estimated, site: sums[0]!.node.site, about: [...sums.map((s) => s.node.id), last.node.id],
      message: `growing signal: ${sums.length} residual sums without normalization multiply its mean square by ${short(bySums ** (1 / sums.length))} each, ${short(growth)} from the first layer to the last (${label}); normalize at the start of each branch, or scale its end down`,
      related: [{ site: last.node.site, message: `here a mean square of ${short(leaves)} flows in` }],
      propose: () => extendBranches(sums),
    } satisfies CheckFinding;
    return;
  }
  const activation = activationsBetween(model, trend, kernels[0]!.node.id, last.node.id)[0]?.node.layer!.name;
  const init = fittingInit(activation);
  const each = growth ** (1 / hidden.length);
  const from = hidden[0]!.weights.find((w) => w.spec.decays)?.spec.init.name ?? "their start";
  yield {
    code: "exploding-gradient", severity, estimated, site: (bySignal ? hidden[0]! : most.node).site, about: kernels.map((k) => k.node.id),
    message: bySignal
      ? `growing signal: ${hidden.length} layers from ${from}${activation ? ` with ${activation}` : ""} multiply its mean square by ${short(each)} each, ${short(growth)} from the first layer to the last (${label}); start from ${init}, or normalize`
      : `exploding gradient: ${kernels[0] === most ? "the first layer" : most.node.layer!.name} gets ${short(ratio)} times the last layer's gradient (${label}); start from ${init}, or add skip connections`,
    related: [{ site: last.node.site, message: bySignal ? `here a mean square of ${short(leaves)} flows in` : "the last layer with weights" }],
    propose: () => [startFrom(hidden, init), ...steadyState(hidden), ...[hidden.filter((n) => n.layer!.family !== "sequence")].flatMap((plain) => (plain.length > 0 ? normalizeAfter(plain) : [])), ...[wrapResidual(model, hidden, "Wrap the layers into residual blocks", "layer_norm -> ")].flatMap((f) => f ?? [])],
  } satisfies CheckFinding;
}

/** A sum of a result with a branch that starts from it. */
export interface ResidualSum {
  readonly node: Node;
  /** Of the mean square, from the skip to the sum. */
  readonly gain: number;
  /** First and last layer of the branch. */
  readonly first: Node;
  readonly last: Node;
}

function sumsOf(model: Model, { only, numbers: { square } }: Trend): ResidualSum[] {
  return model.nodes.flatMap((node): ResidualSum[] => {
    if (node.layer?.name !== "add" || !only.has(node.id) || node.inputs.length !== 2) return [];
    const before = node.inputs.map((i) => model.nodes[i]!);
    const skip = before.map((n) => pastIdentity(model, n)).findIndex((n) => only.has(n.id));
    if (skip < 0) return [];
    const from = pastIdentity(model, before[skip]!);
    const last = before[1 - skip]!;
    let first = last;
    while (first.inputs.length === 1 && first.inputs[0] !== from.id && model.nodes[first.inputs[0]!]!.layer) first = model.nodes[first.inputs[0]!]!;
    const gain = (square(node.id) ?? NaN) / (square(from.id) ?? NaN);
    return first.inputs[0] === from.id && gain > 1 ? [{ node, gain, first, last }] : [];
  });
}

function pastIdentity(model: Model, node: Node): Node {
  return node.layer?.name === "identity" ? pastIdentity(model, model.nodes[node.inputs[0]!]!) : node;
}
