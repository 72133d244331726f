import { numberOf } from "../identity.ts";
import type { LayerDef } from "../layers/define.ts";
import type { CallExpr } from "../syntax/tree.ts";

type Args = Readonly<Record<string, unknown>>;

/** Values that a call has had. More than any loop gives it are not kept. */
const known = new WeakMap<CallExpr, Map<string, Args>>();
const MOST = 200;

/**
 * Arguments that use names are bound anew each time that they are read. Equal ones of one written call become one object:
 * what is known of a layer's shapes hangs on it (infer.ts).
 */
export function oneOf(call: CallExpr, layer: LayerDef, args: Args): Args {
  let mine = known.get(call);
  if (!mine) known.set(call, (mine = new Map()));
  let key = layer.name;
  for (const value of Object.values(args)) key += `|${keyOf(value)}`;
  const same = mine.get(key);
  if (same) return same;
  if (mine.size >= MOST) mine.clear();
  mine.set(key, args);
  return args;
}

/** Numbers and words by what they are, everything else by which object it is. */
function keyOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(keyOf).join(",")}]`;
  return `#${numberOf(value)}`;
}
