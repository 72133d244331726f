import type { LayerDef } from "../layers/define.ts";
import { argumentsCalled, layerCalled, takesInputSize, writtenInstead } from "../program/elsewhere.ts";
import { layers } from "../layers/index.ts";
import { equal, formatShape } from "../ops/dim.ts";
import { counterexample, equalShapes } from "../ops/sizes.ts";
import { bindArguments } from "../program/bind.ts";
import { builtins, describe, evaluate } from "../program/evaluate.ts";
import { didYouMean, suggestion } from "../suggest.ts";
import type { Arg, CallExpr, Expr, Span } from "../syntax/tree.ts";
import { isTagged, kindOf, UNKNOWN, type Value } from "../values.ts";
import { oneOf } from "./arguments.ts";
import { applyBlock } from "./blocks.ts";
import { bindLoop, control, valuesOf } from "./control.ts";
import type { Expander } from "./expand.ts";
import { DEEPEST_USES } from "./bounds.ts";
import { handedIn } from "./handed.ts";
import { namesResult } from "./naming.ts";
import { reportProblem } from "./problem.ts";
import { shapeOf } from "./ports.ts";
import { Turns } from "./turns.ts";

/** Applies a chain (or one link) to what flows, and gives its result. */
export function applyFlow(x: Expander, expr: Expr): Value {
  const links = expr.kind === "chain" ? expr.links : [expr];
  // What flows, or makes names, is never the same again.
  x.lookups++;
  const before = x.frame.flow;
  let result: Value = UNKNOWN;
  for (const [i, link] of links.entries()) {
    if (!x.step(link.span)) break;
    if (i > 0 && i === links.length - 1 && namesResult(x, links[i - 1]!, link, result)) break;
    result = applyLink(x, link, i === 0);
    if (isTagged(result, "flow")) x.frame.flow = result.node;
    else if (links.length > 1) {
      if (!isTagged(result, "unknown")) x.error("not-a-layer", link.span, `${kindOf(result)} is not a layer: a chain goes from layer to layer`);
      x.frame.flow = x.unknownFlow(link.span, link);
      result = { kind: "flow", node: x.frame.flow };
    }
  }
  x.frame.flow = before;
  return result;
}

function applyLink(x: Expander, link: Expr, first: boolean): Value {
  switch (link.kind) {
    case "as": {
      const value = applyLink(x, link.operand, first);
      x.bind(link.name.text, link.name.span, "as", value);
      if (isTagged(value, "flow") && link.operand.kind !== "name") x.graph.rename(value.node, x.frame.prefix + link.name.text);
      return value;
    }
    case "ascribe": {
      const value = applyLink(x, link.operand, first);
      if (isTagged(value, "flow")) ascribe(x, value.node, link.shape);
      return value;
    }
    case "group":
      return link.inner.kind === "chain" ? applyFlow(x, link.inner) : applyLink(x, link.inner, first);
    case "chain":
      return applyFlow(x, link);
    case "control":
      return control(x, link.node);
    case "conditional": {
      const test = evaluate(link.test, x);
      if (typeof test === "boolean") return applyLink(x, test ? link.yes : link.no, first);
      if (!isTagged(test, "unknown")) x.error("not-a-condition", link.test.span, `a condition is true or false, received ${describe(test)}`);
      return UNKNOWN;
    }
    case "name":
      return applyName(x, link.name, link.span, first);
    case "call":
      return applyCall(x, link);
    default:
      return evaluate(link, x);
  }
}

function applyName(x: Expander, name: string, span: Span, first: boolean): Value {
  x.lookups++;
  const value = x.lookup(name);
  if (value === undefined) {
    if (name === "in") return x.unknownName(name, span);
    return applyCallee(x, name, [], span, undefined);
  }
  if (isTagged(value, "flow")) {
    if (!first) x.error("result-in-chain", span, `${name} is a result: a chain can begin with it, not go on to it; to combine the two, add(${name}) or concat(${name})`);
    return value;
  }
  if (isTagged(value, "layer")) return applyLayer(x, value.layer, value.args, [], span, undefined);
  if (isTagged(value, "block")) return applyCallee(x, value.name, [], span, undefined);
  if (isTagged(value, "shared")) return applyShared(x, value.instance, span);
  return value;
}

function applyCall(x: Expander, call: CallExpr): Value {
  const name = call.callee.text;
  const bound = Object.hasOwn(builtins, name) ? undefined : x.lookup(name);
  if (bound === undefined) return Object.hasOwn(builtins, name) ? evaluate(call, x) : applyCallee(x, name, call.args, call.callee.span, call);
  if (isTagged(bound, "block")) return applyCallee(x, bound.name, call.args, call.callee.span, call);
  if (isTagged(bound, "layer")) return applyCallee(x, bound.name, call.args, call.callee.span, call);
  if (!isTagged(bound, "unknown")) x.error("not-a-layer", call.callee.span, `${name} is ${kindOf(bound)}, not a layer: it takes no arguments`);
  return isTagged(bound, "flow") ? bound : UNKNOWN;
}

/** A layer or block by name, with written arguments. */
function applyCallee(x: Expander, name: string, args: readonly Arg[], span: Span, call: CallExpr | undefined): Value {
  const layer = layers.get(name);
  if (layer) return applyLayer(x, layer, undefined, args, span, call);
  const block = x.frame.known.get(name);
  if (block) return applyBlock(x, block, args, span, call);
  // Of a block whose import failed that is said there.
  if (name !== "" && !x.frame.known.has(name)) {
    const flow = x.frame.flow === undefined ? undefined : x.typeOf(x.frame.flow);
    const called = layerCalled(name, flow?.shape.length);
    const instead = writtenInstead(name);
    const near = called !== undefined || instead ? suggestion(called) : didYouMean(name, [...layers.keys(), ...x.frame.known.keys(), ...x.frame.scope.visible(), ...Object.keys(builtins)]);
    const places = args.filter((a) => !a.name).length;
    const sizeFirst = takesInputSize(name, layers.get(near.name ?? ""), places);
    const text = instead ? `; ${instead}` : call && call.branches.length > 0 && !near.name ? "; layers in braces with a name are a block, which stands above the model: block " + name + " { … }" : sizeFirst ? `${near.text} Without the size of what flows in, which is known` : near.text;
    const meant = near.name === undefined ? undefined : layers.get(near.name);
    // What has names of its own elsewhere gets ours at once.
    const translated = meant && called !== undefined ? argumentsCalled(sizeFirst && args.length > 1 && !args[0]!.name ? args.slice(1) : args, meant) : undefined;
    const [sized, next] = sizeFirst ? args : [];
    const without = sized && next && !sized.name ? { ...span, endLine: next.span.line, end: next.span.start } : undefined;
    const renamed = translated?.renamed ?? [];
    const names = renamed.flatMap((r) => (r.text === "" ? [] : [r.text]));
    const more = names.length > 0 ? `, with ${names.join(", ")}` : "";
    const first = without ? { span: without, text: `${near.name}(`, title: `Change to ${near.name}, without the size${more}` } : { span, text: near.name!, title: `Change to ${near.name}${more}` };
    const edits = [first, ...renamed].map((e) => ({ site: x.site(e.span), text: e.text }));
    x.report("error", "unknown-layer", span, `there is no layer or block called ${name}${text}`, near.name ? { fixes: [{ title: first.title, edits }] } : {});
    // Read on as what is meant.
    const block = near.name === undefined ? undefined : x.frame.known.get(near.name);
    if (block) x.usedBlocks.add(block.decl);
    x.usage.missed.add(name);
    if (meant) return applyLayer(x, meant, undefined, translated?.args ?? args, span, call, name);
  }
  for (const a of args) if (a.value.kind === "name") x.lookup(a.value.name);
  return UNKNOWN;
}

/** Arguments that use no name are bound once per written call: the same line binds to the same object. */
const constants = new WeakMap<object, Readonly<Record<string, unknown>>>();
const NO_ARGS = new Map<string, Readonly<Record<string, unknown>>>();

/** `misspelled`: how it is written, where that is not its name. */
function applyLayer(x: Expander, layer: LayerDef, given: Readonly<Record<string, unknown>> | undefined, written: readonly Arg[], span: Span, call: CallExpr | undefined, misspelled?: string): Value {
  const { flow } = x.frame;
  const merge = layer.inputs === "many";
  const joined = merge && flow === undefined && call?.argsSpan && call.branches.length === 0 ? listedOperands(written) : undefined;
  if (joined) {
    const chained = `${joined[0]!} -> ${layer.name}(${joined.slice(1).join(", ")})`;
    for (const name of joined) x.lookup(name);
    x.error("no-flow", span, `${layer.name} takes what flows as its first operand: ${chained}`, { span: call!.span, text: chained, title: `Write ${chained}` });
    return UNKNOWN;
  }
  const operands: number[] = [];
  const constant = given ? undefined : call ? constants.get(call) : NO_ARGS.get(layer.name);
  let args = given ?? constant;
  let open: readonly string[] = [];
  let complete = true;
  if (!args) {
    const lookups = x.lookups;
    const rest = merge ? takeOperands(x, written, operands) : written;
    const bound = bindArguments(layer, rest, span, x);
    args = bound.args;
    ({ complete, open } = bound);
    if (complete && x.lookups === lookups && operands.length === 0) {
      if (call) constants.set(call, args);
      else NO_ARGS.set(layer.name, args);
    } else if (complete && call) args = oneOf(call, layer, args);
  }
  if (flow === undefined) {
    const [from, ...others] = merge && call?.branches.length === 0 && written.every((a) => !a.name && a.value.kind === "name") ? written.map((a) => (a.value as { name: string }).name) : [];
    const chained = others.length > 0 && call?.argsSpan ? `${from} -> ${layer.name}(${others.join(", ")})` : undefined;
    x.error("no-flow", span, chained ? `${layer.name} takes what flows as its first operand: ${chained}` : `${layer.name} has nothing to work on: ${x.noFlow}`, chained ? { span: call!.span, text: chained, title: `Write ${chained}` } : undefined);
    return UNKNOWN;
  }
  let inputs: readonly number[];
  let owner: number | undefined;
  const branched = call && (call.branches.length > 0 || call.loop) ? call : undefined;
  if (branched && !merge) x.error("no-branches", branched.branches[0]?.span ?? branched.loop!.variables[0]?.span ?? span, `${layer.name} takes one result, not branches; ${[...layers.values()].filter((l) => l.inputs === "many").map((l) => l.name).join(", ")} merge branches`);
  if (merge) inputs = [...(branched ? branches(x, branched) : [flow]), ...operands];
  else if (constant) inputs = [flow];
  else {
    const handed = handedIn(x, layer, args, written, span);
    complete &&= handed !== undefined;
    args = handed?.args ?? args;
    owner = handed?.owner;
    inputs = [flow, ...(handed?.nodes ?? [])];
  }
  if (merge && inputs.length < 2) {
    x.error("one-operand", span, `${layer.name} merges at least two results; name the other one: ${layer.name}(skip), or give branches: ${layer.name} { … } { identity }`, call?.branches.length === 1 ? { span: { ...call.branches[0]!.span, line: call.branches[0]!.span.endLine, start: call.branches[0]!.span.end }, text: " { identity }", title: "Add { identity }" } : undefined);
    complete = false;
  }
  const name = x.graph.fresh(x.frame.prefix, misspelled ?? layer.name);
  complete &&= misspelled === undefined;
  const site = x.site(call ? { ...call.callee.span, endLine: (call.argsSpan ?? call.callee.span).endLine, end: (call.argsSpan ?? call.callee.span).end } : span);
  const { id, problem } = x.graph.layer(name, layer, complete ? args : undefined, inputs, site, x.frame.via, call, complete || (merge && inputs.length < 2) ? undefined : { args, open });
  if (owner !== undefined) x.graph.borrow(id, owner);
  if (problem) reportProblem(x, problem, layer, inputs, written, span, call);
  return { kind: "flow", node: id };
}

/** concat([a, b]) */
function listedOperands(written: readonly Arg[]): readonly string[] | undefined {
  const [only, ...others] = written;
  if (others.length > 0 || only?.name || only?.value.kind !== "list" || only.value.items.length < 2) return undefined;
  const names = only.value.items.flatMap((item) => (item.kind === "name" ? [item.name] : []));
  return names.length === only.value.items.length ? names : undefined;
}

/** A merge's positional arguments that are results are its operands; what else is written are parameters. */
function takeOperands(x: Expander, written: readonly Arg[], operands: number[]): Arg[] {
  const rest: Arg[] = [];
  for (const arg of written) {
    if (arg.name || arg.value.kind === "number" || arg.value.kind === "unary") {
      rest.push(arg);
      continue;
    }
    const value = evaluate(arg.value, x);
    if (isTagged(value, "flow")) operands.push(value.node);
    else if (isTagged(value, "unknown")) operands.push(x.unknownFlow(arg.span));
    else {
      const names = arg.value.kind === "list" && arg.value.items.every((i) => i.kind === "name") ? arg.value.items.map((i) => (i as { name: string }).name).join(", ") : "";
      x.error("not-a-result", arg.span, `expected the name of a result, received ${kindOf(value)}${names ? `; results stand one after another: ${names}` : ""}`, names ? { span: arg.span, text: names, title: `Write ${names}` } : undefined);
      operands.push(x.unknownFlow(arg.span));
    }
  }
  return rest;
}

function branches(x: Expander, call: CallExpr): number[] {
  const results: number[] = [];
  for (const body of call.branches) {
    const result = x.inner(body);
    if (result !== undefined) results.push(result);
  }
  if (call.loop) {
    const { over, body } = call.loop;
    const values = valuesOf(x, over) ?? [UNKNOWN];
    const turns = new Turns(x, body, over.span, values.length);
    for (const value of values) {
      if (!turns.next()) break;
      const result = x.inner(body, () => bindLoop(x, call.loop!, value));
      if (result !== undefined) results.push(result);
    }
  }
  return results;
}

/** One more use of a shared instance: the same nodes again, with the weights of the first. */
function applyShared(x: Expander, instance: number, span: Span): Value {
  const shared = x.shared[instance]!;
  if (x.frame.via.length >= DEEPEST_USES) {
    x.error("nesting-too-deep", span, `shared results use each other more than ${DEEPEST_USES} deep here, and are not read further`);
    return UNKNOWN;
  }
  const { expr } = shared;
  if (shared.open) {
    x.error("recursive-block", span, "a shared layer cannot use itself");
    return UNKNOWN;
  }
  const first = x.graph.nodes.length;
  // Its arguments mean what they meant where it was declared.
  const frame = x.frame;
  x.frame = { ...shared.frame, flow: frame.flow, via: x.graph.use(frame.via, x.site(span)) };
  shared.open = true;
  const result = applyFlow(x, expr);
  shared.open = false;
  x.frame = frame;
  const count = x.graph.nodes.length - first;
  if (shared.first < 0) {
    shared.first = first;
    shared.count = count;
  } else if (isTagged(result, "flow") && !x.graph.share(first, shared.first, shared.count)) {
    x.error("shared-shape-differs", span, "this use would need weights of other shapes than the first one; shared layers take results of one shape");
  }
  return result;
}

/** `: [26, 26, 8]` states the shape; prove or refute it. */
function ascribe(x: Expander, node: number, stated: Expr): void {
  const shape = shapeOf(x, stated);
  const { type, layer } = x.graph.nodes[node]!;
  if (!shape || !type) return;
  const verdicts = shape.map((d, i) => (i < type.shape.length ? equal(d, type.shape[i]!) : false));
  if (shape.length === type.shape.length && verdicts.every((v) => v === true)) return;
  const actual = formatShape(type.shape);
  const sizes = shape.length === type.shape.length ? counterexample({ shapes: [type.shape, shape], fits: equalShapes }, x.graph.constraints()) : undefined;
  x.error("shape-differs", stated.span, `stated ${formatShape(shape)}, ${layer?.name ?? "this"} gives ${actual}${sizes ? `; ${sizes}` : ""}`, { span: stated.span, text: actual, title: `State ${actual}` });
}
