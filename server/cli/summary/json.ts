import { amountsOf } from "../../language/graph/amounts.ts";
import { receptiveFieldOf } from "../../language/graph/receptive.ts";
import { largestNumber } from "../../language/ops/dim.ts";
import { constraintTexts } from "../../language/ops/sizes.ts";
import { type Dim, type Model, type Node, rangeOf } from "../../language/index.ts";
import { type Named, shown } from "../files.ts";

/** A size: a number, or an expression over the model's symbols ("N-2"). */
export type Size = number | string;
export type JsonShape = readonly Size[];

/** As `summary --json` prints a model. What is not known, after an error, is null. */
export interface Summary {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** The input's; with several inputs a list of shapes, in the order of `inputs`. The same for the output. */
  readonly inputShape: JsonShape | readonly (JsonShape | null)[] | null;
  readonly outputShape: JsonShape | readonly (JsonShape | null)[] | null;
  readonly inputs: readonly { readonly name: string; readonly shape: JsonShape | null; readonly dtype: "float" | "int" | null; readonly line: number }[];
  readonly params: { readonly total: number; readonly trainable: number; readonly nonTrainable: number };
  readonly macs: Size;
  /** 2 for each MAC, 1 for an entry of any other operation. */
  readonly flops: Size;
  /** Bytes, 4 an entry; of the activations of a batch. */
  readonly memory: { readonly weights: Size; readonly activations: Size; readonly batch: number };
  /** Input entries along its shorter axis that one entry of the layer with the widest view sees; null where there are no positions. */
  readonly receptiveField: number | null;
  /** What the symbols must meet: "N ≥ 5". */
  readonly needs: readonly string[];
  /** Some count is past 2^53, and rounded. */
  readonly rounded?: true;
  readonly layers: readonly LayerSummary[];
  /** Layers whose own count is not known: the totals are without them. */
  readonly unknown: readonly string[];
}

export interface LayerSummary {
  /** In the model's file, from 1: where the block is used, for a layer of an imported block. */
  readonly line: number;
  readonly name: string;
  readonly kind: string;
  readonly outputShape: JsonShape | null;
  /** 0 for a layer that shares another one's weights. */
  readonly params: number | null;
  readonly macs: Size | null;
  readonly sharesWith?: string;
  /** Where it is written, if that is another file. */
  readonly source?: { readonly file: string; readonly line: number };
}

export function summaryOf(file: Named, declarationLine: number, model: Model, batch?: number): Summary {
  const { nodes, totals } = model;
  const inputs = model.inputs.map((id) => nodes[id]!);
  const outputs = model.outputs.map((id) => nodes[id]!);
  const unknown = new Set(totals.unknown);
  const memory = amountsOf(model, batch);
  return {
    file: file.shown,
    name: model.name,
    line: declarationLine,
    inputShape: oneOrAll(inputs),
    outputShape: oneOrAll(outputs),
    inputs: inputs.map((n) => ({ name: n.name, shape: shapeOf(n), dtype: n.type?.dtype ?? null, line: rangeOf(n.site).start.line + 1 })),
    params: { total: totals.params, trainable: totals.trainable, nonTrainable: totals.nonTrainable },
    macs: size(totals.macs),
    flops: size(totals.flops),
    memory: { weights: size(memory.weights), activations: size(memory.activations), batch: memory.batch },
    receptiveField: receptiveFieldOf(model) ?? null,
    needs: constraintTexts(nodes.flatMap((n) => n.constraints)),
    ...([totals.params, totals.macs, totals.flops, memory.weights, memory.activations].some((d) => largestNumber(d) > Number.MAX_SAFE_INTEGER) && { rounded: true as const }),
    layers: nodes.filter((n) => n.layer).map((n) => layerOf(file, model, n, unknown.has(n.id))),
    unknown: totals.unknown.map((id) => nodes[id]!.name),
  };
}

function layerOf(file: Named, model: Model, node: Node, unknown: boolean): LayerSummary {
  const own = rangeOf(node.site).start.line + 1;
  const here = [node.site, ...node.via.toReversed()].find((s) => s.file === file.path);
  return {
    line: here ? rangeOf(here).start.line + 1 : own,
    name: node.name,
    kind: node.layer!.name,
    outputShape: shapeOf(node),
    params: unknown ? null : node.sharesWith === undefined ? paramsOf(node) : 0,
    macs: node.type && !node.guessed ? size(node.cost.macs) : null,
    ...(node.sharesWith !== undefined && { sharesWith: model.nodes[node.sharesWith]!.name }),
    ...(node.site.file !== file.path && { source: { file: shown(node.site.file), line: own } }),
  };
}

function paramsOf(node: Node): number {
  let total = 0;
  for (const w of node.weights) total += w.spec.shape.reduce<number>((n, d) => n * Number(d), 1);
  return total;
}

function oneOrAll(nodes: readonly Node[]): Summary["inputShape"] {
  if (nodes.length > 1) return nodes.map(shapeOf);
  return nodes[0] ? shapeOf(nodes[0]) : null;
}

function shapeOf(node: Node): JsonShape | null {
  return node.type ? node.type.shape.map(size) : null;
}

function size(d: Dim): Size {
  return typeof d === "number" ? d : String(d);
}
