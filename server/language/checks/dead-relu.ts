import type { Model, Node } from "../graph/graph.ts";
import { initializerOf } from "../layers/initializers.ts";
import { normalBelow, type Probe, propagate, rowsText, variance } from "../signal/index.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { argumentEdit, replaceRelu, setArgument, unique } from "./fixes.ts";
import { layersOf, readersOf, RECTIFIERS, TRANSPARENT, unavoidable } from "./graph.ts";
import { leapOf } from "./steps.ts";

/** A unit that is silent on more than this share of inputs counts as dead. */
const SILENT = 0.99;
/** A network that is born dead with more than this probability is reported. */
const BORN_DEAD = 0.01;

/**
 * Dead ReLUs that initialization alone makes certain or likely.
 *
 * By bias or constant weights: with z ~ N(m, q), a unit is silent on Φ(−m/√q) of the inputs; past 99 % it learns from
 * almost nothing.
 * By width and depth: with symmetric weights and zero biases, a layer of N units is silent on a given input with
 * probability 2^−N, so the network with at most 1 − ∏(1 − 2^−Nₗ), and for one feature with at least what leastDead gives
 * (Lu, Shin, Su, Karniadakis 2019, Dying ReLU and initialization; both bounds hold in test/language/check-evidence.test.ts).
 * By training: a step that moves units many times their size (learning-rate.ts) leaves those below 0 there.
 * Counted from the first layer that sees one feature, or rectified ones: several signed features are never all silent.
 * Guards: a normalization between layer and ReLU recentres it; a skip connection carries signal past a dead layer.
 */
export const deadRelu = defineCheck({
  code: "dead-relu",
  explains: ["vanishing-gradient", "narrow-layers", "narrow-bottleneck", "scores-alike"],
  model: (model) => [...byStart(model), ...byWidth(model)],
  probed: byCount,
  train: byStep,
});

function* byStart(model: Model): Iterable<CheckFinding> {
  const rectifiers = layersOf(model, ...RECTIFIERS);
  if (rectifiers.length === 0) return;
  const { signals } = propagate(model);
  for (const node of rectifiers) {
    const source = beforeActivation(model, node);
    if (!source || !(signals.means[source.id]! < 0)) continue;
    const z = signals.known(source.id);
    const q = variance(z);
    const silent = q > 0 ? normalBelow(-z.mean / Math.sqrt(q)) : 1;
    if (silent > SILENT) yield silentUnits(node, source, silent, { mean: z.mean, variance: q, by: z.derived ? "derived" : "estimated", over: " for inputs of mean square 1" });
  }
}

/** Where the theory has but an estimate: zeros counted. */
function* byCount(model: Model, probe: Probe): Iterable<CheckFinding> {
  const { signals } = propagate(model);
  for (const node of layersOf(model, ...RECTIFIERS)) {
    const source = beforeActivation(model, node);
    const [z, end] = [source && probe.at(source), probe.at(node)];
    if (!source || signals.isDerived(source.id) || !z || !(z.mean < 0) || (end?.flat ?? 0) <= SILENT) continue;
    yield silentUnits(node, source, end!.flat!, { mean: z.mean, variance: z.square - z.mean ** 2, by: `estimated, ${rowsText(z)}`, over: "" });
  }
}

/** What flows into a ReLU, and what says so. */
interface Flowing {
  readonly mean: number;
  readonly variance: number;
  readonly by: string;
  readonly over: string;
}

function silentUnits(node: Node, source: Node, silent: number, { mean, variance: q, by, over }: Flowing): CheckFinding {
  const share = silent > 0.999999 ? "more than 99.9999 %" : `${(100 * silent).toFixed(silent > 0.9999 ? 4 : 2)} %`;
  const bias = source.weights.find((w) => w.key === "bias");
  const b = (bias && initializerOf(bias.spec.init.name).mean?.(bias.spec.init.args)) ?? 0;
  const { init } = source.weights.find((w) => w.key === "kernel")!.spec;
  const cause = b < 0 ? `with bias ${b}` : `from ${init.name}`;
  const first = b < 0 ? setArgument(source, "bias_init", "zeros", "Start the bias at zeros") : setArgument(source, "init", "he_normal", "Start from he_normal");
  return {
    code: "dead-relu", severity: "warning", site: source.site, about: [source.id, node.id], estimated: by === "estimated",
    message: `dead ReLU: ${cause} the units of ${source.layer!.name} are silent on ${share} of inputs (${by}: z ~ N(${b < 0 && over !== "" ? b : mean.toPrecision(3)}, ${q.toPrecision(3)})${over}), so they get almost no gradient; ${b < 0 ? "start the bias at 0" : "start from he_normal"}`,
    related: [{ site: node.site, message: "this ReLU passes nothing on for z ≤ 0" }],
    fixes: [first, ...replaceRelu([node], true)],
  };
}

/** A first step that moves units many times their size kills those that it moves below 0 for good. */
function* byStep(train: Trained): Iterable<CheckFinding> {
  const leap = leapOf(train);
  if (!leap?.sure) return;
  const { model } = train;
  const next = readersOf(model).of(leap.node.id).find((n) => RECTIFIERS.has(n.layer?.name ?? ""));
  if (!next) return;
  yield {
    code: "dead-relu", severity: "warning", site: next.site, about: [next.id],
    message: `dead ReLU: a first step that moves z by about ${leap.change.toPrecision(2)} times its size (derived: lr·fan_in·E|h|) leaves half of the units below 0 on every input, without a gradient to come back; lower the learning rate, or use leaky_relu`,
  };
}

/** The layer with weights whose result reaches this activation unchanged. */
function beforeActivation(model: Model, node: Node): Node | undefined {
  const at = behind(model, node);
  return at?.layer && at.weights.some((w) => w.key === "kernel") ? at : undefined;
}

interface Layer {
  readonly dense: Node;
  readonly relu: Node;
  readonly units: number;
}

/** Runs of dense → ReLU without normalization or skip; one finding each, at its narrowest layer. */
function* byWidth(model: Model): Iterable<CheckFinding> {
  /** By the ReLU that a run ends in. */
  const runs = new Map<number, Layer[]>();
  if (layersOf(model, "dense").length === 0) return;
  for (const relu of model.nodes) {
    if (!relu.layer || !RECTIFIERS.has(relu.layer.name)) continue;
    const dense = beforeActivation(model, relu);
    if (!dense || !isSymmetric(dense)) continue;
    const from = behind(model, dense);
    const before = from && runs.get(from.id);
    if (before) runs.delete(from.id);
    // Several features of both signs: a layer is silent for some inputs, not for all.
    const first = from && !RECTIFIERS.has(from.layer?.name ?? "") && from.type?.shape.at(-1) !== 1;
    if (first) continue;
    const run = before ?? [];
    run.push({ dense, relu, units: (dense.args as { units: number }).units });
    runs.set(relu.id, run);
  }
  const only = unavoidable(model);
  // Past a skip connection or gate the signal goes on without this layer.
  for (const run of runs.values()) yield* bornDead(model, run.filter((l) => only.has(l.relu.id)));
}

/** Dense over one row's features, weights as likely negative as positive, no bias. */
function isSymmetric(node: Node): boolean {
  if (node.layer?.name !== "dense" || node.type?.shape.length !== 1) return false;
  const bias = node.weights.find((w) => w.key === "bias");
  const init = (node.args as { init?: { name: string } }).init?.name;
  return (!bias || bias.spec.init.name === "zeros") && init !== undefined && !initializerOf(init).mean && init !== "zeros" && init !== "identity";
}

/** What flows into a layer, past everything that only shapes or drops. */
function behind(model: Model, node: Node): Node | undefined {
  let at = model.nodes[node.inputs[0]!];
  while (at?.layer && TRANSPARENT.has(at.layer.kind)) at = model.nodes[at.inputs[0]!];
  return at;
}

function* bornDead(model: Model, run: readonly Layer[]): Iterable<CheckFinding> {
  const depth = run.length;
  if (depth === 0) return;
  const bound = 1 - run.reduce((p, { units }) => p * (1 - 2 ** -units), 1);
  if (bound <= BORN_DEAD) return;
  const narrowest = run.reduce((a, b) => (b.units < a.units ? b : a));
  const enough = Math.ceil(Math.log2(depth / BORN_DEAD));
  const narrow = run.filter((r) => r.units < enough);
  const widths = new Set(run.map((r) => r.units));
  const width = widths.size === 1 ? `${narrowest.units} units` : `${Math.min(...widths)} to ${Math.max(...widths)} units`;
  const from = behind(model, run[0]!.dense);
  const least = widths.size === 1 && from?.type?.shape.at(-1) === 1 && !RECTIFIERS.has(from.layer?.name ?? "") ? leastDead(narrowest.units, depth) : undefined;
  yield {
    code: "dead-relu",
    severity: "warning",
    site: narrowest.dense.site,
    about: run.flatMap((r) => [r.dense.id, r.relu.id]),
    message: `dead ReLU: ${depth} ReLU layer${depth === 1 ? "" : "s"} of ${width} may be born dead, with probability ${least === undefined ? "up to" : `${(100 * least).toPrecision(2)} to`} ${(100 * bound).toPrecision(2)} % (derived: ${least === undefined ? "" : "bounds for one feature, the upper one "}1 − ∏(1 − 2^−N), Lu et al. 2019); ${enough} units a layer bring it to 1 %`,
    related: run.slice(0, 5).map((r) => ({ site: r.relu.site, message: `silent on an input with probability 2^−${r.units}` })),
    fixes: [
      { title: `Widen to ${enough} units`, edits: unique(narrow.map((r) => argumentEdit(r.dense, "units", String(enough)))) },
      ...replaceRelu(run.map((r) => r.relu), false),
    ],
  };
}

/** The lower bound of the same theorem for one feature of both signs: H layers of N units, symmetric weights, zero biases. */
function leastDead(units: number, layers: number): number {
  const [one, both] = [1 - 2 ** -units, 1 - 2 ** (1 - units) - (units - 1) * 4 ** -units];
  const share = ((1 - 2 ** (1 - units)) * one) / (1 + (units - 1) * 2 ** -units);
  return Math.max(0, 1 - one ** (layers - 1) + share * (both ** (layers - 1) - one ** (layers - 1)));
}
