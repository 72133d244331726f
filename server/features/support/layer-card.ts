import { formatShape, type Model, type Node } from "../../language/index.ts";
import { nodeParams, weightSize } from "../../language/graph/totals.ts";
import type { LayerDef } from "../../language/layers/define.ts";
import { constraintTexts } from "../../language/ops/sizes.ts";
import type { Params } from "../../language/params.ts";
import type { ProbeRows } from "../../language/signal/index.ts";
import { comparison } from "./comparison.ts";
import { factsOf } from "./facts.ts";
import type { Run } from "./model-lines.ts";
import { code, count, counted, shortSignature } from "./text.ts";

/** All that is known of a layer where it stands: shapes, parameters, cost, and what it is. */
export function layerCard(layer: LayerDef, runs: readonly Run[], rowsFor?: (model: Model) => ProbeRows | undefined): string {
  const run = runs.find((r) => r.last.type) ?? runs[0];
  const several = usage(runs);
  const signature = code(shortSignature(layer.name, layer.params as Params, layer.inputs === "many" ? "result, …" : undefined));
  // A hover shows some twelve lines: what is true of this very layer stands before what is true of all of its kind.
  if (!run) return [signature, layer.doc].join("\n\n");
  return [...instance(run, rowsFor?.(run.model)), ...(several ? [several] : []), layer.doc, ...weightTable(run.last), signature].join("\n\n");
}

/** `[8, 8, 1]` → `[8, 8, 16]`, of every input. */
export function flowText(run: Run): string {
  const shapes = run.last.inputs.map((id) => shapeText(run.model.nodes[id]));
  return `${shapes.length > 0 ? `${shapes.join(" and ")} → ` : ""}**${shapeText(run.last)}**`;
}

export function shapeText(node: Node | undefined): string {
  return node?.type ? `\`${formatShape(node.type.shape)}\`` : "`[?]`";
}

/** Shapes, parameters and cost in one line. */
export function runText(run: Run): string {
  const { last: node, params } = run;
  const facts = [flowText(run)];
  if (node.type) facts.push(params > 0 ? counted(params, "parameter") : "no parameters");
  if (node.cost.macs !== 0 && !run.inBlock) facts.push(`${count(node.cost.macs)} MACs`);
  return facts.join(" · ");
}

function instance(run: Run, rows: ProbeRows | undefined): string[] {
  const { last: node, model } = run;
  const input = model.nodes[node.inputs[0] ?? -1]?.type?.shape;
  const parts = [runText(node.sharesWith === undefined ? run : { ...run, params: nodeParams(node) })];
  if (node.sharesWith !== undefined) parts.push(`Its weights are those of ${model.nodes[node.sharesWith]!.name}, and count there.`);
  const needs = constraintTexts(node.constraints);
  if (needs.length > 0) parts.push(`Needs ${needs.map((c) => `\`${c}\``).join(", ")}.`);
  const saved = comparison(node, input);
  if (saved) parts.push(saved);
  const known = factsOf(node, model, rows);
  if (known.length > 0) parts.push(known.join("  \n"));
  return parts;
}

function weightTable({ weights }: Node): string[] {
  if (weights.length === 0) return [];
  const rows = weights.map(({ key, spec }) => `| ${key} | ${formatShape(spec.shape)} | ${count(weightSize(spec.shape))} | ${spec.init.name} |${spec.trainable ? "" : " not trained"} |`);
  return [["| weight | shape | size | starts as | |", "|:--|:--|--:|:--|:--|", ...rows].join("\n")];
}

/** A loop, or a block that is used several times, reads one line for many layers. */
export function usage(runs: readonly Run[]): string | undefined {
  if (runs.length < 2) return undefined;
  const times = new Map<string, number>();
  for (const run of runs) {
    const text = `${flowText(run)}${run.params > 0 ? `, ${counted(run.params, "parameter")}` : ""}`;
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  const total = runs.reduce((sum, r) => sum + r.params, 0);
  const shown = [...times].slice(0, 8).map(([text, n]) => `- ${n > 1 ? `${n} × ` : ""}${text}`);
  const rest = times.size > 8 ? [`- and ${times.size - 8} more`] : [];
  return [`This line makes ${runs.length} layers${total > 0 ? ` with ${counted(total, "parameter")} in all` : ""}${times.size > 1 ? ":" : ", all alike."}`, ...(times.size > 1 ? [...shown, ...rest] : [])].join("\n");
}
