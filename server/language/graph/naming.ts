import { layerCalled, writtenInstead } from "../program/elsewhere.ts";
import { builtins } from "../program/evaluate.ts";
import { layers } from "../layers/index.ts";
import { didYouMean } from "../suggest.ts";
import type { Expr } from "../syntax/tree.ts";
import { isTagged, type Value } from "../values.ts";
import type { Expander } from "./expand.ts";

/** `… -> relu -> h`, where nothing is called h or nearly so: reported, and read as `… -> relu as h`. */
export function namesResult(x: Expander, before: Expr, link: Expr, result: Value): boolean {
  if (link.kind !== "name" || layers.has(link.name) || !/^[a-z_]\w*$/.test(link.name)) return false;
  const { name, span } = link;
  const { known, scope } = x.frame;
  if (known.has(name) || Object.hasOwn(builtins, name) || layerCalled(name, undefined) !== undefined || writtenInstead(name)) return false;
  const visible = [...scope.visible()];
  if (visible.includes(name) || didYouMean(name, [...layers.keys(), ...known.keys(), ...visible]).name !== undefined) return false;
  const behind = { line: before.span.endLine, start: before.span.end, endLine: span.endLine, end: span.end };
  x.error("unknown-layer", span, `there is no layer or block called ${name}; a result gets its name by as: as ${name}`, { span: behind, text: ` as ${name}`, title: `Name the result: as ${name}` });
  x.bind(name, span, "as", result);
  // It may be meant for a layer, and then nothing uses it.
  x.lookup(name);
  if (isTagged(result, "flow") && before.kind !== "name") x.graph.rename(result.node, x.frame.prefix + name);
  return true;
}
