import type { Model, Node } from "../graph/graph.ts";
import { propagate } from "../signal/index.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { argumentEdit, dropEdit } from "./fixes.ts";
import { kernelOf, layersOf } from "./graph.ts";
import { at } from "./places.ts";

/** Below this share of the training variance the norm's moving variance is off by more than a quarter. */
const SHIFT = 0.8;
const DROPS = new Set(["dropout", "spatial_dropout"]);
/**
 * Of all shifts of a model together, from which on prediction suffers. Measured on digits: 0.61, 0.41, 0.23 (of three), 0.16
 * (of two) and 0.24 (of four) reach 0.97, 0.95, 0.97, 0.94, 0.93; 0.11, 0.06 (of four), 0.02 and 0.01 reach 0.87, 0.89, 0.82, 0.41.
 */
const LOST = 0.12;
/** They hand on variances as they are, in the one proportion for training and prediction. */
const BETWEEN = new Set(["identity", "flatten", "reshape", "permute", "zero_pad", "crop"]);

/**
 * Dropout before batch norm: the norm's moving variance is measured with dropout on, and used with it off. With p the
 * share that is kept and inputs of mean c and variance v, prediction has v / ((c² + v)/p − c²) of the variance of
 * training, also behind a linear layer with uncorrelated inputs (Li, Chen, Hu, Yang 2019, Understanding the disharmony
 * between dropout and batch normalization by variance shift, equations 3 to 8). c and v are derived by mean-field
 * theory.
 * Guards: an activation, pooling, merge or other norm between; another norm than batch norm; moments that are not known.
 */
export const dropoutBeforeBatchNorm = defineCheck({
  code: "dropout-before-batch-norm",
  *model(model) {
    const found = [...shifts(model)];
    const severity = found.reduce((all, f) => all * f.shift, 1) < LOST ? "warning" : "information";
    for (const { finding } of found) yield { ...finding, severity };
  },
});

function* shifts(model: Model): Iterable<{ readonly shift: number; readonly finding: CheckFinding }> {
  for (const norm of layersOf(model, "batch_norm")) {
    const drop = dropBefore(model, norm);
    const rate = drop && (drop.args as { rate: number }).rate;
    const moments = drop && propagate(model).signals.at(drop.inputs[0]!);
    if (!drop || !rate || !moments) continue;
    const c2 = moments.mean ** 2;
    const v = moments.square - c2;
    const shift = v / ((c2 + v) / (1 - rate) - c2);
    if (!(v > 0) || shift >= SHIFT) continue;
    // The rate at which the shift is SHIFT, rounded down.
    const least = (c2 + v) / (v / SHIFT + c2);
    const better = Math.floor(100 * (1 - least)) / 100;
    const away = dropEdit(model.nodes[drop.inputs[0]!], drop);
    yield { shift, finding: at(drop, {
      code: "dropout-before-batch-norm", severity: "warning", about: [drop.id, norm.id],
      message: `${drop.layer!.name}(${rate}) before batch_norm: in prediction the variance is ${shift.toPrecision(2)} of what the norm measures in training (derived: v / ((c² + v)/p − c²), c² = ${c2.toPrecision(2)}, v = ${v.toPrecision(2)}, p = ${Number((1 - rate).toPrecision(3))}, Li et al. 2019); drop after the last batch_norm`,
      related: [{ site: norm.site, message: "this norm's moving variance is measured with dropout on" }],
      fixes: [...(away ? [{ title: "Take the dropout away here", edits: [away] }] : []), ...(better > 0 ? [{ title: `Lower the rate to ${better}`, edits: [argumentEdit(drop, "rate", String(better))] }] : [])],
    }) };
  }
}

function dropBefore(model: Model, norm: Node): Node | undefined {
  let node = model.nodes[norm.inputs[0]!];
  for (let linear = 0; node?.layer; node = model.nodes[node.inputs[0]!]) {
    if (DROPS.has(node.layer.name)) return node;
    const kernel = kernelOf(node) && (node.layer.name === "dense" || node.layer.family === "convolution");
    if (kernel ? linear++ > 0 : !BETWEEN.has(node.layer.kind)) return undefined;
  }
  return undefined;
}
