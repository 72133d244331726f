import type { Fix } from "../findings.ts";
import { CHANNELS_LAST, channelsLast } from "../layers/convolution.ts";
import type { LayerDef, Problem } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import { formatShape } from "../ops/dim.ts";
import { counterexample } from "../ops/sizes.ts";
import type { Arg, CallExpr, Expr, Span } from "../syntax/tree.ts";
import type { Expander } from "./expand.ts";
import type { Node } from "./graph.ts";

/** A layer that cannot be applied: its message at the argument that it is about, where its input comes from, and what would fit. */
export function reportProblem(x: Expander, problem: Problem, layer: LayerDef, inputs: readonly number[], written: readonly Arg[], span: Span, call: CallExpr | undefined): void {
  const names = Object.keys(layer.params as object);
  const find = (name: string) => written.find((a) => a.name?.text === name) ?? written.find((a, i) => !a.name && names[i] === name);
  const at = problem.arg ? find(problem.arg)?.value.span : undefined;
  const input = x.graph.nodes[inputs[0]!]!;
  const origin = input.type && { site: input.site, text: `${formatShape(input.type.shape)} comes from ${input.layer ? input.layer.name : `input ${input.name}`}` };
  // Other frameworks write the batch too.
  const batch = problem.code === "wrong-rank" && !input.layer && input.type?.shape.length === 4 && layer.name.endsWith("2d") ? "an input's shape is that of one row: leave the batch out" : undefined;
  const sequence = problem.code === "wrong-rank" && input.layer?.family === "sequence" && input.args["sequences"] === false ? `sequences = true there gives a result for each position` : undefined;
  const image = problem.code === "kernel-too-large" ? turnedImage(x, input) : undefined;
  const turned = image && !problem.message.includes(CHANNELS_LAST) ? `; ${CHANNELS_LAST}, and ${formatShape(image.shape)} would be the image` : "";
  const related = inputs.flatMap((id) => {
    const node = x.graph.nodes[id]!;
    return node.type ? [{ site: node.site, message: `${node.layer ? node.layer.name : `input ${node.name}`} gives ${formatShape(node.type.shape)}` }] : [];
  });
  const { fit } = problem;
  const target = fit && find(fit.arg);
  const insertion = call?.argsSpan && { ...call.argsSpan, line: call.argsSpan.endLine, start: call.argsSpan.end - 1, end: call.argsSpan.end - 1 };
  // A layer that is written without parentheses gets them.
  const added = fit && (insertion ? { site: x.site(insertion), text: `${written.length > 0 ? ", " : ""}${fit.arg} = ${fit.value}` } : { site: x.site({ ...span, line: span.endLine, start: span.end }), text: `(${fit.arg} = ${fit.value})` });
  const edit = fit && (target ? { site: x.site(target.value.span), text: fit.value } : added);
  const fixes = [
    ...(image?.input.shaped ? [{ title: `Write ${formatShape(image.shape)}`, edits: [{ site: image.input.shaped, text: formatShape(image.shape) }] }] : []),
    ...(sequence ? sequencesFix(input) : []),
    ...reorderedFix(x, problem.reordered, written, names),
    ...(fit && edit ? [{ title: fitTitle(fit, target?.value), edits: [edit] }] : []),
    // Of three, another one may not fit either.
    ...(inputs.length === 2 ? operandFix(x, problem.behind, written, span, call) : []),
    ...(problem.before === undefined || sequence ? [] : [{ title: `Put ${problem.before} before it`, edits: [{ site: x.site({ ...span, endLine: span.line, end: span.start }), text: `${problem.before} -> ` }] }]),
    ...(!layers.has(problem.instead ?? "") || batch ? [] : [{ title: `Change to ${problem.instead}`, edits: [{ site: x.site({ ...span, endLine: span.line, end: span.start + layer.name.length }), text: problem.instead! }] }]),
  ];
  // The layer's own name, unless the message says it.
  const whole = problem.message.startsWith(layer.name) ? problem.message : `${layer.name}: ${problem.message}`;
  const said = batch || sequence ? `${whole.slice(0, whole.indexOf(";"))}; ${batch ?? sequence}` : whole;
  const sizes = problem.misfit && counterexample(problem.misfit, x.graph.constraints());
  const message = `${said}${turned}${sizes ? `; ${sizes}` : ""}`;
  x.report("error", problem.code, at ?? span, message, {
    ...(origin && { origin }),
    related,
    ...(fixes.length > 0 && { fixes }),
  });
}

/** Of a recurrent layer that stands in the model itself. */
function sequencesFix({ call, site, layer, via }: Node): Fix[] {
  if (!call?.argsSpan || via.length > 0 || !Object.hasOwn(layer!.params as object, "sequences")) return [];
  const written = call.args.find((a) => a.name?.text === "sequences")?.value.span;
  const { endLine, end } = call.argsSpan;
  const span = written ?? { line: endLine, start: end - 1, endLine, end: end - 1 };
  return [{ title: `sequences = true in the ${layer!.name} before`, edits: [{ site: { ...site, span }, text: written ? "true" : ", sequences = true" }] }];
}

/** The image with its channels first that all of this comes from, layer by layer. */
function turnedImage(x: Expander, from: Node): { readonly input: Node; readonly shape: readonly number[] } | undefined {
  let node = from;
  while (node.layer && node.inputs.length === 1) node = x.graph.nodes[node.inputs[0]!]!;
  const shape = node.layer || !node.type ? undefined : channelsLast(node.type.shape);
  return shape && { input: node, shape };
}

/** Arguments by place, without a name among them. */
function reorderedFix(x: Expander, reordered: Problem["reordered"], written: readonly Arg[], names: readonly string[]): Fix[] {
  if (!reordered) return [];
  const [from, to] = [names.indexOf(reordered.from), names.indexOf(reordered.to)];
  const [first, last] = [written[from], written[to]];
  if (!first || !last || written.slice(from, to + 1).some((a) => a.name)) return [];
  return [{ title: `Write ${reordered.text}`, edits: [{ site: x.site({ ...first.span, endLine: last.span.endLine, end: last.span.end }), text: reordered.text }] }];
}

/** A layer behind a named operand, or before the merge where the flow is the operand. */
function operandFix(x: Expander, behind: Problem["behind"], written: readonly Arg[], span: Span, call: CallExpr | undefined): Fix[] {
  if (!behind || (call && (call.branches.length > 0 || call.loop))) return [];
  const operand = written.filter((a) => !a.name && a.value.kind !== "number" && a.value.kind !== "unary")[behind.operand - 1];
  if (behind.operand === 0) return [{ title: `Put ${behind.layer} before it`, edits: [{ site: x.site({ ...span, endLine: span.line, end: span.start }), text: `${behind.layer} -> ` }] }];
  return operand ? [{ title: `Put ${behind.layer} behind the other one`, edits: [{ site: x.site({ ...operand.span, line: operand.span.endLine, start: operand.span.end }), text: ` -> ${behind.layer}` }] }] : [];
}

/** `kernel 31 → 28, the largest that fits`: what is written, and what would be. */
function fitTitle({ arg, value, title }: NonNullable<Problem["fit"]>, written: Expr | undefined): string {
  const said = [`${arg} ${value}`, `${arg} = ${value}`].find((s) => title.startsWith(s));
  return said && written?.kind === "number" ? `${arg} ${written.text} → ${value}${title.slice(said.length)}` : title;
}
