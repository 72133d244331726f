import { defineCheck } from "./define.ts";
import { hasNorm } from "./graph.ts";
import { argumentEdit, unique } from "./fixes.ts";
import { normalizeAfter, wrapResidual } from "./repairs.ts";
import { short, trendOf } from "./trend.ts";

/** Variance of the logarithm of the signal's size from which on it is chance. */
const CHANCE = 1;
/** From here on a run fails more often than not. */
const LOST = 6;

/**
 * Deep and narrow: what theory says of wide layers holds only on average. The logarithm of the signal's mean square at
 * the end has a variance of about 5·Σ 1/Nₗ over the draws of the weights of a ReLU network (Hanin and Rolnick 2018, How to
 * start training; Hanin 2018), so a run may start with a signal many times smaller or larger than meant.
 * Guards: a normalization takes size away; skips and gates go around layers; fewer than five layers.
 */
export const narrowLayers = defineCheck({
  code: "narrow-layers",
  *model(model) {
    const trend = trendOf(model);
    if (!trend || trend.kernels.length < 6 || hasNorm(model)) return;
    const layers = trend.kernels.slice(0, -1).map((k) => k.node).filter((n) => trend.only.has(n.id) && n.layer!.name === "dense");
    if (layers.length < trend.kernels.length - 1) return;
    const widths = layers.map((n) => (n.args as { units: number }).units);
    const spread = 5 * widths.reduce((sum, n) => sum + 1 / n, 0);
    if (!(spread > CHANCE)) return;
    const enough = Math.ceil((5 * layers.length) / CHANCE / 8) * 8;
    yield {
      code: "narrow-layers", severity: spread > LOST ? "warning" : "information", site: layers[0]!.site, about: layers.map((n) => n.id),
      message: `narrow for its depth: over the draws of the weights of ${layers.length} layers of ${[...new Set(widths)].slice(0, 3).join(", ")} units the signal's size varies by a factor of ${short(Math.exp(Math.sqrt(spread) / 2))} either way (derived: 5·Σ 1/N = ${short(spread)}, Hanin and Rolnick 2018); ${enough} units a layer, or a normalization, hold it`,
      propose: () => [
        { title: `Widen to ${enough} units`, edits: unique(layers.filter((n) => (n.args as { units: number }).units < enough).map((n) => argumentEdit(n, "units", String(enough)))) },
        normalizeAfter(layers),
        ...[wrapResidual(model, layers, "Wrap the layers into residual blocks", "layer_norm -> ")].flatMap((f) => f ?? []),
      ],
    };
  },
});
