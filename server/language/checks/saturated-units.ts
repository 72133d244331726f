import type { Fix } from "../findings.ts";
import { initializerOf } from "../layers/initializers.ts";
import type { Model, Node } from "../graph/graph.ts";
import { normalBelow, type Probe, propagate, type Propagation, rowsText, type Signal, variance } from "../signal/index.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { prependLayer, setArgument } from "./fixes.ts";
import { kernelOf, layersOf, readersOf, TRANSPARENT } from "./graph.ts";
import { inputsOf, largest } from "./inputs.ts";
import { normalizeAfter, startFrom } from "./repairs.ts";
import { short } from "./trend.ts";

/** Where a unit is within 5 % of its limits: |tanh| > 0.95, σ outside of 0.05 … 0.95. */
const LIMITS: Readonly<Record<string, number>> = { tanh: 1.8318, sigmoid: 2.9444, hard_sigmoid: 2.7 };
/** Share of the units that may be there at the start. */
const SHARE = 0.5;
/** It is a warning where nearly all are, or so many layers are: measured, four layers of half still learn, eight hardly. */
const MOST = 0.9;
const LAYERS = 6;

/**
 * tanh and sigmoid units that start near their limits, where the slope is a tenth of its largest or less: with
 * z ~ N(m, q) a share 1 − Φ((L − m)/√q) + Φ((−L − m)/√q) of them (Glorot and Bengio 2010, section 4.2). Large weights make
 * it, or large features: then of the file's own numbers. Reported past one half.
 * Guards: gates (what multiplies) and the last layer are meant to decide; a normalization before it counts.
 */
export const saturatedUnits = defineCheck({
  code: "saturated-units",
  explains: ["vanishing-gradient", "exploding-gradient", "scores-alike"],
  *model(model) {
    const full = saturated(model, propagate(model));
    if (full.length > 0) yield byWeights(model, full);
  },
  *probed(model, probe) {
    const full = counted(model, probe);
    if (full.length > 0) yield byWeights(model, full);
  },
  // What a train block says more of, with its data.
  excuses: (train) => byData(train) !== undefined,
  *train(train) {
    const full = byData(train);
    if (full) yield byInput(train, full);
  },
});

interface Saturated {
  readonly node: Node;
  readonly share: number;
  readonly z: Signal;
  /** What it rests on. */
  readonly by: string;
}

/** Layers that are full by the features of the data: where weights alone fill some, only what is a warning by both and none by them. */
function byData(train: Trained): readonly Saturated[] | undefined {
  const inputs = inputsOf(train);
  if (!inputs) return undefined;
  const { model } = train;
  const [own, full] = [saturated(model, propagate(model)), saturated(model, propagate(model, inputs))];
  return full.length > 0 && (own.length === 0 || (severityOf(own) !== "warning" && severityOf(full) === "warning")) ? full : undefined;
}

function saturated(model: Model, { signals }: Propagation): Saturated[] {
  return layersOf(model, ...Object.keys(LIMITS)).flatMap((node) => {
    const z = signals.at(node.inputs[0]!);
    const constant = isConstant(model.nodes[node.inputs[0]!]!);
    if (!z || !(z.derived || constant) || decides(model, node.id)) return [];
    const [limit, deviation] = [LIMITS[node.layer!.name]!, Math.sqrt(variance(z)) || 1e-30];
    const share = 1 - normalBelow((limit - z.mean) / deviation) + normalBelow((-limit - z.mean) / deviation);
    // A sum of equal weights is no normal for certain: only where nearly all of it lies past the limits.
    return share > (z.derived ? SHARE : MOST) ? [{ node, share, z, by: z.derived ? "derived" : "estimated" }] : [];
  });
}

/** What the theory does not know for certain, counted. */
function counted(model: Model, probe: Probe): Saturated[] {
  const { signals } = propagate(model);
  return layersOf(model, ...Object.keys(LIMITS)).flatMap((node) => {
    const before = model.nodes[node.inputs[0]!]!;
    const [z, end] = [probe.at(before), probe.at(node)];
    if (signals.at(before.id)?.derived === true || isConstant(before) || !z || (end?.flat ?? 0) <= SHARE || decides(model, node.id)) return [];
    return [{ node, share: end!.flat!, z: { mean: z.mean, square: z.square, cross: 0, derived: false }, by: `estimated, ${rowsText(z)}` }];
  });
}

function isConstant(node: Node): boolean {
  const init = kernelOf(node)?.spec.init;
  return init !== undefined && initializerOf(init.name).mean !== undefined;
}

/** A gate, or what the model gives; what is not known may be either. */
function decides(model: Model, id: number): boolean {
  const readers = readersOf(model);
  return readers.count(id) === 0 || readers.some(id, (n) => !n.layer || n.layer.name === "multiply" || (TRANSPARENT.has(n.layer.kind) && decides(model, n.id)));
}

function kernelsBefore(model: Model, full: readonly Saturated[]): Node[] {
  return full.flatMap(({ node }) => {
    let at = model.nodes[node.inputs[0]!]!;
    while (at.layer && TRANSPARENT.has(at.layer.kind)) at = model.nodes[at.inputs[0]!]!;
    return at.layer && at.weights.some((w) => w.spec.decays) ? [at] : [];
  });
}

const severityOf = (full: readonly Saturated[]) => (full.length >= LAYERS || full.some((f) => f.share > MOST) ? "warning" : "information");

const text = ({ node, share, z, by }: Saturated): string =>
  `${Number((100 * share).toPrecision(2))} % of the ${node.layer!.name} units start within 5 % of their limits (${by}: z ~ N(${short(z.mean)}, ${short(variance(z))}))`;

function byWeights(model: Model, full: readonly Saturated[]): CheckFinding {
  const [first] = full as [Saturated];
  const layers = kernelsBefore(model, full);
  const init = layers[0]?.weights.find((w) => w.spec.decays)?.spec.init.name;
  const offset = Math.abs(first.z.mean) > 2 * Math.sqrt(variance(first.z));
  const cause = layers.length === 0 ? "normalize before it" : offset ? "start the bias at 0" : `${init} is too large for ${first.node.layer!.name}: start from glorot_uniform`;
  return {
    code: "saturated-units", severity: severityOf(full), site: first.node.site, about: [...full.map((f) => f.node.id), ...layers.map((n) => n.id)],
    message: `saturation: ${text(first)}, where hardly any gradient passes; ${cause}`,
    related: full.slice(1, 6).map((f) => ({ site: f.node.site, message: text(f) })),
    ...(layers.length > 0 && { propose: () => [offset ? setArgument(layers[0]!, "bias_init", "zeros", "Start the bias at zeros") : startFrom(layers, "glorot_uniform"), normalizeAfter(layers)] }),
  };
}

function byInput(train: Trained, full: readonly Saturated[]): CheckFinding {
  const { model, data } = train;
  const [first] = full as [Saturated];
  const input = largest(inputsOf(train)!);
  const size = Math.sqrt(input.square);
  // Layers that are full of features of 1 too.
  const large = kernelsBefore(model, saturated(model, propagate(model)));
  const init = large[0]?.weights.find((w) => w.spec.decays)?.spec.init.name;
  const begin = beginWith(model, "normalization");
  const start = startFrom(large, "glorot_uniform");
  return {
    code: "saturated-units", severity: severityOf(full), site: first.node.site, about: [model.inputs[0]!, ...full.map((f) => f.node.id), ...large.map((n) => n.id)],
    message: `saturation: ${text(first)}, since the features of ${data!.name} have a root mean square of ${short(size)} (measured) where about 1 is expected${init ? `, and ${init} is too large for ${first.node.layer!.name}` : ""}; begin with normalization, or scale them${init ? ", and start from glorot_uniform" : ""}`,
    related: [{ site: model.nodes[model.inputs[0]!]!.site, message: `features of mean ${short(input.mean)} and root mean square ${short(size)} flow in` }],
    fixes: init ? begin.map((b) => ({ title: `${b.title}, and start from glorot_uniform`, edits: [...b.edits, ...start.edits] })) : begin,
  };
}

/** A layer before everything that reads the input. */
export function beginWith(model: Model, layer: string): Fix[] {
  const readers = readersOf(model).of(model.inputs[0]!);
  if (readers.length !== 1 || readers[0]!.layer?.inputs !== "one") return [];
  return [prependLayer(readers[0]!, layer, `Begin with ${layer}`)];
}
