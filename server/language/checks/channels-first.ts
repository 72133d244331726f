import type { Model, Node } from "../graph/graph.ts";
import { channelsLast } from "../layers/convolution.ts";
import { formatShape } from "../ops/dim.ts";
import { defineCheck } from "./define.ts";
import { readersOf } from "./graph.ts";

/** A kernel moves along the axes that are taken for height and width. */
const MOVES = new Set(["conv", "depthwise_conv", "separable_conv", "locally_connected2d", "max_pool", "avg_pool"]);
/** What images go through before the first convolution. */
const BEFORE = new Set(["rescaling", "normalization", "batch_norm", "layer_norm", "dropout", "spatial_dropout", "gaussian_noise", "zero_pad", "identity"]);

/**
 * An image written as PyTorch holds it, [channels, height, width]: height 3, and hundreds of channels, to a layer that
 * takes channels last. By the shape: 1, 3 or 4 first, and then sides of 8 or more: equal ones, warning; of which none is
 * more than four times the other, information.
 * Guards: a kernel that is not the same along all axes (series as images of height 1, spectra of three electrodes), or 1;
 * an input that is also read otherwise (permuted, reshaped, attended to); sizes that are symbols.
 */
export const channelsFirst = defineCheck({
  code: "channels-first",
  explains: ["receptive-field-short", "pooling-drops-edge"],
  *model(model) {
    for (const id of model.inputs) {
      const input = model.nodes[id]!;
      const { shape = [], dtype } = input.type ?? {};
      const meant = dtype === "float" ? channelsLast(shape) : undefined;
      if (!meant || isSaid(model, id)) continue;
      const [height, width, first] = meant.slice(-3) as [number, number, number];
      if (Math.max(height, width) > 4 * Math.min(height, width) || !isMovedOver(model, id, shape.length - 1)) continue;
      const last = formatShape(meant);
      yield {
        code: "channels-first", severity: height === width ? "warning" : "information", site: input.shaped ?? input.site, about: [id],
        message: `${formatShape(shape)} is read as ${shape.slice(0, -1).join("×")} with ${width} channels (derived): channels stand last; ${last} has ${first}`,
        ...(input.shaped && { fixes: [{ title: `Write ${last}`, edits: [{ site: input.shaped, text: last }], unmasks: true }] }),
      };
    }
  },
});

/** A window that no longer fits says it already. */
function isSaid({ nodes }: Model, input: number): boolean {
  return nodes.some((failed) => {
    if (!failed.layer || failed.type || failed.inputs.length !== 1 || !MOVES.has(failed.layer.kind)) return false;
    let node = nodes[failed.inputs[0]!]!;
    if (!node.type) return false;
    while (node.layer && node.inputs.length === 1) node = nodes[node.inputs[0]!]!;
    return node.id === input;
  });
}

/** Windows alike along all axes are all that reads it. */
function isMovedOver(model: Model, id: number, axes: number): boolean {
  const readers = readersOf(model).of(id).filter((n) => n.layer);
  return readers.length > 0 && readers.every((n) => (BEFORE.has(n.layer!.kind) ? isMovedOver(model, n.id, axes) : MOVES.has(n.layer!.kind) && isEven(n, axes)));
}

function isEven({ args }: Node, axes: number): boolean {
  const { kernel, size } = args as { kernel?: readonly number[]; size?: readonly number[] };
  const extent = (kernel ?? size)?.slice(-2);
  return extent !== undefined && axes === (kernel ?? size)!.length && extent.every((k) => k === extent[0] && k > 1);
}
