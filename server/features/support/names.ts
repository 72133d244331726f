import { lex } from "../../language/syntax/lines.ts";
import * as t from "../../language/syntax/tokens.ts";
import { layers } from "../../language/layers/index.ts";
import { type OptionDef, paramNamed, type Params, type ParamType } from "../../language/params.ts";
import { builtins } from "../../language/program/evaluate.ts";
import { dataSettings } from "../../language/settings/data.ts";
import { trainSettings } from "../../language/settings/train.ts";
import type { Arg, Body, CallExpr, Declaration, Expr, LineRef, ModelDecl, Name, Placed, Settings, Statement } from "../../language/syntax/tree.ts";
import { own } from "../../language/values.ts";
import { type Local, Names, type Meaning, type Role, type Use } from "./uses.ts";

/**
 * What every name of a declaration means, read from its tree: a scope is walked as evaluation walks it
 * (language/graph/expand.ts), but each body once and both sides of every condition. What other declarations give is
 * looked up by name later (symbols.ts), so that a declaration that stays the same keeps what is known of it.
 */
export function namesOf(declaration: Declaration, lineText: (line: number) => string): readonly Use[] {
  let uses = known.get(declaration);
  if (!uses) known.set(declaration, (uses = new Walk(declaration, lineText).uses));
  return uses;
}

const known = new WeakMap<Declaration, readonly Use[]>();

/** What a callee takes. */
type Takes = Pick<OptionDef, "params" | "rest">;

class Walk {
  readonly uses: Use[] = [];
  private readonly lineText: (line: number) => string;
  private line: LineRef;
  private scope = new Names();
  /** Settings are plain values: nothing has a name there. */
  private plain = false;
  /** The data block. */
  /** What names in `inputs(…)` and `outputs(…)` are of. */
  private around: { readonly data?: string; readonly model?: string } = {};

  constructor(d: Declaration, lineText: (line: number) => string) {
    this.lineText = lineText;
    this.line = d.line;
    this.declaration(d);
  }

  private declaration(d: Declaration): void {
    switch (d.kind) {
      case "import":
        for (const name of d.names) this.use(name, "read", { kind: "declared", what: "block", imported: true });
        return;
      case "model":
      case "block":
        return this.model(d);
      case "data":
        this.use(d.name, "declaration", { kind: "declared", what: "data" });
        this.plain = true;
        this.around = { data: d.name.text };
        return this.settings(d.settings, dataSettings);
      case "train":
        this.use(d.model, "read", { kind: "declared", what: "model" });
        this.args(d.args, (name) => ({ kind: "argument", of: "model", callee: d.model.text, name }));
        if (d.data) this.use(d.data, "read", { kind: "declared", what: "data" });
        if (d.as) this.use(d.as, "declaration", { kind: "local", local: { name: d.as.text, what: "as", line: d.line, span: d.as.span } });
        this.plain = true;
        this.around = { model: d.model.text };
        return this.settings(d.settings, trainSettings);
    }
  }

  private model(d: ModelDecl): void {
    this.use(d.name, "declaration", { kind: "declared", what: d.kind });
    for (const p of d.params) {
      if (p.default) this.expr(p.default);
      this.bind(p.name, "parameter");
    }
    this.body(d.body);
  }

  private use({ text, span }: Name, role: Role, means: Meaning): void {
    if (text !== "" && span.end > span.start) this.uses.push({ name: text, line: this.line, span, role, means });
  }

  private bind(name: Name, what: Local["what"]): void {
    if (name.text === "") return;
    const earlier = this.scope.own(name.text);
    // A second one of the name is an error; it is taken to mean the first.
    if (earlier && earlier.what !== "symbol") return this.use(name, "write", { kind: "local", local: earlier });
    const local: Local = { name: name.text, what, line: this.line, span: name.span };
    this.scope.add(local);
    this.use(name, "declaration", { kind: "local", local });
  }

  // Statements

  private body(body: Body): void {
    const { line } = this;
    const broken: LineRef[] = [];
    for (const placed of body.statements) {
      this.line = placed.line ?? line;
      this.statement(placed.node);
      if (placed.broken || placed.node.kind === "error") broken.push(this.line);
    }
    for (const at of broken) this.remains(at, body.statements);
    this.line = line;
  }

  private inner(body: Body, bind?: () => void): void {
    const outer = this.scope;
    this.scope = new Names(outer);
    bind?.();
    this.body(body);
    this.scope = outer;
  }

  private statement(node: Statement): void {
    switch (node.kind) {
      case "flow":
        return this.expr(node.value);
      case "let":
      case "shared":
        this.expr(node.value);
        return this.bind(node.name, node.kind);
      case "input":
        if (node.dtype) this.use(node.dtype, "read", { kind: "library", what: "type" });
        this.shape(node.shape);
        return this.bind(node.name, "input");
      case "output":
        for (const name of node.names) this.name(name, undefined);
        return;
      case "repeat":
        this.expr(node.count);
        return this.inner(node.body);
      case "for":
        this.expr(node.over);
        return this.inner(node.body, () => node.variables.forEach((v) => this.bind(v, "loop")));
      case "if":
        this.expr(node.test);
        this.inner(node.body);
        if (node.otherwise) this.inner(node.otherwise);
        return;
      case "budget":
        return this.settings(node.settings, undefined);
      case "error":
    }
  }

  private settings({ entries }: Settings, params: Params | undefined): void {
    const { line } = this;
    for (const entry of entries) {
      this.line = entry.line ?? line;
      this.use(entry.key, "read", { kind: "library", what: "setting" });
      this.expr(entry.value, own(params, entry.key.text)?.type);
    }
    this.line = line;
  }

  /** Of a statement with an error recovery may have lost a part: names in it still mean what is given around it. */
  private remains(at: LineRef, statements: readonly Placed[]): void {
    const next = statements.map((s) => s.line?.number ?? -1).filter((n) => n > at.number);
    const end = Math.min(next.length > 0 ? Math.min(...next) : at.number + 1, at.number + 20);
    const read = new Set(this.uses.filter((u) => u.line === at).map((u) => `${u.span.line}:${u.span.start}`));
    for (let row = at.number; row < end; row++) {
      const { tokens } = lex(this.lineText(row));
      for (const [i, token] of tokens.entries()) {
        const place = { line: row - at.number, start: token.startOffset };
        const local = token.tokenType === t.Name ? this.scope.get(token.image) : undefined;
        if (!local || tokens[i + 1]?.tokenType === t.Equals || read.has(`${place.line}:${place.start}`)) continue;
        this.line = at;
        this.use({ text: token.image, span: { ...place, endLine: place.line, end: place.start + token.image.length } }, "read", { kind: "local", local });
      }
    }
  }

  // Expressions

  /** Sizes: a name that nothing has becomes a symbol, by itself or in `4 * H`. */
  private shape(expr: Expr): void {
    if (expr.kind !== "list") return this.expr(expr);
    for (const item of expr.items) this.size(item);
  }

  private size(expr: Expr): void {
    if (expr.kind === "name" && expr.name !== "in" && !this.scope.get(expr.name)) this.bind({ text: expr.name, span: expr.span }, "symbol");
    else if (expr.kind === "binary") [expr.left, expr.right].forEach((e) => this.size(e));
    else if (expr.kind === "unary") this.size(expr.operand);
    else if (expr.kind === "group") this.size(expr.inner);
    else this.expr(expr);
  }

  private expr(expr: Expr, expected?: ParamType<unknown>): void {
    switch (expr.kind) {
      case "number":
      case "bool":
      case "missing":
        return;
      case "text":
        if (expected?.words === "any") this.use({ text: expr.value, span: expr.span }, "read", { kind: "column" });
        return;
      case "name":
        return this.name({ text: expr.name, span: expr.span }, expected);
      case "list":
        for (const item of expr.items) this.expr(item, expected);
        return;
      case "group":
        return this.expr(expr.inner, expected);
      case "unary":
        return this.expr(expr.operand);
      case "binary":
        this.expr(expr.left);
        return this.expr(expr.right);
      case "conditional":
        this.expr(expr.test);
        this.expr(expr.yes, expected);
        return this.expr(expr.no, expected);
      case "chain":
        for (const link of expr.links) this.expr(link);
        return;
      case "control":
        return this.statement(expr.node);
      case "as":
        this.expr(expr.operand);
        return this.bind(expr.name, "as");
      case "ascribe":
        this.expr(expr.operand);
        return this.shape(expr.shape);
      case "call":
        return this.call(expr, expected);
    }
  }

  private name(name: Name, expected: ParamType<unknown> | undefined): void {
    const { text } = name;
    if (text === "in") return;
    if (expected?.words === "any") return this.use(name, "read", { kind: "column" });
    if (expected?.words?.includes(text)) return this.use(name, "read", { kind: "library", what: "word" });
    if (own(expected?.options, text)) return this.use(name, "read", { kind: "library", what: "option" });
    this.use(name, "read", this.meaning(text));
  }

  private meaning(text: string): Meaning {
    const local = this.scope.get(text);
    if (local) return { kind: "local", local };
    if (layers.has(text)) return { kind: "library", what: "layer" };
    return this.plain ? { kind: "unknown" } : { kind: "declared", what: "block" };
  }

  private call(call: CallExpr, expected: ParamType<unknown> | undefined): void {
    const { callee, args, branches, loop } = call;
    const option = own(expected?.options, callee.text);
    if (option) this.library(callee, "option", args, option);
    else if (own(builtins, callee.text)) this.library(callee, "builtin", args, { params: {} });
    else {
      const means = this.meaning(callee.text);
      const layer = means.kind === "library" ? layers.get(callee.text) : undefined;
      if (layer) this.library(callee, "layer", args, { params: layer.params as Params }, layer.inputs === "many");
      else {
        this.use(callee, "read", means);
        this.args(args, (name) => (means.kind === "declared" ? { kind: "argument", of: "block", callee: callee.text, name } : { kind: "unknown" }));
      }
    }
    for (const branch of branches) this.inner(branch);
    if (!loop) return;
    this.expr(loop.over);
    this.inner(loop.body, () => loop.variables.forEach((v) => this.bind(v, "loop")));
  }

  private library(callee: Name, what: "layer" | "option" | "builtin", args: readonly Arg[], takes: Takes, merges = false): void {
    this.use(callee, "read", { kind: "library", what });
    this.args(args, () => (takes.rest ? { kind: "feed", of: takes.rest.of, ...this.around } : { kind: "library", what: "argument" }), takes, merges);
  }

  /** `merges`: what is not named is an operand. */
  private args(args: readonly Arg[], means: (name: string) => Meaning, takes: Takes = { params: {} }, merges = false): void {
    const names = Object.keys(takes.params);
    let position = 0;
    for (const arg of args) {
      if (arg.name) this.use(arg.name, "read", means(arg.name.text));
      const name = arg.name?.text ?? (merges ? undefined : names[position++]);
      this.expr(arg.value, name === undefined ? undefined : paramNamed(takes, name)?.type);
    }
  }
}
