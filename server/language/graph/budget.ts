import { add, type Dim } from "../ops/dim.ts";
import { evaluate } from "../program/evaluate.ts";
import { didYouMean } from "../suggest.ts";
import type { Settings } from "../syntax/tree.ts";
import { isTagged } from "../values.ts";
import type { Expander, Frame } from "./expand.ts";
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

function bytes(model: Model): Dim | undefined {
  let entries: Dim = model.totals.params;
  for (const node of model.nodes) entries = add(entries, node.cost.activations);
  return typeof entries === "number" ? 4 * entries : undefined;
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
    if (typeof has !== "number") continue;
    const holds = entry.op === "<=" ? has <= limit : entry.op === "<" ? has < limit : entry.op === ">=" ? has >= limit : has > limit;
    // What is missing can only add: a lower bound that fails may still hold.
    if (holds || (!model.complete && entry.op.startsWith(">"))) continue;
    const count = (n: number) => n.toLocaleString("en-US");
    x.error("budget-exceeded", entry.span, `the model has ${model.complete ? "" : "at least "}${count(has)} ${measure.unit} (derived), and the budget says ${key} ${entry.op} ${count(limit)}`, { span: entry.value.span, text: String(has), title: `Allow ${count(has)}` });
  }
}
