import { grouped } from "../digits.ts";
import { layers } from "../layers/index.ts";
import { builtins } from "../program/evaluate.ts";
import type { Body, Span } from "../syntax/tree.ts";
import { MOST_STEPS } from "./bounds.ts";
import type { Expander } from "./expand.ts";

/**
 * The turns of a loop. Where the first two take the same number of steps, so will the others, unless a condition or a
 * block in the body may ask which turn it is; and if the budget is too small for all of them, none more is made.
 */
export class Turns {
  private readonly x: Expander;
  private readonly body: Body;
  private readonly span: Span;
  private readonly count: number;
  private done = 0;
  private since = 0;
  private took = 0;

  constructor(x: Expander, body: Body, span: Span, count: number) {
    this.x = x;
    this.body = body;
    this.span = span;
    this.count = count;
  }

  /** Whether there is budget for one more turn. */
  next(): boolean {
    const { x, done } = this;
    const took = x.steps - this.since;
    const left = (this.count - done) * took;
    if (done === 2 && took === this.took && !x.stopped && !x.affords(left) && isPlain(x, this.body)) {
      x.stopped = true;
      x.error("evaluation-budget", this.span, `${grouped(this.count)} turns of ${grouped(took)} steps each are more than the ${grouped(MOST_STEPS)} steps that this file's models may take together; make the repeats smaller`);
      return false;
    }
    this.took = took;
    this.since = x.steps;
    this.done++;
    return x.step(this.span);
  }
}

/** Layers and loops alone. */
function isPlain(x: Expander, node: unknown): boolean {
  if (typeof node !== "object" || node === null) return true;
  const { kind, callee, name } = node as { kind?: string; callee?: { text: string }; name?: unknown };
  if (kind === "if" || kind === "conditional") return false;
  if (callee && !layers.has(callee.text) && !Object.hasOwn(builtins, callee.text)) return false;
  if (kind === "name" && x.frame.known.has(String(name))) return false;
  return Object.entries(node).every(([key, value]) => key === "line" || key === "span" || isPlain(x, value));
}
