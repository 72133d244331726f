import type { Model, Node } from "./graph.ts";
import { perModel } from "./kept.ts";

/** Along one spatial axis: how many input entries one entry sees, and how far apart the views of neighbours are. */
export interface View {
  readonly size: number;
  readonly jump: number;
}

/**
 * The receptive field by node, one number a spatial axis: size' = size + (span − 1)·jump, jump' = jump·stride
 * (Araujo, Norris, Sim 2019, Computing receptive fields of convolutional neural networks). Undefined where positions are
 * gone (flatten, dense over all) or nothing is known.
 */
export function receptiveFields(model: Model): readonly (readonly number[] | undefined)[] {
  return viewsOf(model).map(sizesOf);
}

export const receptiveFieldAt = (model: Model, id: number): readonly number[] | undefined => sizesOf(viewsOf(model)[id]);

const sizesOf = (view: Views): readonly number[] | undefined => view?.map((a) => a.size);

type Views = readonly View[] | undefined;

export const viewsOf = (model: Model): readonly Views[] => known(model).views;

/** An edit leaves most nodes, and what they see, as they were. */
const known = perModel(({ nodes }, before: { readonly nodes: readonly Node[]; readonly views: readonly Views[] } | undefined) => {
  const views: Views[] = [];
  for (const [id, node] of nodes.entries()) {
    const old = before?.views[id];
    if (before?.nodes[id] === node && node.inputs.every((i) => views[i] === before.views[i])) views.push(old);
    else {
      const view = viewOf(node, node.inputs.map((i) => views[i]));
      views.push(view && old && alike(view, old) ? old : view);
    }
  }
  return { nodes, views };
});

const alike = (a: readonly View[], b: readonly View[]): boolean => a.length === b.length && a.every((v, i) => v.size === b[i]!.size && v.jump === b[i]!.jump);

/** The largest view of any layer, smallest axis first: what a `receptive_field` budget compares. */
export function receptiveFieldOf(model: Model): number | undefined {
  let largest: number | undefined;
  for (const sizes of receptiveFields(model)) {
    const least = sizes && Math.min(...sizes);
    if (least !== undefined && (largest === undefined || least > largest)) largest = least;
  }
  return largest;
}

function viewOf(node: Node, inputs: readonly (readonly View[] | undefined)[]): readonly View[] | undefined {
  if (!node.type) return undefined;
  const axes = node.type.shape.length - 1;
  if (!node.layer) return node.inputs.length === 0 && axes >= 1 && axes <= 3 ? Array.from({ length: axes }, () => ({ size: 1, jump: 1 })) : undefined;
  if (inputs.includes(undefined)) return undefined;
  const args = node.args as { kernel?: readonly number[]; size?: readonly number[]; stride?: readonly number[]; dilation?: readonly number[]; factor?: readonly number[] };
  const { name, kind, family } = node.layer;
  const input = inputs[0]!;
  if (input.length !== axes) return undefined;
  if (family === "activation") return input;
  const spatial = family === "convolution" || kind === "max_pool" || kind === "avg_pool";
  if (kind === "conv_transpose") return input.map((v, i) => ({ size: v.size + Math.ceil((args.kernel![i]! - 1) / args.stride![i]!) * v.jump, jump: v.jump / args.stride![i]! }));
  if (kind === "upsample") return input.map((v, i) => ({ size: v.size, jump: v.jump / args.factor![i]! }));
  if (name === "max_unpool2d") {
    const { size } = (node.args["pool"] as { by: { size: readonly number[] } }).by;
    return input.map((v, i) => ({ size: Math.max(v.size, inputs[1]![i]!.size + (size[i]! - 1) * inputs[1]![i]!.jump), jump: v.jump / size[i]! }));
  }
  if (name === "window_attention2d") return input.map((v) => ({ size: v.size + ((args as unknown as { window: number }).window - 1) * v.jump, jump: v.jump }));
  if (spatial) {
    const window = args.kernel ?? args.size!;
    const stride = args.stride ?? window;
    return input.map((v, i) => ({ size: v.size + (window[i]! - 1) * (args.dilation?.[i] ?? 1) * v.jump, jump: v.jump * stride[i]! }));
  }
  if (family === "merging") return input.map((_, i) => ({ size: Math.max(...inputs.map((v) => v![i]?.size ?? 1)), jump: input[i]!.jump }));
  const mixes = name === "permute" || name === "reshape" || family === "sequence";
  return mixes ? undefined : input;
}
