import type { LayerDef } from "../layers/define.ts";
import type { Params } from "../params.ts";
import type { Arg, Span } from "../syntax/tree.ts";
import type { Scope } from "../program/scope.ts";
import { type FlowValue, isTagged } from "../values.ts";
import type { Expander } from "./expand.ts";

type Args = Readonly<Record<string, unknown>>;

/**
 * Results handed in by arguments (`context = enc`), in the order of the parameters, and the arguments. Of a result whose
 * making is meant (`max_unpool2d(pooled)`) what flows in is what it was made from. `undefined`: it is of another layer,
 * which is reported.
 */
export function handedIn(x: Expander, layer: LayerDef, args: Args, written: readonly Arg[], span: Span): { readonly args: Args; readonly nodes: readonly number[]; readonly owner?: number } | undefined {
  const nodes: number[] = [];
  let owner: number | undefined;
  let own = args;
  for (const [i, [name, { type }]] of Object.entries(layer.params as Params).entries()) {
    const value = args[name] as FlowValue | undefined;
    if (type.takes !== "flow" || value?.kind !== "flow") continue;
    if (!type.made) {
      nodes.push(value.node);
      continue;
    }
    const made = x.graph.nodes[value.node]!;
    if (made.layer?.name === type.made && name === layer.borrows) {
      owner = value.node;
      own = { ...own, [name]: { ...value, by: made.args } };
      continue;
    }
    if (made.layer?.name === type.made) {
      nodes.push(made.inputs[0]!);
      own = { ...own, [name]: { ...value, node: made.inputs[0]!, by: made.args } };
      continue;
    }
    const at = (written.find((a) => a.name?.text === name) ?? written[i])?.value.span ?? span;
    const near = resultOf(x, type.made);
    const message = `${layer.name}: expected ${type.expected}, received the result of ${made.layer?.name ?? `input ${made.name}`}${near === undefined ? "" : `; ${near} is one`}`;
    const fix = near === undefined ? undefined : { span: at, text: near, title: `Change to ${near}` };
    if (!made.type && !made.layer) return undefined;
    if (name === layer.borrows) x.error("not-an-embedding", at, message, fix);
    else x.error("not-a-pooling", at, message, fix);
    return undefined;
  }
  return { args: own, nodes, ...(owner !== undefined && { owner }) };
}

/** The last name in sight that a result of this layer has. */
function resultOf(x: Expander, layer: string): string | undefined {
  for (let scope: Scope | undefined = x.frame.scope; scope; scope = scope.parent) {
    const found = [...scope.bindings()].findLast(({ value }) => isTagged(value, "flow") && x.graph.nodes[value.node]!.layer?.name === layer);
    if (found) return found.name;
  }
  return undefined;
}
