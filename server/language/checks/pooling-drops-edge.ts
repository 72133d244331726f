import type { Model, Node } from "../graph/graph.ts";
import { defineCheck } from "./define.ts";
import { setArgument } from "./fixes.ts";
import { layersOf } from "./graph.ts";
import { at, short } from "./places.ts";

const POOLS = ["max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d"];
const CONVOLUTIONS = ["conv1d", "conv2d", "conv3d"];
const AXES: Readonly<Record<number, readonly string[]>> = { 1: ["position"], 2: ["row", "column"], 3: ["plane", "row", "column"] };

/**
 * Windows that do not come out even: over n positions, of size k and step s, (n − k) mod s positions at the end are in
 * no window (Dumoulin and Visin 2016, A guide to convolution arithmetic, relationship 6), and what stands there never
 * reaches the output.
 * Guards: padding = same, which pads instead; zeros that were put around; a step past the window, which leaves out on
 * purpose (the 1×1 projections of residual networks); a step of 1; sizes that are symbols.
 */
export const poolingDropsEdge = defineCheck({
  code: "pooling-drops-edge",
  *model(model) {
    for (const node of layersOf(model, ...POOLS, ...CONVOLUTIONS)) {
      const lost = lostOf(model, node);
      if (!lost) continue;
      const { axes, share } = lost;
      yield at(node, {
        code: "pooling-drops-edge", severity: "information",
        message: `${node.layer!.name} leaves out ${axes.join(" and ")} at the end (derived: (n − size) mod step), ${short(100 * share)} % of what flows in; padding = same uses all of it`,
        fixes: [setArgument(node, "padding", "same", "Use padding = same")],
      });
    }
  },
});

function lostOf(model: Model, node: Node): { readonly axes: readonly string[]; readonly share: number } | undefined {
  if (node.args["padding"] !== "valid") return undefined;
  const { size, kernel, stride, dilation } = node.args as { size?: readonly number[]; kernel?: readonly number[]; stride?: readonly number[]; dilation?: readonly number[] };
  const extent = size ?? kernel;
  const before = model.nodes[node.inputs[0]!]!;
  // What is left out is padding then.
  if (before.layer?.name === "zero_pad2d") return undefined;
  const { shape } = before.type ?? {};
  if (!extent || !shape || !node.type) return undefined;
  const names = AXES[extent.length]!;
  const axes: string[] = [];
  let kept = 1;
  for (const [i, k] of extent.entries()) {
    const n = shape[i];
    const step = (stride ?? extent)[i]!;
    if (typeof n !== "number") return undefined;
    // It skips positions on purpose.
    if (k < step) return undefined;
    const lost = (n - ((k - 1) * (dilation?.[i] ?? 1) + 1)) % step;
    if (lost <= 0) continue;
    kept *= 1 - lost / n;
    axes.push(`${lost === 1 ? "one" : lost} of ${n} ${names[i]!}s`);
  }
  return axes.length > 0 ? { axes, share: 1 - kept } : undefined;
}
