import { formatShape, type Node } from "../../language/index.ts";
import { weightSize } from "../../language/graph/totals.ts";
import type { LayerDef, Shape } from "../../language/layers/define.ts";
import { product } from "../../language/ops/dim.ts";
import type { Params } from "../../language/params.ts";
import { comparison } from "./comparison.ts";
import type { Run } from "./model-lines.ts";
import { code, count, counted, shortSignature } from "./text.ts";

/** All that is known of a layer where it stands: shapes, parameters, cost, and what it is. */
export function layerCard(layer: LayerDef, runs: readonly Run[]): string {
  const parts = [code(shortSignature(layer.name, layer.params as Params, layer.inputs === "many" ? "result, …" : undefined))];
  const run = runs.find((r) => r.last.type) ?? runs[0];
  if (run) parts.push(...instance(run));
  const several = usage(runs);
  if (several) parts.push(several);
  parts.push(layer.doc);
  return parts.join("\n\n");
}

/** `[8, 8, 1]` → `[8, 8, 16]`, of every input. */
export function flowText(run: Run): string {
  const shapes = run.last.inputs.map((id) => shapeText(run.model.nodes[id]));
  return `${shapes.length > 0 ? `${shapes.join(" and ")} → ` : ""}**${shapeText(run.last)}**`;
}

export function shapeText(node: Node | undefined): string {
  return node?.type ? `\`${formatShape(node.type.shape)}\`` : "`[?]`";
}

function instance(run: Run): string[] {
  const { last: node, model } = run;
  const input = model.nodes[node.inputs[0] ?? -1]?.type?.shape;
  const size = node.weights.reduce((sum, w) => sum + weightSize(w.spec.shape), 0);
  const facts = [flowText(run)];
  if (node.type) facts.push(size > 0 ? counted(size, "parameter") : "no parameters");
  if (node.cost.macs !== 0) facts.push(`${count(node.cost.macs)} MACs`);
  const parts = [facts.join(" · ")];
  if (node.sharesWith !== undefined) parts.push(`Its weights are those of ${model.nodes[node.sharesWith]!.name}, and count there.`);
  if (node.weights.length > 0) parts.push(weightTable(node));
  if (node.constraints.length > 0) parts.push(`Needs ${node.constraints.map((c) => `\`${c.dim} ≥ ${c.atLeast}\``).join(", ")}.`);
  const more = comparison(node, input) ?? note(node, input);
  if (more) parts.push(more);
  return parts;
}

function weightTable({ weights }: Node): string {
  const rows = weights.map(({ key, spec }) => `| ${key} | ${formatShape(spec.shape)} | ${count(weightSize(spec.shape))} | ${spec.init.name} |${spec.trainable ? "" : " not trained"} |`);
  return ["| weight | shape | size | starts as | |", "|---|---|--:|---|---|", ...rows].join("\n");
}

/** A loop, or a block that is used several times, reads one line for many layers. */
function usage(runs: readonly Run[]): string | undefined {
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

/** What the layer does to this very input. */
function note({ layer, args, type }: Node, input: Shape | undefined): string | undefined {
  if (!layer || !type || !input) return undefined;
  const units = product(type.shape);
  if (layer.name === "dropout" && typeof args.rate === "number") {
    const n = count(units);
    const stay = typeof units === "number" ? count(Math.round(units * (1 - args.rate))) : `${1 - args.rate}·(${n})`;
    return `${n} units: 2^${n} sub-networks that share their weights. In training each step drops a unit with probability ${args.rate} and about ${stay} stay; in prediction all ${n} work.`;
  }
  if (layer.name === "batch_norm") {
    const channels = count(input[input.length - 1] ?? 1);
    return input.length > 1
      ? `Each of the ${channels} channels is normalized over the batch and ${input.slice(0, -1).map(String).join("×")} positions.`
      : `Each of the ${channels} units is normalized over the batch.`;
  }
  const before = product(input);
  if (layer.family === "pooling" && typeof before === "number" && typeof units === "number" && units < before) {
    return `${count(before)} values become ${count(units)}: ${Number((before / units).toPrecision(3))} times fewer for the layers after it.`;
  }
  return undefined;
}
