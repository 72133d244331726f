import { grouped } from "../digits.ts";
import type { TensorType } from "../graph/graph.ts";
import { add, type Dim, equal, floorDiv, formatShape, mul, Poly, product, ShapeError, sub, symbolsOf } from "../ops/dim.ts";
import { decide } from "../ops/sizes.ts";
import type { ParamType } from "../params.ts";
import type { BinaryOp, CallExpr, Cause, Expr, Span } from "../syntax/tree.ts";
import { isTagged, kindOf, own, show, UNKNOWN, type Value } from "../values.ts";
import { bindArguments } from "./bind.ts";

/** What evaluation needs of its surroundings: names, the flow, and a place for findings. */
export interface World {
  /** A name's value; undefined if nothing has that name. */
  lookup(name: string): Value | undefined;
  /** A name that nothing has, where a value (of the type `expected`) is meant: reports it. */
  unknownName(name: string, span: Span, expected?: ParamType<unknown>): Value;
  /** Layers, blocks and chains: applied to the flow. */
  flow(expr: Expr): Value;
  /** A layer with its arguments, not applied. */
  layer(expr: CallExpr): Value;
  typeOf(node: number): TensorType | undefined;
  error(code: string, span: Span, message: string, fix?: { span: Span; text: string; title: string }, cause?: Cause): void;
  /** How many channels flow in, where something does. */
  channels?(): Dim | undefined;
  /** Counts look-ups of names: an evaluation without any always gives the same. */
  lookups: number;
  /** Entries of lists that were made: they count as work. */
  spend?(entries: number): void;
}

/** The value of an expression. Errors are reported and give UNKNOWN. */
export function evaluate(expr: Expr, world: World, expected?: ParamType<unknown>): Value {
  switch (expr.kind) {
    case "number":
    case "bool":
    case "text":
      return expr.value;
    case "missing":
      return UNKNOWN;
    case "group":
      return evaluate(expr.inner, world, expected);
    case "list":
      return list(expr, world, expected);
    case "name":
      return name(expr.name, expr.span, world, expected);
    case "unary":
      return unary(expr.op, evaluate(expr.operand, world), expr.span, world);
    case "binary":
      return binary(expr, world);
    case "conditional": {
      const test = evaluate(expr.test, world);
      if (typeof test === "boolean") return evaluate(test ? expr.yes : expr.no, world, expected);
      if (!isTagged(test, "unknown")) world.error("not-a-condition", expr.test.span, `a condition is true or false, received ${describe(test)}`);
      evaluate(expr.yes, world, expected);
      evaluate(expr.no, world, expected);
      return UNKNOWN;
    }
    case "call":
      return call(expr, world, expected);
    case "chain":
    case "as":
    case "ascribe":
    case "control":
      return world.flow(expr);
  }
}

function list(expr: Extract<Expr, { kind: "list" }>, world: World, expected: ParamType<unknown> | undefined): Value {
  const values: Value[] = [];
  for (const item of expr.items) {
    const value = evaluate(item, world, expected);
    if (item.kind === "binary" && item.op === ".." && Array.isArray(value)) for (const v of value as Value[]) values.push(v);
    else values.push(value);
    if (values.length > LONGEST_LIST) break;
  }
  return bounded(values, expr.span, world);
}

/** Entries of a list, those of the lists in it included. */
const entries = new WeakMap<object, number>();

function bounded(values: readonly Value[], span: Span, world: World): Value {
  let count = values.length;
  for (const v of values) if (Array.isArray(v)) count += entries.get(v) ?? v.length;
  world.spend?.(count);
  if (count > LONGEST_LIST) {
    world.error("range-too-long", span, `a list has at most ${grouped(LONGEST_LIST)} entries, those of lists in it included`);
    return UNKNOWN;
  }
  entries.set(values, count);
  return values;
}

function name(text: string, span: Span, world: World, expected: ParamType<unknown> | undefined): Value {
  if (expected?.words && (expected.words === "any" || expected.words.includes(text))) return { kind: "word", word: text };
  const option = own(expected?.options, text);
  if (option) return bindOption(text, [], span, world, expected!);
  world.lookups++;
  return world.lookup(text) ?? world.unknownName(text, span, expected);
}

export function bindOption(text: string, args: CallExpr["args"], span: Span, world: World, { options }: Pick<ParamType<unknown>, "options">): Value {
  const bound = bindArguments(options![text]!, args, span, world);
  return bound.complete ? { kind: "option", name: text, args: bound.args } : UNKNOWN;
}

function call(expr: CallExpr, world: World, expected: ParamType<unknown> | undefined): Value {
  const callee = expr.callee.text;
  if (expected && own(expected.options, callee)) return bindOption(callee, expr.args, expr.callee.span, world, expected);
  const builtin = own(builtins, callee);
  if (expected?.takes === "layer" && !builtin) return world.layer(expr);
  if (!builtin) return expected?.options && world.lookup(callee) === undefined ? world.unknownName(callee, expr.callee.span, expected) : world.flow(expr);
  const args = expr.args.map((a) => evaluate(a.value, world));
  if (args.length < builtin.least || args.length > builtin.most) {
    world.error("wrong-arguments", expr.span, `${builtin.usage}: received ${args.length} arguments`);
    return UNKNOWN;
  }
  if (args.some((a) => isTagged(a, "unknown"))) return UNKNOWN;
  const result = builtin.call(args, world);
  if (typeof result === "object" && "problem" in result) {
    world.error("wrong-arguments", expr.span, result.problem);
    return UNKNOWN;
  }
  return result;
}

type Builtin = {
  readonly usage: string;
  readonly least: number;
  readonly most: number;
  call(args: readonly Value[], world: World): Value | { problem: string };
};

function shapeOf(value: Value | undefined, world: World): readonly Dim[] | undefined | "unknown" {
  if (value === undefined || !isTagged(value, "flow")) return undefined;
  return world.typeOf((value as { node: number }).node)?.shape ?? "unknown";
}

function ofShape(usage: string, most: number, pick: (shape: readonly Dim[], rest: readonly Value[]) => Value | { problem: string }): Builtin {
  return {
    usage,
    least: most,
    most,
    call(args, world) {
      const shape = shapeOf(args[0], world);
      if (shape === "unknown") return UNKNOWN;
      return shape ? pick(shape, args.slice(1)) : { problem: `${usage}: expected a result of the flow, received ${describe(args[0]!)}` };
    },
  };
}

function numeric(usage: string, least: number, most: number, apply: (...values: number[]) => number): Builtin {
  return {
    usage,
    least,
    most,
    call: (args) => (args.every((a) => typeof a === "number") ? apply(...(args as number[])) : { problem: `${usage} takes numbers, received ${args.map(describe).join(", ")}` }),
  };
}

/** Functions of compile-time code, by name. */
export const builtins: Readonly<Record<string, Builtin>> = Object.assign(Object.create(null) as Record<string, Builtin>, {
  channels: ofShape("channels(x)", 1, (s) => s[s.length - 1] ?? { problem: "channels(x): x has no axes" }),
  rank: ofShape("rank(x)", 1, (s) => s.length),
  dim: ofShape("dim(x, axis)", 2, (s, [axis]) => {
    if (typeof axis !== "number" || !Number.isInteger(axis)) return { problem: "dim(x, axis): the axis is a whole number" };
    return s[axis < 0 ? axis + s.length : axis] ?? { problem: `dim(x, ${axis}): there is no axis ${axis} in ${formatShape(s)}` };
  }),
  min: numeric("min(a, b, …)", 1, 100, Math.min),
  max: numeric("max(a, b, …)", 1, 100, Math.max),
  floor: numeric("floor(x)", 1, 1, Math.floor),
  ceil: numeric("ceil(x)", 1, 1, Math.ceil),
  round: numeric("round(x)", 1, 1, Math.round),
});

/** What combines results as this sign does numbers. */
const MERGES: Readonly<Record<string, string>> = { "+": "add", "*": "multiply" };

function unary(op: "-" | "not", value: Value, span: Span, world: World): Value {
  if (isTagged(value, "unknown")) return UNKNOWN;
  if (op === "not" && typeof value === "boolean") return !value;
  if (op === "-" && typeof value === "number") return -value;
  if (op === "-" && value instanceof Poly) return mul(value, -1) as Value;
  world.error("wrong-operand", span, op === "not" ? `not takes true or false, received ${describe(value)}` : `- takes a number, received ${describe(value)}`);
  return UNKNOWN;
}

function binary(expr: Extract<Expr, { kind: "binary" }>, world: World): Value {
  const { op } = expr;
  const left = evaluate(expr.left, world);
  // The right side may make no sense where the left decides.
  if ((op === "and" && left === false) || (op === "or" && left === true)) return left;
  const right = evaluate(expr.right, world);
  if (isTagged(left, "unknown") || isTagged(right, "unknown")) return UNKNOWN;
  let result: Value | undefined;
  try {
    result = combine(op, left, right);
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    world.error("size-too-large", expr.span, cause.message);
    return UNKNOWN;
  }
  if (result !== undefined) {
    if (typeof result === "number" && !Number.isFinite(result)) {
      world.error("not-finite", expr.span, `${show(left)} ${op} ${show(right)} is not a finite number`);
      return UNKNOWN;
    }
    return Array.isArray(result) ? bounded(result as Value[], expr.span, world) : result;
  }
  if (op === ".." && typeof left === "number" && typeof right === "number") {
    world.error("range-too-long", expr.span, `a range of whole numbers with at most ${LONGEST_LIST} entries is expected, received ${left}..${right}`);
  } else {
    const chains = [left, right].every((v) => isTagged(v, "flow") || isTagged(v, "layer") || isTagged(v, "block"));
    const arrow = chains && (op === "-" || op === ">" || (op === "+" && !isTagged(right, "flow")));
    const merge = [left, right].every((v) => isTagged(v, "flow")) && Object.hasOwn(MERGES, op) ? MERGES[op] : undefined;
    const way = arrow ? "; layers are chained by ->" : merge ? `; a layer does that: a -> ${merge}(b)` : COMPARISONS.has(op) && [left, right].some((v) => isTagged(v, "flow")) ? "; what flows is known only when it runs, its sizes are known here: dim(x, 0), channels(x)" : op === "*" && isTagged(right, "flow") ? "; repeat 3 { … } repeats layers" : "";
    world.error("wrong-operand", expr.opSpan, unknownYet(op, left, right) ?? `${op} does not combine ${describe(left)} and ${describe(right)}${way}`, arrow ? { span: expr.opSpan, text: "->", title: "Write ->" } : merge && expr.left.kind === "name" && expr.right.kind === "name" ? { span: expr.span, text: `${expr.left.name} -> ${merge}(${expr.right.name})`, title: `Write ${expr.left.name} -> ${merge}(${expr.right.name})` } : undefined);
  }
  return UNKNOWN;
}

const COMPARISONS = new Set(["<", "<=", ">", ">=", "==", "!="]);
const LONGEST_LIST = 10_000;

/** Of arguments and lists: a layer's name or call is the layer itself, not what it makes of the flow. */
const unapplied: ParamType<unknown> = { expected: "a value", takes: "layer", accept: (value) => ({ value }) };

export function evaluateUnapplied(expr: Expr, world: World): Value {
  return evaluate(expr, world, unapplied);
}

/** Two sizes of which one is symbolic, where the answer depends on what the symbol stands for. */
function unknownYet(op: BinaryOp, a: Value, b: Value): string | undefined {
  if (!isSize(a) || !isSize(b)) return undefined;
  const symbols = [...symbolsOf(a, symbolsOf(b))].join(" and ");
  if (symbols === "" || op === "and" || op === "or") return undefined;
  if (op === "/" && typeof b === "number") return `${a} / ${b} is not whole for every ${symbols}; div rounds down`;
  return `${a} ${op} ${b} depends on ${symbols}, known only when data comes`;
}

function combine(op: BinaryOp, a: Value, b: Value): Value | undefined {
  if (op === "==" || op === "!=") {
    const same = isSame(a, b);
    return same === undefined ? undefined : (op === "==") === same;
  }
  if (typeof a === "boolean" && typeof b === "boolean") return op === "and" ? a && b : op === "or" ? a || b : undefined;
  if (op === "+" && Array.isArray(a) && Array.isArray(b)) return [...(a as Value[]), ...(b as Value[])];
  const [x, y] = [a as Dim, b as Dim];
  if (!isSize(a) || !isSize(b)) return undefined;
  if (typeof x !== "number" || typeof y !== "number") return symbolic(op, x, y);
  switch (op) {
    case "+": return x + y;
    case "-": return x - y;
    case "*": return x * y;
    case "/": return x / y;
    case "div": return Math.floor(x / y);
    case "%": return x - y * Math.floor(x / y);
    case "**": return x ** y;
    case "<": return x < y;
    case "<=": return x <= y;
    case ">": return x > y;
    case ">=": return x >= y;
    case "..": return Number.isInteger(x) && Number.isInteger(y) && y - x <= LONGEST_LIST ? Array.from({ length: Math.max(0, y - x) }, (_, i) => x + i) : undefined;
    default: return undefined;
  }
}

const HIGHEST_POWER = 8;

function symbolic(op: BinaryOp, a: Dim, b: Dim): Value | undefined {
  if (op === "+") return add(a, b);
  if (op === "-") return sub(a, b);
  if (op === "*") return mul(a, b);
  if (op === ">=") return decide(sub(a, b));
  if (op === ">") return decide(sub(sub(a, b), 1));
  if (op === "<=") return decide(sub(b, a));
  if (op === "<") return decide(sub(sub(b, a), 1));
  if (typeof b === "number" && Number.isInteger(b) && b > 0) {
    if (op === "div") return floorDiv(a, b);
    if (op === "**" && b <= HIGHEST_POWER) return product(Array.from({ length: b }, () => a));
    if (op === "%") return sub(a, mul(floorDiv(a, b), b));
    if (op === "/" && equal(mul(floorDiv(a, b), b), a) === true) return floorDiv(a, b);
  }
  return undefined;
}

function isSize(v: Value): v is Dim {
  return typeof v === "number" || v instanceof Poly;
}

function isSame(a: Value, b: Value): boolean | undefined {
  if (isSize(a) && isSize(b)) return equal(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => isSame(v as Value, b[i] as Value));
  if (isTagged(a, "flow") && isTagged(b, "flow")) return (a as { node: number }).node === (b as { node: number }).node;
  return show(a) === show(b) && kindOf(a) === kindOf(b);
}

/** A value in a sentence: received 3, received a list. */
export function describe(value: Value): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value);
}
