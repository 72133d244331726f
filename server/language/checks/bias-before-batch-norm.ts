import type { Node } from "../graph/graph.ts";
import type { CallExpr } from "../syntax/tree.ts";
import { defineCheck } from "./define.ts";
import { setArgument } from "./fixes.ts";
import { layersOf, readersOf } from "./graph.ts";
import { at, count } from "./places.ts";

/** They keep what is added to a channel. */
const BETWEEN = new Set(["identity", "max_pool", "global_max_pool", "global_avg_pool"]);

/**
 * A bias that goes straight into batch norm: the norm takes the mean of each channel away, and with it the bias, whose
 * gradient is 0 at every step (Ioffe and Szegedy 2015, section 3.2). The function is the same without it.
 * Guards: a nonlinearity, padding or another norm between; a result that is used elsewhere too; a frozen norm, which
 * keeps the mean that it has.
 */
export const biasBeforeBatchNorm = defineCheck({
  code: "bias-before-batch-norm",
  *model(model) {
    const readers = readersOf(model);
    /** A block's layer stands in the model once for each use, and is written once. */
    const told = new Set<CallExpr>();
    for (const norm of layersOf(model, "batch_norm")) {
      if ((norm.args as { frozen?: boolean }).frozen) continue;
      let source = model.nodes[norm.inputs[0]!];
      while (source?.layer && BETWEEN.has(source.layer.kind) && readers.count(source.id) === 1) source = model.nodes[source.inputs[0]!];
      const bias = source && ownBias(source);
      if (!source?.layer || !bias || readers.count(source.id) !== 1 || model.outputs.includes(source.id)) continue;
      if (source.call && told.has(source.call)) continue;
      if (source.call) told.add(source.call);
      const n = bias.spec.shape[0] as number;
      yield at(source, {
        code: "bias-before-batch-norm", severity: "information",
        message: `the bias of ${source.layer.name} (${count(n)} weights) changes nothing: batch_norm takes each channel's mean away, and the bias with it (derived: its gradient is 0); bias = false gives the same function`,
        related: [{ site: norm.site, message: `this norm takes the mean away${norm.args["center"] === false ? "" : ", and has its own β"}` }],
        fixes: [setArgument(source, "bias", "false", "Drop the bias, which changes no result")],
      });
    }
  },
});

function ownBias(node: Node) {
  return (node.args as { bias?: unknown }).bias === true ? node.weights.find((w) => w.key === "bias" && w.spec.trainable && w.spec.shape.length === 1) : undefined;
}
