import { perAxis } from "../layers/sides.ts";
import type { Axes } from "../layers/spatial.ts";
import { samePadding } from "../ops/window.ts";
import type { Padding } from "../ops/ops.ts";
import type { Model, Node } from "./graph.ts";
import { perModel } from "./kept.ts";

/** Positions of one axis, from the first up to the one before `to`; Infinity: to its end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const ALL: Span = { from: 0, to: Infinity };

type Spans = readonly Span[];

/**
 * By node the positions that some output depends on, an axis each: from the outputs back to the inputs, a window taking what
 * it covers (Araujo, Norris, Sim 2019, the same forward). Where a layer mixes positions, all; of several readers the hull. So
 * what lies outside changes no output, whatever the weights. Undefined where no output follows. The last axis of numbers is
 * no position.
 */
export const neededOf = perModel(({ nodes, outputs }: Model): readonly (Spans | undefined)[] => {
  const needed: (Spans | undefined)[] = nodes.map(() => undefined);
  for (const id of outputs) needed[id] = whole(nodes[id]!);
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    const own = needed[id];
    if (!own || !node.layer) continue;
    const none = isNone(own);
    for (const [i, input] of node.inputs.entries()) needed[input] = none ? (needed[input] ?? whole(nodes[input]!).map(() => NONE)) : hull(needed[input], through(node, nodes[input]!, i, own));
  }
  return needed;
});

const NONE: Span = { from: 0, to: 0 };
const isNone = (spans: Spans): boolean => spans.some((s) => s.to <= s.from);

const positionsOf = ({ type }: Node): number => (type ? type.shape.length - (type.dtype === "int" ? 0 : 1) : 0);
const whole = (node: Node): Spans => Array.from({ length: Math.max(positionsOf(node), 0) }, () => ALL);

function hull(a: Spans | undefined, b: Spans): Spans {
  if (!a || isNone(a)) return b;
  return isNone(b) ? a : a.map((s, i) => ({ from: Math.min(s.from, b[i]!.from), to: Math.max(s.to, b[i]!.to) }));
}

/** They do the same at every position. */
const SAME = new Set(["dense", "embedding", "dropout", "spatial_dropout", "drop_path", "gaussian_noise", "identity", "rescaling", "layer_scale", "normalization", "batch_norm", "layer_norm", "rms_norm", "position_embedding", "sine_position_encoding"]);
const WINDOWED = /^((depthwise_|separable_)?conv|max_pool|avg_pool)[123]d$/;

/** Of the input `i` what is needed for these of the result. */
function through(node: Node, input: Node, i: number, own: Spans): Spans {
  const { layer, args } = node;
  const { name, kind, family } = layer!;
  if (!node.type || !input.type || positionsOf(input) !== own.length) return whole(input);
  if (SAME.has(name) || family === "activation") return own;
  if (family === "merging") {
    const axis = name === "concat" ? (args["axis"] as number) : -1;
    return name !== "dot" && name !== "matmul" && (axis < 0 ? axis + own.length + 1 : axis) === own.length ? own : whole(input);
  }
  if (name === "slice") {
    const { axis, start, size } = args as { axis: number; start: number; size: unknown };
    const at = axis < 0 ? axis + own.length + 1 : axis;
    return own.map((s, k) => (k === at ? { from: s.from + start, to: Math.min(s.to + start, typeof size === "number" ? start + size : Infinity) } : s));
  }
  if (kind === "crop" || kind === "zero_pad") {
    const sides = perAxis((args["cropping"] ?? args["padding"]) as Parameters<typeof perAxis>[0], own.length as Axes);
    const sign = kind === "crop" ? 1 : -1;
    return sides ? own.map((s, k) => inside({ from: s.from + sign * sides[k]![0], to: s.to + sign * sides[k]![0] }, sign > 0 ? less(input.type!.shape[k], sides[k]![1]) : Infinity)) : whole(input);
  }
  if (name === "class_token") return own.map(({ from, to }) => inside({ from: from - 1, to: to - 1 }, Infinity));
  if (WINDOWED.test(name)) return own.map((s, k) => windowed(node, input, s, k));
  // What comes later is not seen.
  if (i === 0 && ((name === "attention" && args["causal"] === true && args["axis"] === undefined) || /^(lstm|gru|simple_rnn)$/.test(name))) return own.map(({ to }) => ({ from: 0, to }));
  return whole(input);
}

const less = (n: unknown, by: number): number => (typeof n === "number" ? n - by : Infinity);

const inside = ({ from, to }: Span, end: number): Span => ({ from: Math.max(from, 0), to: Math.min(to, end) });

function windowed({ args }: Node, { type }: Node, { from, to }: Span, k: number): Span {
  const { kernel, size, stride, dilation, padding } = args as { kernel?: readonly number[]; size?: readonly number[]; stride?: readonly number[]; dilation?: readonly number[]; padding: Padding };
  const window = (kernel ?? size)![k]!;
  const [step, gap] = [(stride ?? size)?.[k] ?? 1, dilation?.[k] ?? 1];
  const n = type!.shape[k];
  // Of a length that is not known, padding on either side.
  const unknown = padding === "same" && typeof n !== "number";
  const before = unknown ? (window - 1) * gap : padding === "same" ? samePadding(n as number, window, step, gap)[0] : padding === "valid" ? 0 : (padding[k]?.[0] ?? 0);
  return inside({ from: from * step - before, to: (to - 1) * step - (unknown ? 0 : before) + (window - 1) * gap + 1 }, Infinity);
}
