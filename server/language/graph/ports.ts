import { type Dim, Poly, symbolsOf } from "../ops/dim.ts";
import { untold } from "../ops/solving.ts";
import { evaluate } from "../program/evaluate.ts";
import { didYouMean, listed } from "../suggest.ts";
import { namesIn } from "../syntax/names.ts";
import type { Body, Expr, Statement } from "../syntax/tree.ts";
import { isTagged } from "../values.ts";
import type { Expander } from "./expand.ts";

/** `input image [28, 28, 1]`, `input words int [N]`: where flow begins. */
export function inputStatement(x: Expander, node: Extract<Statement, { kind: "input" }>, body: Body): void {
  if (x.frame.kind === "block" || !x.frame.top) {
    const message = x.frame.kind === "block" ? "a block has no inputs of its own: what flows in is called in" : "inputs stand in the model itself, not inside a loop or branch";
    x.error("misplaced-input", node.span, message);
    return;
  }
  if (node.name.text === "") x.error("syntax-error", node.shape.span, "an input needs a name before its shape: input image [28, 28, 1]", { span: { ...node.shape.span, endLine: node.shape.span.line, end: node.shape.span.start }, text: "x ", title: "Call it x" });
  const dtype = node.dtype?.text ?? "float";
  if (dtype !== "int" && dtype !== "float") {
    const joined = `${node.name.text}_${dtype}`;
    const near = /int|long|index|token|float|double|real|number/i.test(dtype);
    x.error("unknown-dtype", node.dtype!.span, `an input is int (indices) or float (numbers), received ${dtype}${near ? "" : `; a name is one word: ${joined}`}`, near ? undefined : { span: { ...node.name.span, endLine: node.dtype!.span.endLine, end: node.dtype!.span.end }, text: joined, title: `Call it ${joined}` });
  }
  const shape = shapeOf(x, node.shape, true);
  const id = x.graph.input(node.name.text || "input", shape && { shape, dtype: dtype === "int" ? "int" : "float" }, x.site(node.name.text === "" ? node.span : node.name.span), x.site(node.shape.span));
  x.inputs.push(id);
  x.bind(node.name.text, node.name.span, "input", { kind: "flow", node: id });
  const inputs = inputsOf(body);
  if (inputs.length === 1) {
    x.frame.flow = id;
    x.frame.entry = id;
  } else x.noFlow = `this model has the inputs ${listed(inputs)}; begin with the one that is meant: ${inputs[0]} -> …`;
}

const inputNames = new WeakMap<Body, readonly string[]>();

function inputsOf(body: Body): readonly string[] {
  let names = inputNames.get(body);
  if (!names) inputNames.set(body, (names = body.statements.flatMap((p) => (p.node.kind === "input" ? [p.node.name.text] : []))));
  return names;
}

/** Sizes of an input or ascription. In an input, names that nothing has become symbols. */
export function shapeOf(x: Expander, expr: Expr, binds = false): readonly Dim[] | undefined {
  if (expr.kind === "missing") return undefined;
  if (expr.kind !== "list") {
    x.error("not-a-shape", expr.span, "a shape is a list of sizes: [28, 28, 1]");
    return undefined;
  }
  const dims: Dim[] = [];
  const bound = new Set<string>();
  let complete = true;
  if (!binds) x.whyUnknown = x.frame.kind === "block" ? "a block has no symbols of its own; dim(in, 0) is the size of what flows in" : "a symbol is bound by an input";
  for (const item of expr.items) {
    if (binds) bindNames(x, item, bound);
    const value = evaluate(item, x);
    if (value instanceof Poly || (typeof value === "number" && Number.isInteger(value) && value >= 1)) dims.push(value);
    else {
      complete = false;
      if (!isTagged(value, "unknown")) x.error("not-a-size", item.span, `a size is a whole number ≥ 1 or a symbol${typeof value === "number" ? `, received ${value}` : ""}`);
    }
  }
  x.whyUnknown = undefined;
  return complete && (!binds || isTold(x, expr.items, dims, bound)) ? dims : undefined;
}

/** A name that nothing has becomes a symbol: by itself, or in `4 * H`. There one that is nearly a known one is not meant as new. */
function bindNames(x: Expander, item: Expr, bound: Set<string>): void {
  for (const { text, span } of namesIn(item)) {
    if (x.lookup(text) !== undefined || (item.kind !== "name" && text.length > 2 && didYouMean(text, x.frame.scope.visible()).name !== undefined)) continue;
    x.bindSymbol(text, span);
    bound.add(text);
  }
}

/** The sizes of data must say what each new symbol is. */
function isTold(x: Expander, items: readonly Expr[], dims: readonly Dim[], bound: ReadonlySet<string>): boolean {
  const given = dims.flatMap((d) => [...symbolsOf(d)]).filter((s) => !bound.has(s));
  const [first] = untold(dims, given);
  if (first === undefined) return true;
  const symbols = [...symbolsOf(dims[first]!)].filter((s) => bound.has(s));
  x.error("not-a-size", items[first]!.span, `${dims[first]} does not say what ${symbols.join(" and ")} ${symbols.length === 1 ? "is" : "are"} when data comes; a size of an input grows with one symbol, as 4*H or N+1 does`);
  return false;
}

/** `output a, b` */
export function outputStatement(x: Expander, node: Extract<Statement, { kind: "output" }>): void {
  if (!x.frame.top) {
    x.error("misplaced-output", node.span, "outputs stand in the model or block itself, not inside a loop or branch");
    return;
  }
  const flows: number[] = [];
  const names: string[] = [];
  for (const name of node.names) {
    const value = x.lookup(name.text) ?? (name.text === "" ? undefined : x.unknownName(name.text, name.span));
    if (value && isTagged(value, "flow")) {
      flows.push(value.node);
      names.push(name.text);
    } else if (value && !isTagged(value, "unknown")) x.error("not-a-result", name.span, `${name.text} is not a result of the flow`);
  }
  if (x.frame.kind === "block") {
    if (flows.length > 1) x.error("misplaced-output", node.span, "a block gives one result");
    if (flows[0] !== undefined) x.frame.flow = flows[0];
    return;
  }
  x.outputs.push(...flows);
  x.outputNames.push(...names);
}
