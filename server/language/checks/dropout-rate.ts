import { type CheckFinding, defineCheck } from "./define.ts";
import type { Model } from "../graph/graph.ts";
import { argumentEdit, unique } from "./fixes.ts";
import { hasNorm, layersOf, unavoidable } from "./graph.ts";
import { noise } from "./noise.ts";
import { at, short } from "./places.ts";

/** Past this the noise is over four times the signal. */
const MOST = 0.8;
/** A row whose every unit is dropped tells nothing; more than this share of them is too many. */
const LOST = 0.05;

/** Several in a row: mean square of what comes through against the signal's. Measured on digits: 25 loses 7 %, 32 a third, 125 nearly all. */
const COMPOUND = 30;

/**
 * Dropout at the extremes. With rate r the mask has the variance r/(1 − r) times the square of what it meets (Srivastava
 * et al. 2014, section 9): 1 at 0.5, over 4 past 0.8. Over few units a row may lose all of them: r^n.
 * Several, one behind the other, multiply: ∏ 1/(1 − r) of the signal's mean square arrives, and a layer that sums
 * independent noise with random weights keeps its share.
 * Noise that is added, or an augmentation that leaves next to nothing, drowns the signal likewise (noise.ts).
 * Guards: rates up to 0.8, which papers use; drop_path, whose rows keep their skip; in the product, what a skip goes
 * around, feature maps, whose positions are averaged, and layers that are normalized.
 */
export const dropoutRate = defineCheck({
  code: "dropout-rate",
  train: noise,
  *model(model) {
    const many = compound(model);
    if (many) yield many;
    for (const node of layersOf(model, "dropout", "spatial_dropout")) {
      const { rate } = node.args as { rate: number };
      const name = node.layer!.name;
      const shape = node.type?.shape ?? [];
      const units = name === "spatial_dropout" ? shape.at(-1) : shape.length === 1 ? shape[0] : undefined;
      const lost = typeof units === "number" ? rate ** units : 0;
      const change = (text: string) => [{ title: `Use a rate of ${text}`, edits: [argumentEdit(node, "rate", text)] }];
      if (rate === 0) yield at(node, { code: "dropout-rate", severity: "information", message: `${name}(0) drops nothing (derived); take it away, or give it a rate`, fixes: change("0.5") });
      else if (rate > MOST) yield at(node, { code: "dropout-rate", severity: "warning", message: `${name}(${rate}) keeps ${short(100 * (1 - rate))} % of the units: the noise has ${short(rate / (1 - rate))} times the size of the signal (derived: variance r/(1 − r) of the mask); rates of 0.2 to 0.5 are usual`, fixes: change("0.5") });
      else if (lost > LOST) {
        // The largest usual rate that loses few enough rows.
        const fits = Math.floor(100 * LOST ** (1 / (units as number))) / 100;
        yield at(node, { code: "dropout-rate", severity: "warning", message: `${name}(${rate}) over ${units as number} unit${units === 1 ? "" : "s"} drops all of them in ${short(100 * lost)} % of the rows of a step (derived: r^n), which then tell nothing; drop where there are more units`, fixes: fits > 0 ? change(String(fits)) : [] });
      }
    }
  },
});

function compound(model: Model): CheckFinding | undefined {
  const only = unavoidable(model);
  if (hasNorm(model)) return undefined;
  const rates = layersOf(model, "dropout").filter((n) => only.has(n.id) && n.type?.shape.length === 1).map((node) => ({ node, rate: (node.args as { rate: number }).rate }));
  const product = rates.reduce((p, r) => p / (1 - r.rate), 1);
  const [first] = rates;
  // One extreme rate is said at its place.
  if (!first || rates.length < 2 || product <= COMPOUND || rates.some((r) => r.rate > MOST)) return undefined;
  const fit = Math.max(0.05, Math.floor(100 * (1 - 4 ** (-1 / rates.length))) / 100);
  return at(first.node, {
    code: "dropout-rate", severity: "warning",
    message: `${rates.length} dropouts one behind the other bring ${short(product)} times the signal's mean square, nearly all of it noise (derived: ∏ 1/(1 − r)); rates of ${fit} bring 4 times`,
    related: rates.slice(1, 5).map(({ node, rate }) => ({ site: node.site, message: `dropout(${rate})` })),
    fixes: [{ title: `Use rates of ${fit}`, edits: unique(rates.map(({ node }) => argumentEdit(node, "rate", String(fit)))) }],
  });
}
