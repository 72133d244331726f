import type { Model, Node } from "../graph/graph.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { setArgument } from "./fixes.ts";
import { kernelOf, layersOf, unavoidable } from "./graph.ts";
import { at, count, short } from "./places.ts";

/** A number tells low, middle and high apart. Measured on digits (10 classes): one unit reaches 0.42 to 0.51, two 0.81 to 0.85, three 0.90 to 0.92, four 0.92 to 0.95. */
const LEVELS = 3;
/** A linear map keeps k classes apart in k − 1 directions (Fisher 1936; Rao 1948). Measured on digits, numbers that the first layer gives: 3 reach 0.84, 4 0.85 (0.73 from one filter), 6 0.90, 8 0.94 (0.84 from two filters). */
const DIRECTIONS = 1 / 2;
/** So many features for each number that is left: of few, classes may lie on a line. Measured: 8 clouds in a plane through one unit reach 0.96 to 0.98, 3 kinds of iris 0.93 to 0.97. */
const FOLDED = 16;
/** Of the input's numbers, the share that pooling leaves at most, by average and by maximum, and positions on the shortest axis. Measured on 8×8 digits: averages of 2×2, 2×4, 4×4, 4×8 reach 0.89, 0.81, 0.60, 0.27, maxima 0.83, 0.65, 0.29, 0.11. */
const LEFT = { avg: 1 / 8, max: 1 / 4 } as const;
const COARSE = 5;

/**
 * Every way through the model passes so few numbers that what they leave out is missed for good.
 *
 * Learned: n numbers between layers with weights, before softmax over more than 3^n classes, or less than half of k − 1
 * numbers that the first layer makes of the input for k classes, or one number in an autoencoder (an undercomplete code; Goodfellow, Bengio, Courville 2016, section 14.1). Not learned: pooling of an image
 * itself, before any weights, down to a coarse grid.
 * Guards: few features, which may lie on a line (16 for each number that is left); gates and skips, which other ways go
 * around; what a larger image keeps; series, of which a mean says much.
 */
export const narrowBottleneck = defineCheck({
  code: "narrow-bottleneck",
  *train(train) {
    yield* narrow(train);
    yield* pooled(train.model);
  },
});

function* narrow({ model, settings }: Trained): Iterable<CheckFinding> {
  const output = model.outputs.length === 1 ? model.nodes[model.outputs[0]!] : undefined;
  if (!output || !model.complete) return;
  const features = model.inputs.reduce((sum, id) => sum + (model.nodes[id]!.type?.dtype === "int" ? Infinity : entries(model.nodes[id]!)), 0);
  const copies = settings?.target === "input";
  const classes = output.type?.shape.length === 1 && ["softmax", "log_softmax"].includes(output.layer?.name ?? "") ? entries(output) : 0;
  const deep = copies ? 2 : Math.ceil(Math.log(classes) / Math.log(LEVELS) - 1e-9);
  const kernels = model.nodes.filter((n) => kernelOf(n)?.spec.trainable);
  const [first, last] = [kernels[0], kernels[kernels.length - 1]];
  if (!first || !last || first === last) return;
  const only = unavoidable(model);
  const second = kernels.find((k) => k !== first)!;
  const enoughAt = (n: Node): number => (n.id < second.id && !copies ? Math.max(deep, Math.ceil(DIRECTIONS * (classes - 1))) : deep);
  const neck = model.nodes.slice(first.id, last.id).find((n) => only.has(n.id) && entries(n) < enoughAt(n) && features >= FOLDED * entries(n));
  if (!neck) return;
  const n = entries(neck);
  const enough = enoughAt(neck);
  const numbers = n === 1 ? "one number" : `${n} numbers`;
  const what = copies
    ? `what is given back has ${count(features)} numbers, all made from it (derived): hardly more than one direction of them is kept`
    : n >= deep ? `the first layer is linear, and keeps as many directions of its input of the ${classes - 1} in which ${classes} classes can lie apart (derived: k − 1)`
    : `low, middle and high of ${n === 1 ? "it" : "each"} tell ${LEVELS ** n} classes apart (derived: 3^n), and there are ${classes}`;
  const wide = copies ? Math.max(2, Math.ceil(features / 4)) : Math.max(16, enough);
  const units = "units" in neck.args ? "units" : "filters";
  yield at(neck, {
    code: "narrow-bottleneck", severity: "warning", about: model.nodes.slice(neck.id, last.id).filter((k) => only.has(k.id) && entries(k) <= n).map((k) => k.id),
    message: `every way leads through ${numbers} here: ${what}; leave at least ${copies ? wide : enough}`,
    fixes: units in neck.args && neck.via.length === 0 ? [setArgument(neck, units, String(wide), `Use ${units} = ${wide}`)] : [],
  });
}

function* pooled(model: Model): Iterable<CheckFinding> {
  const input = model.nodes[model.inputs[0] ?? -1];
  if (model.inputs.length !== 1 || input?.type?.dtype !== "float" || input.type.shape.length < 3) return;
  const only = unavoidable(model);
  const learned = model.nodes.find((n) => n.weights.length > 0)?.id ?? model.nodes.length;
  const pool = layersOf(model, "avg_pool", "max_pool").filter((n) => (n.type?.shape.length ?? 0) > 2 && only.has(n.id) && n.id < learned).sort((a, b) => b.id - a.id)[0];
  if (!pool?.type) return;
  const [left, all] = [entries(pool), entries(input)];
  const places = pool.type.shape.slice(0, -1) as readonly number[];
  const most = LEFT[pool.layer!.kind === "avg_pool" ? "avg" : "max"];
  if (!(left / all <= most) || !(Math.min(...places) <= COARSE)) return;
  yield at(pool, {
    code: "narrow-bottleneck", severity: "warning",
    message: `${pool.layer!.name} leaves ${places.join("×")} places of the image before any weights see it: ${count(left)} of ${count(all)} numbers, ${short((100 * left) / all)} % (derived); put convolutions before it`,
  });
}

/** Numbers of a result for each row; NaN where a symbol is in its shape. */
function entries({ type }: Node): number {
  return type ? type.shape.reduce<number>((n, d) => n * (typeof d === "number" ? d : NaN), 1) : NaN;
}
