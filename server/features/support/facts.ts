import { receptiveFieldAt } from "../../language/graph/receptive.ts";
import { nodeParams, weightSize } from "../../language/graph/totals.ts";
import { formatShape, type Model, type Node, recurrentKernel } from "../../language/index.ts";
import type { Shape } from "../../language/layers/define.ts";
import { propagate } from "../../language/signal/index.ts";
import { type Dim, mul, product, sameShape } from "../../language/ops/dim.ts";
import { silentShare, slopeText } from "./nonlinearity.ts";
import type { ProbeRows } from "../../language/signal/index.ts";
import { signalFacts } from "./signal-text.ts";
import { count, counted, percent } from "./text.ts";

/** What a layer does to this very input: one short sentence each. */
export function factsOf(node: Node, model: Model, rows?: ProbeRows): string[] {
  const { layer, type } = node;
  const input = model.nodes[node.inputs[0] ?? -1]?.type?.shape;
  if (!layer || !type || !input) return [];
  const facts = OF_LAYER[layer.name]?.(node, input, model) ?? OF_FAMILY[layer.family]?.(node, input, model) ?? [];
  return [...broadcastFacts(node, model), ...facts, ...seen(node, input, model), ...signalFacts(node, model, rows)];
}

/** Operands of a merge that are repeated along some axes. */
export function broadcastOf({ layer, inputs, type }: Node, { nodes }: Model): readonly Shape[] {
  if (layer?.family !== "merging" || layer.name === "concat" || layer.name === "dot" || !type) return [];
  const shapes = inputs.flatMap((id) => (nodes[id]!.type ? [nodes[id]!.type.shape] : []));
  return shapes.filter((s) => !sameShape(s, type.shape));
}

function broadcastFacts(node: Node, model: Model): string[] {
  return broadcastOf(node, model).map((shape) => {
    const whole = node.type!.shape;
    const axes = whole.map((_, i) => i).filter((i) => { const own = shape[i - whole.length + shape.length]; return own === undefined || (own === 1 && whole[i] !== 1); });
    return `\`${formatShape(shape)}\` broadcasts, as in NumPy: the same for each of the ${axes.map((i) => String(whole[i])).join("×")} along axis ${axes.join(", ")}.`;
  });
}

type Facts = (node: Node, input: Shape, model: Model) => string[];

const OF_LAYER: Readonly<Record<string, Facts>> = {
  dropout({ args, type }) {
    const rate = args.rate as number;
    const units = product(type!.shape);
    const n = count(units);
    const stay = typeof units === "number" ? `about ${count(Math.round(units * (1 - rate)))} of ${n}` : `a share of ${Number((1 - rate).toPrecision(3))} of ${n}`;
    return [
      `${n} units: **2^${n} sub-networks** that share their weights${typeof units === "number" && units > 20 ? ` (about 10^${count(Math.floor(units * Math.log10(2)))})` : ""}.`,
      `Training: ${stay} units active at each step, scaled by ${Number((1 / (1 - rate)).toPrecision(3))}. Prediction: all ${n}.`,
      "The parameter count is unchanged.",
    ];
  },
  batch_norm(node, input, model) {
    const channels = count(input[input.length - 1] ?? 1);
    const trained = node.weights.filter((w) => w.spec.trainable);
    const measured = node.weights.filter((w) => !w.spec.trainable && w.key.startsWith("moving"));
    const list = (weights: Node["weights"]): string => `${weights.map((w) => w.key).join(", ")}: ${count(weights.reduce((n, w) => n + weightSize(w.spec.shape), 0))}`;
    const over = input.length > 1 ? `Each of the ${channels} **channels** is normalized over the batch and ${input.slice(0, -1).map(String).join("×")} positions (axes batch, ${input.slice(0, -1).map((_, i) => i).join(", ")})` : `Each of the ${channels} **units** is normalized over the batch`;
    const before = model.nodes[node.inputs[0]!];
    const bias = before?.weights.find((w) => w.key === "bias");
    return [
      `${over}; prediction uses the moving averages.`,
      [trained.length > 0 && `Trained: ${list(trained)}`, measured.length > 0 && `Measured, not trained: ${list(measured)}`].filter(Boolean).join(". ") + ".",
      ...(bias ? [`The bias of ${before!.layer!.name} before it is subtracted again with the mean: \`bias = false\` saves ${counted(weightSize(bias.spec.shape), "parameter")}.`] : []),
    ];
  },
  spatial_dropout({ args, type }) {
    const channels = count(type!.shape.at(-1) ?? 1);
    return [`${channels} channels: **2^${channels} sub-networks** that share their weights. Training: each channel is dropped whole, at all positions, with probability ${short(args.rate as number)}. Prediction: all ${channels}.`];
  },
  drop_path: ({ args }) => [`Training: the branch is left out for a row with probability ${short(args.rate as number)}, and scaled by ${short(1 / (1 - (args.rate as number)))} where it stays: networks of many depths that share their weights. Prediction: always there.`],
  dense(node, input) {
    const [m, n] = [input.at(-1)!, node.type!.shape.at(-1)!];
    const bias = node.weights.find((w) => w.key === "bias");
    return [`Each of the ${count(n)} units sees all ${count(m)} inputs${input.length > 1 ? " of its position" : ""}: m·n = ${count(m)}·${count(n)} = ${count(mul(m, n))} weights${bias ? ` and ${count(n)} biases` : ""}.`];
  },
  leaky_relu: (node) => [`Slope ${String(node.args.slope)} for z ≤ 0, fixed: no parameter, and no unit dies.`],
  prelu: (node) => [`${counted(nodeParams(node), "slope")} for z ≤ 0 ${nodeParams(node) === 1 ? "is" : "are"} learned, from 0.25, and count${nodeParams(node) === 1 ? "s" : ""} as parameters.`],
  rrelu({ args }) {
    const [lower, upper] = [args.lower as number, args.upper as number];
    return [`Training: the slope for z ≤ 0 is drawn anew for every entry, from ${short(lower)} to ${short(upper)}. Prediction: fixed at the mean, ${short((lower + upper) / 2)}.`];
  },
  add(node, _input, model) {
    // `{ identity }` is what flows in.
    const inputs = node.inputs.map((id) => behindIdentity(model, id));
    const shortcut = inputs.find((id) => inputs.some((other) => other > id && leadsTo(model, id, other)));
    if (shortcut === undefined) return [];
    const from = model.nodes[shortcut]!;
    return [`**Residual**: H(x) = F(x) + x, where x is the result of ${from.layer ? `\`${from.name}\`` : `input \`${from.name}\``}. The branch need only learn the difference, and the gradient reaches x undiminished through the sum.`];
  },
  attention({ args, type, inputs }, input, model) {
    const context = args.context ? model.nodes[inputs[1]!]?.type?.shape : input;
    const heads = args.heads as number;
    const axis = (args.axis as number | undefined) ?? 0;
    const [n, m] = [input.at(axis) ?? 1, context?.at(axis) ?? 1];
    const apart = product(input.slice(0, -1).filter((_, i) => i !== (axis < 0 ? axis + input.length : axis)));
    const size = (args.size as number | undefined) ?? Math.floor(Number(type!.shape.at(-1)) / heads);
    return [`${heads} heads of ${size}: ${n === m ? `${count(n)}² ` : `${count(n)}·${count(m)} `}scores each, ${count(mul(heads, mul(apart, mul(n, m))))} in all a row; they grow with the square of the length.`];
  },
};

/** With the same meaning for a whole family. */
const OF_FAMILY: Readonly<Record<string, Facts>> = {
  pooling({ type }, input) {
    const [before, after] = [product(input), product(type!.shape)];
    if (typeof before !== "number" || typeof after !== "number" || after >= before) return [];
    const times = before / after;
    return [`${count(before)} values become ${count(after)}: ${times >= 100 ? count(Math.round(times)) : short(times)} times fewer for the layers after it.`];
  },
  activation(node, input, model) {
    const slope = slopeText(node);
    return [...sparsity(node, input, model), ...(slope ? [slope] : [])];
  },
  sequence(node, input) {
    const kernel = recurrentKernel(node.weights);
    if (!kernel || input.length < 2) return [];
    return [`${count(input[0]!)} steps, one after another, with the same ${counted(nodeParams(node), "weight")}: the gradient passes through all of them.`];
  },
};

function sparsity(node: Node, input: Shape, model: Model): string[] {
  const z = propagate(model).signals.at(node.inputs[0]!);
  const share = z ? silentShare(node, z) : 0;
  const units = product(input);
  if (share < 0.005) return [];
  return [`At the start about ${percent(share)} of its ${count(units)} outputs are 0 on each input (estimated: z taken as normal with the variance that the initialization gives).`];
}

/** How much of the model's input one output entry sees. */
function seen(node: Node, input: Shape, model: Model): string[] {
  const family = node.layer?.family;
  if (family !== "convolution" && family !== "pooling") return [];
  const field = receptiveFieldAt(model, node.id);
  const before = receptiveFieldAt(model, node.inputs[0]!);
  const source = model.nodes[model.inputs[0] ?? -1]?.type?.shape;
  if (!field || !before || !source || field.every((n, i) => n === before[i]) || input.length < 2) return [];
  const whole = source.length - 1 === field.length && field.every((n, i) => n >= Number(source[i]));
  return [`Receptive field: ${field.map((n) => count(n)).join("×")} of the input${source.length > 1 ? ` \`${formatShape(source)}\`` : ""}${whole ? ", all of it" : ""} (derived).`];
}

/** Whether what node `from` gives flows into node `to`, within the nodes between them. */
function leadsTo({ nodes }: Model, from: number, to: number): boolean {
  const reached = new Set<number>([to]);
  for (let id = to; id > from; id--) if (reached.has(id)) for (const input of nodes[id]!.inputs) reached.add(input);
  return reached.has(from);
}

function behindIdentity({ nodes }: Model, id: number): number {
  let at = nodes[id]!;
  while (at.layer?.name === "identity") at = nodes[at.inputs[0]!]!;
  return at.id;
}

function short(x: Dim): string {
  return typeof x === "number" ? String(Number(x.toPrecision(3))) : String(x);
}
