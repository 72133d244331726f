import type { Finding } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import { type View, viewsOf } from "../graph/receptive.ts";
import { reachable } from "../graph/totals.ts";
import { defineCheck } from "./define.ts";
import { setArgument } from "./fixes.ts";
import { layersOf } from "./graph.ts";

const POOLS = ["global_avg_pool", "global_max_pool"];

/**
 * Global pooling averages (or takes the largest of) features that each see a part of the input: what is larger than that
 * part no feature can tell. Size of the part: Araujo, Norris, Sim 2019, Computing receptive fields of convolutional neural
 * networks. Under half of an image's axis: warning. Under four fifths, and for series: information, since bags of local
 * features can do well (Brendel and Bethge 2019; the networks of Wang, Yan and Oates 2017 see 14 of 140 steps). More counts
 * as all: All-CNN and NiN see 27×27 of 32×32.
 * Guards: made-up patterns that repeat within the part (stripes); positions of several numbers seen one by one (point
 * sets, spectra); whatever else joins all positions (flatten before dense, attention, recurrent layers, squeeze and excitation);
 * outputs with positions of their own (segmentation); one of several pools that sees all; tokens, where a feature is an
 * n-gram (Kim 2014); axes of symbolic size.
 */
export const receptiveFieldShort = defineCheck({
  code: "receptive-field-short",
  *model(model) {
    const finding = inspect(model);
    if (finding) yield finding;
  },
  /** Of a pattern that repeats, more than half a period tells all. */
  excuses({ model, data }) {
    const repeats = data?.profile?.repeats;
    if (repeats === undefined) return false;
    const views = viewsOf(model);
    return headsOf(model).some((pool) => views[pool.inputs[0]!]?.every((v) => 2 * v.size > repeats) === true);
  },
});

function inspect(model: Model): Finding | undefined {
  if (layersOf(model, ...POOLS).length === 0) return undefined;
  const input = model.nodes[model.inputs[0] ?? -1];
  if (model.inputs.length !== 1 || !model.complete || input?.type?.dtype !== "float") return undefined;
  const space = input.type.shape.slice(0, -1);
  if (space.length === 0 || !space.every((n) => typeof n === "number")) return undefined;
  const heads = headsOf(model);
  if (heads.length === 0 || heads.some((n) => !POOLS.includes(n.layer!.name))) return undefined;
  const views = viewsOf(model);
  let best: { readonly pool: Node; readonly view: readonly View[]; readonly share: number } | undefined;
  for (const pool of heads) {
    const view = views[pool.inputs[0]!];
    if (view?.length !== space.length) return undefined;
    const share = Math.min(...view.map((v, i) => v.size / (space[i] as number)));
    if (!best || share > best.share) best = { pool, view, share };
  }
  // What looks at one position of many numbers is meant to; of one grey value it counts brightness.
  const point = best?.view.every((v) => v.size === 1) === true;
  if (!best || best.share >= ALL || (point && (space.length < 2 || input.type.shape.at(-1) !== 1))) return undefined;
  const { pool, view, share } = best;
  const [part, whole] = [view.map((v) => v.size).join("×"), space.join("×")];
  const fix = dilated(model, pool, views, space as readonly number[]);
  return {
    code: "receptive-field-short",
    severity: share < 0.5 && space.length > 1 ? "warning" : "information",
    site: pool.site,
    message: `what ${pool.layer!.name} joins sees ${part} of the ${whole} input (derived): nothing larger can be told apart; a further pooling or stride before it, or a dilated convolution, lets it see more`,
    ...(fix && { fixes: [fix] }),
  };
}

const ALL = 0.8;

/** Where positions end, on the way to an output. */
function headsOf(model: Model): Node[] {
  const reached = reachable(model);
  const rank = (id: number): number => model.nodes[id]!.type?.shape.length ?? 0;
  return model.nodes.filter((n) => n.layer && reached.has(n.id) && rank(n.id) === 1 && n.inputs.some((i) => rank(i) > 1));
}

/** The last convolution, dilated so far that all of the input is seen; where that leaves the shape as it is. */
function dilated(model: Model, pool: Node, views: ReturnType<typeof viewsOf>, space: readonly number[]) {
  const conv = model.nodes.findLast((n) => n.id < pool.id && n.layer?.name.startsWith("conv") && n.via.length === 0);
  const [before, after] = conv ? [views[conv.inputs[0]!], views[conv.id]] : [];
  const { kernel, dilation, padding, stride } = (conv?.args ?? {}) as { kernel?: readonly number[]; dilation?: readonly number[]; padding?: unknown; stride?: readonly number[] };
  if (!conv || !before || !after || !kernel || !dilation || padding !== "same" || stride?.some((s) => s !== 1) || dilation.some((d) => d !== 1)) return undefined;
  const last = views[pool.inputs[0]!]!;
  const needed = Math.max(...space.map((n, i) => (kernel[i] === 1 ? Infinity : 1 + Math.ceil((n - last[i]!.size) / ((kernel[i]! - 1) * before[i]!.jump)))));
  return needed <= MOST_DILATION ? setArgument(conv, "dilation", String(needed), `dilation = ${needed}, which sees all of it`) : undefined;
}

/** Wider gaps leave out too much between the entries of a window. */
const MOST_DILATION = 4;
