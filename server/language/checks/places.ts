import type { Node } from "../graph/graph.ts";
import { countText } from "../ops/dim.ts";
import type { CheckFinding } from "./define.ts";

/** A finding at a layer, and at the use of the block that it stands in. */
export function at(node: Node, finding: Omit<CheckFinding, "site">): CheckFinding {
  const use = node.via[node.via.length - 1];
  const related = [...(finding.related ?? []), ...(use ? [{ site: use, message: "in this use of the block" }] : [])];
  const { related: _related, fixes, ...rest } = finding;
  return { about: [node.id], ...rest, site: node.site, ...(related.length > 0 && { related }), ...(fixes && fixes.length > 0 && { fixes }) };
}

/** 12,345 */
export function count(n: number): string {
  return countText(Math.round(n));
}

/** Three digits. */
export function short(x: number): string {
  return Math.abs(x) >= 1000 && Math.abs(x) < 1e6 ? count(x) : String(Number(x.toPrecision(3)));
}

/** "61.3 %", of a share. */
export const percent = (share: number): string => `${short(Math.round(1000 * share) / 10)} %`;
