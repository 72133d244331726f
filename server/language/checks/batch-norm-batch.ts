import type { Fix } from "../findings.ts";
import type { Node } from "../graph/graph.ts";
import { defineCheck } from "./define.ts";
import { settingEdit, settingSite, unique } from "./fixes.ts";
import { layersOf, unavoidable } from "./graph.ts";
import { at, count } from "./places.ts";

/** Values that a mean and a variance are taken over; fewer tell little. */
const FEW = 8;

/**
 * Batch norm takes mean and variance of each channel over the batch and all positions: n values. Over one value the
 * normalized result is 0 whatever flows in, and no gradient goes back; over n the variance has a relative error of about
 * √(2 / (n − 1)) (normal values; Wu and He 2018, Group normalization, figure 1, on small batches).
 * A layer or group norm over one value gives 0 as well.
 * Guards: positions count (batch 1 of 28×28 images has 784 values); a frozen norm uses what it has.
 */
export const batchNormBatch = defineCheck({
  code: "batch-norm-batch",
  explains: ["vanishing-gradient", "exploding-gradient"],
  *model(model) {
    for (const node of layersOf(model, "layer_norm", "group_norm")) {
      const values = normedOf(node);
      if (values !== 1) continue;
      yield at(node, {
        code: "batch-norm-batch", about: model.nodes.slice(0, node.id + 1).map((n) => n.id), severity: unavoidable(model).has(node.id) ? "error" : "warning",
        message: `${node.layer!.name} takes its mean over one value: the result is 0 whatever flows in, and nothing before it learns (derived); leave it out, or normalize where there are several${node.layer!.name === "group_norm" ? "; fewer groups have more" : ""}`,
      });
    }
  },
  *train(train) {
    const { model, settings, declaration } = train;
    if (!settings) return;
    const { batch } = settings;
    const few = layersOf(model, "batch_norm").flatMap((node) => {
      const values = valuesOf(node, batch);
      return values !== undefined && values < FEW ? [{ node, values }] : [];
    });
    if (few.length === 0) return;
    const values = Math.min(...few.map((f) => f.values));
    const { file } = model.nodes[0]!.site;
    const from = values === batch ? `a batch of ${batch}` : `a batch of ${batch} with ${values / batch} positions each`;
    const own = few.every((f) => (f.node.call?.args.length ?? 0) === 0);
    const fixes: Fix[] = [
      { title: "Use batch = 32", edits: [settingEdit(file, declaration, "batch", "32")] },
      ...(own ? [{ title: "Use layer_norm, which looks at one row", edits: unique(few.map((f) => ({ site: f.node.site, text: "layer_norm" }))) }] : []),
    ];
    yield {
      code: "batch-norm-batch", severity: values === 1 ? "error" : "warning", site: settingSite(file, declaration, "batch"), about: few.map((f) => f.node.id), fixes,
      message: values === 1
        ? `batch_norm takes its mean over ${from}, which is one value: the result is 0 whatever flows in, and nothing before it learns (derived); use a larger batch, or layer_norm`
        : `batch_norm takes mean and variance over ${count(values)} values (${from}): the variance is off by ${Math.round(100 * Math.sqrt(2 / (values - 1)))} % from step to step (derived: √(2 / (n − 1))); use a larger batch, or layer_norm`,
      related: few.slice(0, 5).map((f) => ({ site: f.node.site, message: f.values === 1 ? "one value a channel" : `${count(f.values)} values a channel` })),
    };
  },
});

/** Values of one row that a mean is taken over; undefined where that depends on a symbol. */
function normedOf({ type, layer, args }: Node): number | undefined {
  const shape = type?.shape;
  const channels = shape?.at(-1);
  if (typeof channels !== "number") return undefined;
  if (layer!.name === "layer_norm") return channels;
  const positions = shape!.slice(0, -1);
  return positions.every((d) => typeof d === "number") ? positions.reduce<number>((n, d) => n * (d as number), channels / (args as { groups: number }).groups) : undefined;
}

/** Values of one channel in a step; undefined where it depends on a symbol, or nothing is measured. */
function valuesOf(node: Node, batch: number): number | undefined {
  const shape = node.type?.shape;
  if (!shape || (node.args as { frozen?: boolean }).frozen || shape.some((d) => typeof d !== "number")) return undefined;
  return (shape as readonly number[]).slice(0, -1).reduce((a, b) => a * b, batch);
}
