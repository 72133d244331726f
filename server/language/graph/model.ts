import type { Finding } from "../findings.ts";
import type { Arg, ModelDecl, Span } from "../syntax/tree.ts";
import type { Blocks } from "../program/imports.ts";
import { inputIn } from "../program/pasted.ts";
import type { Value } from "../values.ts";
import { work } from "../work.ts";
import { bindParameters, blockArguments } from "./blocks.ts";
import { checkBudget } from "./budget.ts";
import { reportLeftOut } from "./control.ts";
import { Expander } from "./expand.ts";
import type { Model } from "./graph.ts";
import { Kept } from "./kept.ts";
import { contradictions, inexactTotals } from "./limits.ts";
import { reachable, totalsOf } from "./totals.ts";

export interface Expanded {
  readonly model: Model;
  readonly findings: readonly Finding[];
  /** Steps that it took, of so many; stopped where they did not suffice. */
  readonly steps: number;
  readonly budget: number;
  readonly stopped: boolean;
  /** Blocks that were used, by these declarations: the result holds while they do. */
  readonly used: ReadonlySet<ModelDecl>;
}

/** Expands a model with these arguments (`train LeNet(classes = 3)`), or with its defaults; `before` is what it was. */
export function expandModel(decl: ModelDecl, file: string, blocks: Blocks, budget: number, args?: { readonly written: readonly Arg[]; readonly span: Span; readonly line: ModelDecl["line"] }, before?: Model): Expanded {
  const x = new Expander(blocks, decl, file, budget, before?.nodes);
  let values: ReadonlyMap<string, Value> = new Map();
  if (args) {
    x.frame.line = args.line;
    values = blockArguments(x, decl, args.written, args.span);
    x.frame.line = decl.line;
  }
  read(x, () => {
    bindParameters(x, decl, values);
    x.body(decl.body);
  });
  return finish(x, decl, budget, before);
}

/** A block that no model uses is still checked, over an unknown input. */
export function expandUnusedBlock(decl: ModelDecl, file: string, blocks: Blocks, budget: number, before?: Model): Expanded {
  const x = new Expander(blocks, decl, file, budget, before?.nodes);
  read(x, () => {
    bindParameters(x, decl, new Map());
    x.frame.flow = x.graph.input("in", undefined, x.site(decl.name.span));
    x.frame.entry = x.frame.flow;
    x.body(decl.body);
  });
  return finish(x, decl, budget, before);
}

/** Braces, brackets and uses of blocks are bounded each; where all of them together pass the stack, that is said. */
function read(x: Expander, body: () => void): void {
  const { frame } = x;
  try {
    body();
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
    const where = x.frame.blocks[x.frame.blocks.length - 1]!;
    x.stopped = true;
    x.error("nesting-too-deep", where.name.span, `${where.name.text} nests too deeply to be read; give parts of it names by let or block`);
    x.frame = frame;
  }
}

/** Keras' first layer says what flows in. */
function inputFix(x: Expander, { body: { statements } }: ModelDecl): Pick<Finding, "fixes"> {
  const [first] = statements;
  const input = first?.line?.text === undefined ? undefined : inputIn(first.line.text);
  if (!first?.line || !input) return {};
  const { line, node: { span } } = first;
  return { fixes: [{ title: `Begin with ${input}`, edits: [{ site: { ...x.site({ ...span, endLine: span.line, end: span.start }), line }, text: `${input}\n${" ".repeat(span.start)}` }] }] };
}

function finish(x: Expander, decl: ModelDecl, budget: number, before: Model | undefined): Expanded {
  work.models++;
  x.usage.scopeEnds(x.frame.scope);
  reportLeftOut(x);
  const { nodes } = x.graph;
  const outputs = x.outputs.length > 0 ? x.outputs : x.frame.flow === undefined ? [] : [x.frame.flow];
  if (decl.kind === "model" && !x.stopped) {
    if (x.inputs.length === 0 && !x.broken) x.report("error", "no-input", decl.name.span, `model ${decl.name.text} has no input; say what flows in: input image [28, 28, 1]`, inputFix(x, decl));
    else if (x.findings.length === 0 && !x.broken && outputs.length === 1 && x.inputs.includes(outputs[0]!) && nodes.length === x.inputs.length) x.report("warning", "empty-model", decl.name.span, `model ${decl.name.text} has no layers yet`);
  }
  const complete = !x.stopped && nodes.every((n) => n.type !== undefined && !n.guessed) && outputs.length > 0;
  const model: Model = { name: decl.name.text, nodes, inputs: x.inputs, outputs, outputNames: x.outputs.length > 0 ? x.outputNames : outputs.map((id) => nodes[id]!.name), totals: totalsOf(nodes), complete, cut: x.stopped || x.broken, kept: new Kept(before?.kept) };
  if (decl.kind === "model") for (const b of x.budgets) checkBudget(x, model, b.settings, b.frame);
  if (decl.kind === "model") x.findings.push(...contradictions(nodes), ...inexactTotals(nodes, model.totals, x.site(decl.name.span)));
  // That there is no input is why nothing flows.
  const findings = x.findings.some((f) => f.code === "no-input") ? x.findings.filter((f) => f.code !== "no-flow") : x.findings;
  // Of a block by itself the sizes are not known, nor which way its conditions go.
  const failed = decl.kind === "block" || findings.some((f) => f.severity === "error");
  // A statement that could not be read may use any name.
  const unused = x.stopped || x.broken ? [] : x.usage.findings(model, reachable(model), failed);
  return { model, findings: [...findings, ...unused], steps: x.steps, budget, stopped: x.stopped, used: x.usedBlocks };
}
