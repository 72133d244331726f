import { labelledRows } from "../data-labels.ts";
import type { Fix } from "../findings.ts";
import { ALL, neededOf, type Span } from "../graph/needed.ts";
import type { Node } from "../graph/graph.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { layersOf, readersOf } from "./graph.ts";
import { nearestShare } from "./neighbours.ts";
import { at, percent, short } from "./places.ts";

/** Of what whole rows tell, the share that is left; as for sentences that are cut. */
const LEFT = 0.95;
/** The same by the nearest other row, which misses by chance; and without a label, of the positions. */
const LEFT_NEAR = 0.85;
const FEW = 0.5;
/** Fewer say little. */
const FEWEST_ROWS = 32;

/**
 * A slice or crop that drops positions before anything mixed them into others: what stands there changes no output, whatever
 * the weights (graph/needed.ts). Of sentences the rows that read the same in what is left get one answer, so no more are
 * right than have its most frequent label: counted, as by sentences-cut (Duda and Hart 1973). Of images and series: how many
 * rows have the label of their nearest other row, by all positions and by those that are left.
 * Guards: positions that were mixed before (the class token behind attention, the last state of a recurrent layer, the last
 * step of causal convolutions); borders, and whatever else the rows do not need to be told apart.
 */
export const positionsUnread = defineCheck({
  code: "positions-unread",
  needsData: true,
  *train(train) {
    const { model } = train;
    const cuts = layersOf(model, "slice", "crop");
    const [input] = model.inputs.map((id) => model.nodes[id]!);
    if (cuts.length === 0 || !input?.type || model.inputs.length !== 1 || !model.complete) return;
    const spans = neededOf(model)[input.id];
    const shape = input.type.shape.slice(0, input.type.dtype === "int" ? undefined : -1);
    if (!spans || spans.length === 0 || spans.every((s, i) => isAll(s, shape[i]))) return;
    const cut = cuts.find((n) => neededOf(model)[n.id]?.every((s) => s.from === 0 && s.to === Infinity)) ?? cuts[0]!;
    const finding = input.type.dtype === "int" ? ofWords(train, cut, spans) : ofPlaces(train, cut, spans, shape);
    if (finding) yield finding;
  },
});

const isAll = ({ from, to }: Span, n: unknown): boolean => from === 0 && to >= (typeof n === "number" ? n : ALL.to);

/** "only positions 1 to 4" */
const text = (span: Span): string => (span.to <= span.from ? "nothing" : `only ${placesText(span)}`);
const placesText = ({ from, to }: Span): string => (to === Infinity ? `what stands from position ${from + 1} on` : to === from + 1 ? `position ${to}` : `positions ${from + 1} to ${to}`);

function ofWords(train: Trained, cut: Node, spans: readonly Span[]): CheckFinding | undefined {
  const known = spans.length === 1 ? classesOf(train) : undefined;
  if (!known) return undefined;
  const [{ from, to }] = spans as [Span];
  const { rows, labels, of } = known;
  const told = (part: (row: ArrayLike<number>) => readonly number[]): number => {
    const alike = new Map<string, Map<number, number>>();
    for (const [r, row] of rows.entries()) {
      const key = part(row).join();
      const counts = alike.get(key) ?? new Map<number, number>();
      alike.set(key, counts.set(labels[r]!, (counts.get(labels[r]!) ?? 0) + 1));
    }
    return [...alike.values()].reduce((s, counts) => s + Math.max(...counts.values()), 0) / rows.length;
  };
  const [whole, left] = [told((row) => Array.from(row)), told((row) => Array.from(row).slice(from, Math.max(to, from)))];
  if (left >= LEFT * whole) return undefined;
  return at(cut, {
    code: "positions-unread", severity: "warning",
    message: `of each sentence ${text(spans[0]!)} can change the output, since nothing mixes words before ${cut.layer!.name} takes them (derived): by these no model is right for more than ${percent(left)} of rows, against ${percent(whole)} by whole sentences (counted, n = ${rows.length} rows of ${of}); put a pooling, a recurrent layer or attention in its place or before it`,
    fixes: pooled(train, cut),
  });
}

/** One position that is flattened next: all of them together in its place. */
function pooled({ model }: Trained, cut: Node): Fix[] {
  const next = readersOf(model).only(cut.id);
  const one = cut.layer!.name === "slice" && cut.args["size"] === 1 && cut.type?.shape.length === 2 && next?.layer?.name === "flatten" && cut.via.length === 0;
  return one ? [{ title: "Take the largest over all positions: global_max_pool", edits: [{ site: cut.site, text: "global_max_pool" }] }] : [];
}

function ofPlaces(train: Trained, cut: Node, spans: readonly Span[], shape: readonly unknown[]): CheckFinding | undefined {
  if (!shape.every((n) => typeof n === "number")) return undefined;
  const lengths = spans.map(({ from, to }, i) => Math.max(0, Math.min(to, shape[i] as number) - from));
  const share = lengths.reduce((s, n, i) => s * (n / (shape[i] as number)), 1);
  if (share >= FEW) return undefined;
  const known = classesOf(train);
  const places = shape as readonly number[];
  const channels = train.model.nodes[train.model.inputs[0]!]!.type!.shape.at(-1) as number;
  const isLeft = (i: number): boolean => {
    let rest = Math.floor(i / channels);
    for (let a = places.length - 1; a >= 0; a--) {
      const p = rest % places[a]!;
      if (p < spans[a]!.from || p >= spans[a]!.to) return false;
      rest = Math.floor(rest / places[a]!);
    }
    return true;
  };
  const [whole, left] = known && known.rows.length >= FEWEST_ROWS ? [nearestShare(known.rows, known.labels), nearestShare(known.rows, known.labels, isLeft)] : [];
  const counted = whole !== undefined && left !== undefined;
  if (counted && left >= LEFT_NEAR * whole && share > 0) return undefined;
  const told = counted ? `: ${percent(left)} of the rows have the label of the nearest other row by these, and ${percent(whole)} by all (counted, n = ${known!.rows.length} rows of ${known!.of})` : "";
  return at(cut, {
    code: "positions-unread", severity: counted || share === 0 ? "warning" : "information",
    message: `${cut.layer!.name} leaves ${short(100 * share)} % of the input: ${share === 0 ? "nothing" : `only ${spans.map((s, i) => `${placesText({ from: s.from, to: Math.min(s.to, places[i]!) })}${spans.length > 1 ? ` of axis ${i}` : ""}`).join(", ")}`} can change the output, since nothing mixes others in before (derived)${told}; pool, or let a layer see all before it`,
  });
}

interface Known {
  readonly rows: readonly ArrayLike<number>[];
  /** Numbers of their classes. */
  readonly labels: readonly number[];
  readonly of: string;
}

/** First rows of the data and their classes; undefined where labels are numbers, or not known. */
function classesOf(train: Trained): Known | undefined {
  const known = train.settings?.target === "input" || train.model.outputs.length !== 1 ? undefined : labelledRows(train);
  const kind = known?.heads[0]!.kind;
  if (!known || kind === "number") return undefined;
  return { rows: known.rows, of: known.of, labels: known.targets[0]!.map((t) => (t.length === 1 ? t[0]! : t.indexOf(1))) };
}
