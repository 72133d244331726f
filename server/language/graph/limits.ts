import type { Finding } from "../findings.ts";
import { largestNumber } from "../ops/dim.ts";
import { type Bound, both, boundOf } from "../ops/sizes.ts";
import type { Site } from "../syntax/tree.ts";
import type { Node, Totals } from "./graph.ts";
import { nodeParams } from "./totals.ts";

/** Sizes that two layers ask for and none can have: N ≥ 7 of a kernel, N ≤ 4 of a table of positions. */
export function* contradictions(nodes: readonly Node[]): Iterable<Finding> {
  const asked = new Map<string, { bound: Bound; least: Node; most: Node }>();
  for (const node of nodes) {
    for (const constraint of node.constraints) {
      const bound = boundOf(constraint);
      if (!bound) continue;
      const { symbol, least, most } = bound;
      const known = asked.get(symbol);
      const now = known ? { bound: both(known.bound, bound), least: least > known.bound.least ? node : known.least, most: most !== undefined && most < (known.bound.most ?? Infinity) ? node : known.most } : { bound, least: node, most: node };
      if (now.bound.most !== undefined && now.bound.least > now.bound.most) {
        const [needs, other, earlier] = now.least === node ? [`${symbol} ≥ ${now.bound.least}`, `${symbol} ≤ ${now.bound.most}`, now.most] : [`${symbol} ≤ ${now.bound.most}`, `${symbol} ≥ ${now.bound.least}`, now.least];
        yield {
          code: "no-size-fits", severity: "error", site: node.site,
          message: `${node.layer?.name ?? node.name} needs ${needs}, and ${earlier.layer?.name ?? earlier.name} ${other}: no size fits both (derived)`,
          related: [{ site: earlier.site, message: `${earlier.layer?.name ?? earlier.name} needs ${other}` }],
        };
        return;
      }
      asked.set(symbol, now);
    }
  }
}

/** Sums past 2^53, where a number of the language is no longer exact; each layer by itself is below. */
export function* inexactTotals(nodes: readonly Node[], totals: Totals, name: Site): Iterable<Finding> {
  if (totals.params > Number.MAX_SAFE_INTEGER) {
    let sum = 0;
    const at = nodes.find((n) => n.sharesWith === undefined && (sum += nodeParams(n)) > Number.MAX_SAFE_INTEGER);
    yield { code: "size-too-large", severity: "error", site: at?.site ?? name, message: `the parameters up to here add up to ${sum.toExponential(1)}, past 2^53: no machine holds them` };
  }
  const work = largestNumber(totals.flops);
  if (work > Number.MAX_SAFE_INTEGER) yield { code: "size-too-large", severity: "warning", site: name, message: `one row takes ${work.toExponential(1)} FLOPs, past 2^53: this count is rounded` };
}
