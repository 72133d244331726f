import type { Node } from "../graph/graph.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { dropEdit, settingSite } from "./fixes.ts";
import { functionOf, rangeOf } from "./functions.ts";
import { featureRange, type Features, labelOf, labelSite, SQUARED } from "./label.ts";
import { at, count, short } from "./places.ts";

/**
 * A regression whose last activation cannot reach its label: sigmoid gives 0 to 1, tanh −1 to 1, ReLU nothing below 0;
 * the label's own range (an autoencoder's: that of its input) is measured in the data file. Where no label at all can be reached nothing is learned but the
 * bound: error.
 * An autoencoder that ends in softmax over k outputs gives 1/k in the mean, whatever it learns. Its entries are a in the
 * mean, so by Jensen's inequality E[(ŷ − y)²] ≥ (a − 1/k)².
 * Guards: a label within the range (a share, a probability; rows that sum to 1); losses for classes.
 */
export const outputRange = defineCheck({
  code: "output-range",
  perOutput: true,
  needsData: true,
  explains: ["last-layer", "loss-against-activation"],
  *train(train) {
    const { model, settings } = train;
    const label = labelOf(train);
    const clean = settings?.target === "input" ? featureRange(train) : undefined;
    const node = model.outputs.length === 1 ? model.nodes[model.outputs[0]!] : undefined;
    const numbers = clean ?? (label?.kind === "number" ? label.column.numbers : undefined);
    const { rows: labels = 0, measured = labels } = train.data?.profile ?? {};
    const rows = clean ? measured : labels;
    const what = clean ? "the input, which it is compared with," : label?.column.name;
    if (clean && node?.layer?.name === "softmax" && (!settings!.loss || SQUARED.has(settings!.loss.name))) yield* sumsToOne(train, node, clean);
    const apply = node && functionOf(node);
    if (!numbers || !apply || !settings || (settings.loss && !SQUARED.has(settings.loss.name))) return;
    const [least, most] = rangeOf(apply);
    const slack = 1e-6;
    if (numbers.min >= least - slack && numbers.max <= most + slack) return;
    const none = numbers.min > most + slack || numbers.max < least - slack;
    const gives = most === Infinity ? `nothing below ${short(least)}` : least === -Infinity ? `nothing above ${short(most)}` : `${short(least)} to ${short(most)}`;
    const edit = dropEdit(model.nodes[node.inputs[0]!], node);
    yield at(node, {
      code: "output-range", severity: none ? "error" : "warning",
      message: `${node.layer!.name} gives ${gives} (derived), and ${what} goes from ${short(numbers.min)} to ${short(numbers.max)} (measured over ${count(rows)} rows); end in a plain layer`,
      related: [{ site: clean ? settingSite(node.site.file, train.data!.declaration, "source") : labelSite(node.site.file, train.data!), message: clean ? "the features" : `${what} is the label` }],
      fixes: edit ? [{ title: `Take ${node.layer!.name} away`, edits: [edit] }] : [],
    });
  },
});

/** Of the numbers' variance, the share missed for good from which on it is said: an R² of 0.9 is out of reach. */
const MISSED = 0.1;

function* sumsToOne(train: Trained, node: Node, { mean, variance }: Features): Iterable<CheckFinding> {
  const k = node.type?.shape.at(-1);
  const [given, flowsIn] = [node, train.model.nodes[train.model.inputs[0]!]!].map(({ type }) => type?.shape.join("×"));
  if (typeof k !== "number" || given !== flowsIn || !(variance > 0)) return;
  const missed = (mean - 1 / k) ** 2 / variance;
  if (!(missed > MISSED)) return;
  const edit = dropEdit(train.model.nodes[node.inputs[0]!], node);
  const { rows, measured = rows } = train.data!.profile!;
  yield at(node, {
    code: "output-range", severity: "warning",
    message: `${count(k)} outputs of softmax sum to 1, ${short(1 / k)} each in the mean (derived), and the input, which they are compared with, is ${short(mean)} in the mean (measured over ${count(measured)} rows): ${short(100 * missed)} % of its variance is missed at least; end in a plain layer`,
    related: [{ site: settingSite(node.site.file, train.data!.declaration, "source"), message: "the features" }],
    fixes: edit ? [{ title: "Take softmax away", edits: [edit] }] : [],
  });
}
