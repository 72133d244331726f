import { layers } from "../layers/index.ts";
import { initializers } from "../layers/initializers.ts";
import type { Params } from "../params.ts";
import { bindArguments } from "../program/bind.ts";
import { argumentsCalled, layerCalled } from "../program/elsewhere.ts";
import { bindOption } from "../program/evaluate.ts";
import type { CallExpr, Span } from "../syntax/tree.ts";
import { UNKNOWN, type Value } from "../values.ts";
import { applyFlow } from "./apply.ts";
import type { Expander } from "./expand.ts";
import { isLayerWord } from "./words.ts";

/** What the language itself calls so, as a value: a layer, block, initializer or word. Undefined: nothing. */
export function libraryValue(x: Expander, name: string, span: Span): Value | undefined {
  const layer = layers.get(name);
  if (layer) {
    // Where it is used it may still get its arguments: for cell in [lstm, gru] { cell(8) }.
    if (Object.values(layer.params as Params).some((p) => p.required)) return { kind: "layer", name, layer, args: undefined };
    const bound = bindArguments(layer, [], span, x);
    return bound.complete ? { kind: "layer", name, layer, args: bound.args } : UNKNOWN;
  }
  if (Object.hasOwn(initializers, name)) return bindOption(name, [], span, x, { options: initializers });
  if (x.frame.known.has(name)) return { kind: "block", name };
  return isLayerWord(name) ? { kind: "word", word: name } : undefined;
}

/** `leaky_relu(0.2)` as an argument: the layer itself. Blocks and branches are applied to the flow. */
export function unappliedCall(x: Expander, expr: CallExpr): Value {
  const { text: name, span } = expr.callee;
  const own = layers.get(name);
  const called = own || x.frame.known.has(name) || x.lookup(name) !== undefined || Object.hasOwn(initializers, name) || expr.branches.length > 0 ? undefined : layerCalled(name, undefined);
  const layer = own ?? (called === undefined ? undefined : layers.get(called));
  const translated = called === undefined ? undefined : argumentsCalled(expr.args, layer!);
  if (called !== undefined) {
    x.usage.missed.add(name);
    const edits = [{ span, text: called }, ...translated!.renamed].map((e) => ({ site: x.site(e.span), text: e.text }));
    x.report("error", "unknown-layer", span, `there is no layer or block called ${name}; did you mean ${called}?`, { fixes: [{ title: `Change to ${called}`, edits }] });
  }
  if (!layer && Object.hasOwn(initializers, name) && x.lookup(name) === undefined) return bindOption(name, expr.args, span, x, { options: initializers });
  if (!layer || expr.branches.length > 0 || expr.loop) return applyFlow(x, expr);
  const bound = bindArguments(layer, translated?.args ?? expr.args, span, x);
  return bound.complete && !called ? { kind: "layer", name: layer.name, layer, args: bound.args } : UNKNOWN;
}
