import { grouped } from "../digits.ts";
import { describe, evaluate, evaluateUnapplied } from "../program/evaluate.ts";
import type { Body, Expr, Loop, Statement } from "../syntax/tree.ts";
import { isTagged, UNKNOWN, type Value } from "../values.ts";
import { MOST_STEPS } from "./bounds.ts";
import type { Expander } from "./expand.ts";
import { Turns } from "./turns.ts";

// `repeat`, `for` and `if`: statements, or links of a chain.

const NO_BODY: Body = { statements: [], span: { line: 0, start: 0, endLine: 0, end: 0 } };

export function repeatStatement(x: Expander, node: Extract<Statement, { kind: "repeat" }>): void {
  const count = evaluate(node.count, x);
  if (isTagged(count, "unknown")) return enter(x, node.body);
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0) {
    x.error("bad-repeat", node.count.span, `repeat needs a whole number ≥ 0 that is known here, received ${describe(count)}`);
    return;
  }
  if (count > MOST_STEPS) {
    x.stopped = true;
    x.error("evaluation-budget", node.count.span, `repeat ${grouped(count)} takes more than ${grouped(MOST_STEPS)} steps, the most that are taken; make it smaller`);
    return;
  }
  if (count === 0) unreachable(x, node.body, "it is repeated 0 times");
  const turns = new Turns(x, node.body, node.count.span, count);
  for (let i = 0; i < count && turns.next(); i++) enter(x, node.body);
}

/** Said in a model alone, since a block's other uses may reach it, and at its end, since another turn of a loop may. */
function unreachable(x: Expander, body: Body, why: string): void {
  if (x.frame.kind !== "model" || x.muted || body.statements.length === 0 || x.leftOut.has(body)) return;
  const frame = { ...x.frame };
  x.leftOut.set(body, () => {
    x.frame = frame;
    x.report("hint", "unreachable-part", body.span, `this part is left out: ${why}`, { unnecessary: true });
  });
}

export function reportLeftOut(x: Expander): void {
  const { frame } = x;
  for (const [body, report] of x.leftOut) if (!x.entered.has(body)) report();
  x.frame = frame;
}

function enter(x: Expander, body: Body, bind?: () => void): void {
  x.entered.add(body);
  x.frame.flow = x.inner(body, bind);
}

/** The values of a loop; undefined after an error. */
export function valuesOf(x: Expander, over: Expr): readonly Value[] | undefined {
  const list = evaluateUnapplied(over, x);
  if (Array.isArray(list)) return list as Value[];
  if (!isTagged(list, "unknown")) x.error("not-a-list", over.span, "for goes over a list or a range: for f in [64, 128] { … }, for i in 0..4 { … }");
  return undefined;
}

export function forStatement(x: Expander, node: Extract<Statement, { kind: "for" }>): void {
  const values = valuesOf(x, node.over);
  if (values?.length === 0) unreachable(x, node.body, "there is nothing to go over");
  const turns = new Turns(x, node.body, node.over.span, values?.length ?? 1);
  for (const value of values ?? [UNKNOWN]) {
    if (!turns.next()) return;
    enter(x, node.body, () => bindLoop(x, node, value));
  }
}

/** One turn's variables: the value, or the entries of what is a list of as many. */
export function bindLoop(x: Expander, { variables, over }: Loop, value: Value): void {
  const several = variables.length > 1;
  const entries = several && Array.isArray(value) && value.length === variables.length ? (value as Value[]) : undefined;
  if (several && !entries && !isTagged(value, "unknown")) {
    const names = variables.map((v) => v.text).join(", ");
    x.error("not-a-list", over.span, `for ${names} takes lists of ${variables.length} values apart, as in [[…], […]], and received ${Array.isArray(value) ? `a list of ${value.length}` : describe(value)}`);
  }
  for (const [i, { text, span }] of variables.entries()) x.bind(text, span, "loop", several ? (entries?.[i] ?? UNKNOWN) : value);
}

/** As a link of a chain: what it leaves flowing. */
export function control(x: Expander, node: Statement): Value {
  x.statement(node, NO_BODY);
  return x.frame.flow === undefined ? UNKNOWN : { kind: "flow", node: x.frame.flow };
}

export function ifStatement(x: Expander, node: Extract<Statement, { kind: "if" }>): void {
  const test = evaluate(node.test, x);
  if (typeof test === "boolean") {
    const [chosen, other] = test ? [node.body, node.otherwise] : [node.otherwise, node.body];
    if (other) unreachable(x, other, `the condition is ${test} here`);
    if (chosen) enter(x, chosen);
    return;
  }
  if (!isTagged(test, "unknown")) x.error("not-a-condition", node.test.span, `if needs true or false, received ${describe(test)}`);
  const ends = [x.inner(node.body), node.otherwise && x.inner(node.otherwise)];
  x.frame.flow = x.unknownFlow(node.test.span, undefined, ends);
}
