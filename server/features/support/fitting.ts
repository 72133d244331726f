import { layers } from "../../language/layers/index.ts";
import { initializers } from "../../language/layers/initializers.ts";
import type { ParamType } from "../../language/params.ts";
import type { Expr } from "../../language/syntax/tree.ts";
import type { Bound, Cursor } from "./cursor.ts";
import type { Expected } from "./expected.ts";
import { type Draft, layerItem, optionItem } from "./items.ts";

/** What a name may be for its place; `in`, which has no kind, is a result. What a parameter or `let` is, nobody knows here. */
type Kind = Bound["what"] | undefined;
const RESULTS: ReadonlySet<Kind> = new Set<Kind>(["input", "as", "let", "parameter", "loop", undefined]);
const RESULTS_OF_MODEL: ReadonlySet<Kind> = new Set<Kind>(["input", "as", "let", undefined]);
const VALUES: ReadonlySet<Kind> = new Set<Kind>(["let", "parameter", "loop", "symbol"]);
const LAYERS: ReadonlySet<Kind> = new Set<Kind>(["parameter", "loop"]);
const ANY: ReadonlySet<Kind> = new Set<Kind>([...RESULTS, ...VALUES]);

/** Functions that take a result first. */
const OF_RESULTS = /^(channels|rank|dim)\(/;

/** Names that fit an argument, list entry or group. A shared layer is applied, and no value. */
export function fitting({ type, call, inList }: Expected, { brackets, braces }: Cursor): ReadonlySet<Kind> {
  // A block may be given a result; a model's parameters are numbers, layers and words.
  const results = braces[0]?.keyword === "model" ? RESULTS_OF_MODEL : RESULTS;
  if (type?.takes === "flow") return results;
  if (type?.takes === "layer") return LAYERS;
  if (type) return VALUES;
  const bracket = brackets[brackets.length - 1];
  // Entries of a list are sizes and values; what stands in a group may be anything.
  if (!call || inList) return bracket?.kind === "[" ? VALUES : ANY;
  const { callee } = call;
  if (callee.kind === "builtin") return OF_RESULTS.test(callee.usage) && call.bracket.index === 0 ? results : VALUES;
  return takesOperands({ call }) ? results : ANY;
}

/** Functions give numbers. */
export function takesNumbers(expected: Expected): boolean {
  const { type, call } = expected;
  if (type) return type.takes === undefined && type.options === undefined && !/^(true|one of|a list of axes)/.test(type.expected);
  return !takesOperands(expected) && !(call?.callee.kind === "builtin" && OF_RESULTS.test(call.callee.usage) && call.bracket.index === 0);
}

function takesOperands({ call }: Pick<Expected, "call">): boolean {
  return call?.callee.kind === "layer" && call.callee.layer.inputs === "many" && call.bracket.named === undefined;
}

/** Of a block's parameter the default tells what it is: a layer, an initializer, true or false. */
export function likeDefault({ call }: Expected): { readonly drafts: Draft[]; readonly only: boolean } {
  if (call?.callee.kind !== "block") return { drafts: [], only: false };
  const { params } = call.callee.decl;
  const { named, index } = call.bracket;
  const like = (named === undefined ? params[index] : params.find((p) => p.name.text === named))?.default;
  const drafts = like ? alternatives(like) : [];
  return { drafts, only: drafts.length > 0 };
}

function alternatives(expr: Expr): Draft[] {
  if (expr.kind === "bool") return ["true", "false"].map((label): Draft => ({ label, kind: 20, sort: 0 }));
  const name = expr.kind === "name" ? expr.name : expr.kind === "call" ? expr.callee.text : "";
  const family = layers.get(name)?.family;
  if (family) return [...layers.values()].filter((l) => l.family === family).map((l) => ({ ...layerItem(l), sort: 0 }));
  if (Object.hasOwn(initializers, name)) return Object.values(initializers).map(optionItem);
  const words = [...layers.values()].flatMap((l) => Object.values(l.params as Record<string, { type: ParamType<unknown> }>)).map((p) => p.type.words).find((w) => Array.isArray(w) && w.includes(name));
  return ((words ?? []) as readonly string[]).map((label): Draft => ({ label, kind: 20, sort: 0 }));
}

/** For `repeat`, `if`, `for … in` and sizes: what is worked out before training. */
export function isValue({ of }: Draft): boolean {
  return VALUES.has(of);
}
