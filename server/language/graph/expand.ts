import { grouped } from "../digits.ts";
import type { Finding, Severity } from "../findings.ts";
import { layers } from "../layers/index.ts";
import { type Dim, symbol } from "../ops/dim.ts";
import { builtins, evaluate, type World } from "../program/evaluate.ts";
import { wordCalled } from "../program/elsewhere.ts";
import type { Blocks } from "../program/imports.ts";
import { Scope } from "../program/scope.ts";
import { didYouMean, suggestion } from "../suggest.ts";
import type { Body, CallExpr, Cause, Expr, ModelDecl, Settings, Site, Span, Statement } from "../syntax/tree.ts";
import { isTagged, UNKNOWN, type Value } from "../values.ts";
import { applyFlow } from "./apply.ts";
import { MOST_ERRORS, MOST_STEPS } from "./bounds.ts";
import { GraphBuilder } from "./build.ts";
import { forStatement, ifStatement, repeatStatement } from "./control.ts";
import type { Frame } from "./frame.ts";
import { type ParamType, wordsOf } from "../params.ts";
import type { Node, TensorType } from "./graph.ts";
import { inputStatement, outputStatement } from "./ports.ts";
import { libraryValue, unappliedCall } from "./unapplied.ts";
import { Usage } from "./unused.ts";
import { isKeyword } from "./words.ts";

/** Expands one model into its graph: evaluates, applies layers, infers shapes; reports what is wrong on the way. */
export class Expander implements World {
  readonly graph: GraphBuilder;
  readonly findings: Finding[] = [];
  readonly usage = new Usage();
  readonly outputs: number[] = [];
  /** As the output statement calls them. */
  readonly outputNames: string[] = [];
  readonly inputs: number[] = [];
  readonly shared: { readonly expr: Expr; readonly frame: Frame; first: number; count: number; open: boolean }[] = [];
  readonly usedBlocks = new Set<ModelDecl>();
  /** Checked when the whole model is there. */
  readonly budgets: { readonly settings: Settings; readonly frame: Frame }[] = [];
  /** Bodies that some condition or loop went past, with what says so, and those that were read. */
  readonly leftOut = new Map<Body, () => void>();
  readonly entered = new Set<Body>();
  frame: Frame;
  lookups = 0;
  noFlow = "declare what flows in first: input image [28, 28, 1]";
  /** Said of a name that nothing has, where sizes are read. */
  whyUnknown: string | undefined;
  stopped = false;
  /** Inside a statement with a syntax error: nothing more is said of it. */
  muted = false;
  /** Some statement could not be read at all. */
  broken = false;
  private readonly budget: number;
  private taken = 0;
  private readonly reported = new Set<string>();

  /** `budget`: the steps that are left of the file's; `before`: nodes of the same model as it was. */
  constructor(blocks: Blocks, decl: ModelDecl, file: string, budget: number, before?: readonly Node[]) {
    this.budget = budget;
    this.graph = new GraphBuilder(before);
    this.frame = { scope: new Scope(), file, known: blocks, line: decl.line, flow: undefined, entry: undefined, via: [], blocks: [decl], prefix: "", kind: decl.kind, top: true };
  }

  // World

  lookup(name: string): Value | undefined {
    if (name === "in") return this.frame.entry === undefined ? undefined : { kind: "flow", node: this.frame.entry };
    return this.frame.scope.get(name)?.value;
  }

  unknownName(name: string, span: Span, expected?: ParamType<unknown>): Value {
    const value = libraryValue(this, name, span);
    if (value !== undefined) return value;
    if (name === "in") this.error("no-flow", span, `nothing flows in here: ${this.noFlow}`);
    else {
      const words = wordsOf(expected);
      const called = wordCalled(name, words);
      const near = called !== undefined ? suggestion(called) : didYouMean(name, [...words, ...this.frame.scope.visible(), ...Object.keys(builtins)]);
      // The one that is meant is used.
      if (near.name) this.frame.scope.get(near.name);
      this.usage.missed.add(name);
      this.error("unknown-name", span, `nothing is called ${name} here${near.text || (words.length > 0 ? `; known here: ${words.join(", ")}` : this.whyUnknown ? `: ${this.whyUnknown}` : "")}`, near.name ? { span, text: near.name, title: `Change to ${near.name}` } : undefined);
    }
    return UNKNOWN;
  }

  flow(expr: Expr): Value {
    return applyFlow(this, expr);
  }

  layer(expr: CallExpr): Value {
    return unappliedCall(this, expr);
  }

  typeOf(node: number): TensorType | undefined {
    return this.graph.nodes[node]?.type;
  }

  channels(): Dim | undefined {
    return this.frame.flow === undefined ? undefined : this.typeOf(this.frame.flow)?.shape.at(-1);
  }

  error(code: string, span: Span, message: string, fix?: { span: Span; text: string; title: string }, cause?: Cause): void {
    this.report("error", code, span, message, { ...(fix && { fixes: [{ title: fix.title, edits: [{ site: this.site(fix.span), text: fix.text }] }] }), ...(cause && { cause }) });
  }

  // Findings

  site(span: Span): Site {
    return { file: this.frame.file, line: this.frame.line, span };
  }

  /** A block is read once for each use: a place is reported once. */
  report(severity: Severity, code: string, span: Span, message: string, more: Partial<Finding> = {}): void {
    if (this.muted) return;
    const site = this.site(span);
    const key = `${code}@${site.file}:${site.line.number}:${span.line}:${span.start}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    if (severity === "error" && this.reported.size > MOST_ERRORS && !this.stopped) {
      this.stopped = true;
      return this.report("error", "too-many-errors", span, `there are more than ${MOST_ERRORS} errors in ${this.frame.blocks[0]!.name.text}; what follows is not read`);
    }
    const use = this.frame.via[this.frame.via.length - 1];
    const first = this.frame.via[0];
    const block = this.frame.blocks[this.frame.blocks.length - 1];
    const related = [...(more.related ?? []), ...(use ? [{ site: use, message: `in this use of ${block?.name.text ?? "the block"}` }] : []), ...(use && first && first.file !== use.file ? [{ site: first, message: "by way of this use" }] : [])];
    this.findings.push({ code, severity, message, site, ...more, ...(related.length > 0 && { related }) });
  }

  // Statements

  body(body: Body): void {
    const { line } = this.frame;
    for (const placed of body.statements) {
      if (this.stopped) return;
      this.frame.line = placed.line ?? line;
      const { muted } = this;
      this.muted ||= placed.broken === true;
      this.broken ||= placed.broken === true;
      this.statement(placed.node, body);
      this.muted = muted;
    }
    this.frame.line = line;
  }

  /** A body in braces: names made in it end with it; what it leaves flowing goes on. */
  inner(body: Body, bind?: (scope: Scope) => void): number | undefined {
    const outer = this.frame;
    this.frame = { ...outer, scope: new Scope(outer.scope), entry: outer.flow, top: false };
    bind?.(this.frame.scope);
    this.body(body);
    const { flow, scope } = this.frame;
    this.usage.scopeEnds(scope);
    this.frame = outer;
    return flow;
  }

  get steps(): number {
    return this.taken + this.graph.nodes.length;
  }

  spend(entries: number): void {
    this.taken += Math.floor(entries / 100);
  }

  affords(more: number): boolean {
    return this.steps + more <= this.budget;
  }

  /** True while there is budget; reports once when it ends. */
  step(span: Span): boolean {
    if (this.stopped) return false;
    this.taken++;
    if (this.steps <= this.budget) return true;
    this.stopped = true;
    this.error("evaluation-budget", span, `this file's models take more than ${grouped(MOST_STEPS)} steps up to here, the most that are taken; make the repeats smaller`);
    return false;
  }

  statement(node: Statement, body: Body): void {
    if (!this.step(node.span)) return;
    switch (node.kind) {
      case "flow": {
        const value = this.flow(node.value);
        if (isTagged(value, "flow")) this.frame.flow = value.node;
        else if (isTagged(value, "unknown")) this.frame.flow = this.unknownFlow(node.span, node.value);
        else this.error("not-a-layer", node.span, "a statement is a layer or a chain of layers; this is a value that nothing uses");
        return;
      }
      case "let":
        this.bind(node.name.text, node.name.span, "let", this.flowOrValue(node.value));
        return;
      case "shared":
        this.shared.push({ expr: node.value, frame: { ...this.frame }, first: -1, count: 0, open: false });
        this.bind(node.name.text, node.name.span, "shared", { kind: "shared", name: node.name.text, instance: this.shared.length - 1 });
        return;
      case "input":
        return inputStatement(this, node, body);
      case "output":
        return outputStatement(this, node);
      case "repeat":
        return repeatStatement(this, node);
      case "for":
        return forStatement(this, node);
      case "if":
        return ifStatement(this, node);
      case "budget":
        this.budgets.push({ settings: node.settings, frame: { ...this.frame } });
        return;
      case "error":
        this.frame.flow = this.unknownFlow(node.span);
        this.broken = true;
        return;
    }
  }

  /** `let`'s right side: a layer's name there means its result, not the layer itself. */
  private flowOrValue(expr: Expr): Value {
    if (expr.kind === "group") return this.flowOrValue(expr.inner);
    if (expr.kind === "conditional") {
      const test = evaluate(expr.test, this);
      if (typeof test === "boolean") return this.flowOrValue(test ? expr.yes : expr.no);
    }
    if (expr.kind === "name" && !this.frame.scope.get(expr.name) && (layers.has(expr.name) || this.frame.known.has(expr.name))) return this.flow(expr);
    return evaluate(expr, this);
  }

  bind(name: string, span: Span, what: "let" | "as" | "shared" | "input" | "parameter" | "loop", value: Value): void {
    if (name === "") return;
    const earlier = this.frame.scope.own(name);
    if (earlier && earlier.what !== "symbol") {
      this.report("error", "duplicate-name", span, `${name} is already the name of something here`, { related: [{ site: earlier.site, message: `${name} is first given here` }] });
      return;
    }
    if (layers.has(name) || isKeyword(name)) {
      this.error("reserved-name", span, `${name} ${layers.has(name) ? "is a layer's name" : "has a meaning of its own"}; give this another one`);
      return;
    }
    this.frame.scope.set({ name, value, site: this.site(span), what, used: false });
  }

  /** A symbol that an input binds belongs to the whole model. */
  bindSymbol(name: string, span: Span): Value {
    const value = symbol(name);
    this.frame.scope.set({ name, value, site: this.site(span), what: "symbol", used: true });
    return value;
  }

  /** Stands for what could not be worked out; `expr`, where there is one, names it in totals. */
  unknownFlow(span: Span, expr?: Expr, from: readonly (number | undefined)[] = [this.frame.flow]): number {
    const written = expr?.kind === "call" ? expr.callee.text : expr?.kind === "name" ? expr.name : "";
    return this.graph.unknown(this.graph.fresh(this.frame.prefix, written || "unknown"), from.filter((id) => id !== undefined), this.site(span), this.frame.via);
  }
}
