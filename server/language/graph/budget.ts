import { add, countText, type Dim, evaluate as evaluateSize, sub, symbolsOf } from "../ops/dim.ts";
import { boundOf, sizesText, smallest } from "../ops/sizes.ts";
import { evaluate } from "../program/evaluate.ts";
import { didYouMean } from "../suggest.ts";
import type { Settings } from "../syntax/tree.ts";
import { isTagged } from "../values.ts";
import { amountsOf } from "./amounts.ts";
import type { Expander } from "./expand.ts";
import type { Frame } from "./frame.ts";
import type { Model } from "./graph.ts";
import { receptiveFieldOf } from "./receptive.ts";

/** What a budget can bound, and what the model has of it. Undefined where that is not a number. */
export const MEASURES: Readonly<Record<string, { readonly unit: string; of(model: Model): Dim | undefined }>> = {
  params: { unit: "parameters", of: (m) => m.totals.params },
  macs: { unit: "MACs a row", of: (m) => m.totals.macs },
  flops: { unit: "FLOPs a row", of: (m) => m.totals.flops },
  memory: { unit: "bytes of weights and of one row's activations, 4 an entry", of: (m) => bytes(m) },
  receptive_field: { unit: "input entries seen by one entry", of: receptiveFieldOf },
};

function bytes(model: Model): Dim {
  const { weights, activations } = amountsOf(model, 1);
  return add(weights, activations);
}

/** `budget { params <= 1M   flops <= 50M }`, checked against the whole model. */
export function checkBudget(x: Expander, model: Model, settings: Settings, frame: Frame): void {
  for (const entry of settings.entries) {
    x.frame = { ...frame, line: entry.line ?? frame.line };
    const key = entry.key.text;
    if (key === "") continue;
    const measure = Object.hasOwn(MEASURES, key) ? MEASURES[key]! : undefined;
    if (!measure) {
      const near = didYouMean(key, Object.keys(MEASURES));
      x.error("unknown-setting", entry.key.span, `a budget has no entry ${key}${near.text || `; it has ${Object.keys(MEASURES).join(", ")}`}`, near.name ? { span: entry.key.span, text: near.name, title: `Change to ${near.name}` } : undefined);
      continue;
    }
    const limit = evaluate(entry.value, x);
    if (isTagged(limit, "unknown")) continue;
    if (typeof limit !== "number" || entry.op === "=") {
      x.error("bad-setting", entry.span, `a budget compares with a number: ${key} <= 1M`);
      continue;
    }
    const has = measure.of(model);
    if (has === undefined) continue;
    const holds = (n: number): boolean => compares(n, entry.op, limit);
    // What is missing can only add: a lower bound that fails may still hold.
    if (!model.complete && entry.op.startsWith(">")) continue;
    const sizes = typeof has === "number" ? undefined : smallest(symbolsOf(has), x.graph.constraints(), () => true);
    const least = typeof has === "number" ? has : sizes && evaluateSize(has, sizes);
    if (least === undefined) continue;
    if (holds(least) && typeof has !== "number") {
      bySize(x, entry, key, limit, has);
      continue;
    }
    if (holds(least)) continue;
    // A lower bound may hold for larger sizes.
    if (sizes && entry.op.startsWith(">")) continue;
    x.error("budget-exceeded", entry.span, `${sizes ? `for ${sizesText(sizes)}, the least that fits, ` : ""}the model has ${model.complete ? "" : "at least "}${countText(least)} ${measure.unit} (derived), and the budget says ${key} ${entry.op} ${countText(limit)}`, { span: entry.value.span, text: String(least), title: `Allow ${countText(least)}` });
  }
}

/** A bound on what grows with a symbol holds up to some size: which, is worth knowing. */
function bySize(x: Expander, entry: Settings["entries"][number], key: string, limit: number, has: Dim): void {
  const bound = boundOf({ dim: sub(limit, has), atLeast: entry.op === "<" ? 1 : 0 });
  if (!entry.op.startsWith("<") || (bound && bound.most === undefined)) return;
  const bounded = `${entry.op} ${countText(limit)}`;
  const until = bound ? `up to ${bound.symbol} = ${countText(bound.most!)} (derived: the model has ${has})` : `where ${has} ${bounded} (derived)`;
  x.report("information", "budget-by-size", entry.span, `${key} ${bounded} holds ${until}`);
}

function compares(has: number, op: string, limit: number): boolean {
  return op === "<=" ? has <= limit : op === "<" ? has < limit : op === ">=" ? has >= limit : has > limit;
}
