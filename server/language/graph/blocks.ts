import { evaluateUnapplied } from "../program/evaluate.ts";
import type { BlockDef } from "../program/imports.ts";
import { Scope } from "../program/scope.ts";
import { didYouMean, listed } from "../suggest.ts";
import type { Arg, CallExpr, ModelDecl, Span } from "../syntax/tree.ts";
import { UNKNOWN, type Value } from "../values.ts";
import type { Expander } from "./expand.ts";
import { DEEPEST_USES } from "./bounds.ts";

/** Expands a block's body where it is used. */
export function applyBlock(x: Expander, { decl, file, blocks }: BlockDef, written: readonly Arg[], span: Span, call: CallExpr | undefined): Value {
  x.usedBlocks.add(decl);
  const { frame } = x;
  if (call && (call.branches.length > 0 || call.loop)) x.error("no-branches", call.callee.span, `${decl.name.text} is a block: it takes one result, not branches`);
  const at = frame.blocks.indexOf(decl);
  if (at >= 0) {
    const cycle = [...frame.blocks.slice(at), decl].map((b) => b.name.text).join(" → ");
    x.error("recursive-block", span, `a block cannot use itself: ${cycle}; use repeat for a fixed number of times`);
    return UNKNOWN;
  }
  if (frame.via.length >= DEEPEST_USES) {
    x.error("nesting-too-deep", span, `blocks use each other more than ${DEEPEST_USES} deep here, and are not read further`);
    return UNKNOWN;
  }
  if (frame.flow === undefined) {
    x.error("no-flow", span, `${decl.name.text} has nothing to work on: ${x.noFlow}`);
    return UNKNOWN;
  }
  const values = blockArguments(x, decl, written, span);
  const scope = new Scope();
  x.frame = {
    scope,
    file,
    known: blocks,
    line: decl.line,
    flow: frame.flow,
    entry: frame.flow,
    via: x.graph.use(frame.via, x.site(span)),
    blocks: [...frame.blocks, decl],
    prefix: `${x.graph.fresh(frame.prefix, decl.name.text)}/`,
    kind: "block",
    top: true,
  };
  bindParameters(x, decl, values);
  x.body(decl.body);
  x.usage.scopeEnds(scope);
  const result = x.frame.flow;
  x.frame = frame;
  return result === undefined ? UNKNOWN : { kind: "flow", node: result };
}

/** Written arguments by parameter, evaluated where the block is used. */
export function blockArguments(x: Expander, decl: ModelDecl, written: readonly Arg[], span: Span): Map<string, Value> {
  const values = new Map<string, Value>();
  const misspelled = new Set<string>();
  const names = decl.params.map((p) => p.name.text);
  let position = 0;
  for (const arg of written) {
    const name = arg.name ? arg.name.text : names[position++];
    const value = evaluateUnapplied(arg.value, x);
    if (name === undefined) x.error("too-many-arguments", arg.span, `${decl.name.text} takes at most ${names.length} argument${names.length === 1 ? "" : "s"}`);
    else if (!names.includes(name)) {
      const near = didYouMean(name, names);
      if (near.name) misspelled.add(near.name);
      x.error("unknown-argument", arg.name!.span, `${decl.name.text} has no parameter ${name}${near.text || (names.length > 0 ? `; it has ${listed(names)}` : "; it has none")}`, near.name ? { span: arg.name!.span, text: near.name, title: `Change to ${near.name}` } : undefined);
    } else if (values.has(name)) x.error("duplicate-argument", arg.span, `${name} is given twice`);
    else values.set(name, value);
  }
  const missing = decl.params.filter((p) => !p.default && p.name.text && !values.has(p.name.text) && !misspelled.has(p.name.text)).map((p) => p.name.text);
  if (missing.length > 0) x.error("missing-argument", span, `${decl.name.text} needs ${missing.length > 10 ? listed(missing) : missing.join(" and ")}`);
  return values;
}

/** In the block's or model's own frame: defaults may use the parameters before them. */
export function bindParameters(x: Expander, decl: ModelDecl, values: ReadonlyMap<string, Value>): void {
  for (const p of decl.params) {
    const value = values.get(p.name.text) ?? (p.default ? evaluateUnapplied(p.default, x) : UNKNOWN);
    x.bind(p.name.text, p.name.span, "parameter", value);
  }
}
