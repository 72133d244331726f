import { isChannels } from "../images.ts";
import { type Dim, formatShape, gcd, largestDivisor } from "../ops/dim.ts";
import type { Padding } from "../ops/ops.ts";
import { largestWindow, windowOutput } from "../ops/window.ts";
import type { Problem, Shape } from "./define.ts";
import { AXES, BY_AXES, over } from "./spatial.ts";

/** Shared by convolutions and poolings: the checks that make their messages good. */

/** Rank: `axes` spatial ones and the channels. */
export function checkRank(layer: string, x: Shape, axes: number): Problem | undefined {
  if (x.length === axes + 1) return undefined;
  const needs = `${layer} needs ${BY_AXES[axes]}×channels, rank ${axes + 1}`;
  const shape = x.length === 1 ? squared(x[0]!, axes) : x.length === axes ? [...x, 1] : axes === 1 && !AXES.test(layer) ? inARow(x) : undefined;
  const before = shape && `reshape(${formatShape(shape)})`;
  const way = before ? `${x.length === 1 ? "give it its axes" : x.length > axes ? "make its positions one axis" : "add a channel axis"}: ${before}` : x.length === 1 ? "reshape it first" : `use the one for ${x.length - 1} axes, or reshape`;
  return { code: "wrong-rank", message: `${needs}, and receives rank ${x.length}; ${way}`, ...(before && { before }), instead: over(layer.replace(AXES, ""), x.length - 1) };
}

/** Positions of several axes as one: the rows of an image of few channels, or all its places. */
function inARow(x: Shape): Shape | undefined {
  if (x.length !== 3 || x.some((d) => typeof d !== "number")) return undefined;
  const [h, w, c] = x as readonly [number, number, number];
  return c <= 4 ? [h, w * c] : [h * w, c];
}

/** A row of numbers as an image of one channel, where it is a square. */
function squared(n: Dim, axes: number): Shape | undefined {
  const side = Math.sqrt(Number(n));
  return axes === 2 && Number.isInteger(side) && side > 1 ? [side, side, 1] : undefined;
}

/** Every window must fit; names the axis, both sizes and the largest that fits. */
export function checkWindow(arg: string, x: Shape, size: readonly number[], padding: Padding, dilation: readonly number[] = []): Problem | undefined {
  for (const [i, s] of size.entries()) {
    const n = x[i]!;
    if (typeof n !== "number") continue;
    const d = dilation[i] ?? 1;
    if ((windowOutput(n, s, 1, padding, i, d) as number) >= 1) continue;
    const fits = Math.min(...size.map((_, k) => (typeof x[k] === "number" ? largestWindow(x[k] as number, padding, k, dilation[k] ?? 1) : Infinity)));
    const space = x.slice(0, -1).map(String).join("×");
    const spread = d > 1 ? ` (dilated by ${d}: spans ${d * (s - 1) + 1})` : "";
    const sides = typeof padding === "string" ? "" : ` with padding ${padding[i]![0]}+${padding[i]![1]}`;
    const word = arg === "kernel" ? "kernel" : "window";
    const turned = i === 0 && x.at(-1) === x.at(-2) ? channelsLast(x) : undefined;
    if (turned) return { code: "kernel-too-large", message: `${word} ${s}${spread} exceeds the ${space} input${sides}: ${CHANNELS_LAST}, and ${formatShape(turned)} would be the image`, arg, counted: true };
    if (fits < 1) return { code: "kernel-too-large", message: `${word} ${s}${spread} exceeds the ${space} input${sides}; none fits`, arg, counted: true };
    return {
      code: "kernel-too-large",
      message: `${word} ${size.every((v) => v === s) ? s : `[${size.join(", ")}]`}${spread} exceeds the ${space} input${sides}; the largest that fits is ${fits}`,
      arg,
      counted: true,
      fit: { arg, value: String(fits), title: `${arg} ${fits}, the largest that fits` },
    };
  }
  return undefined;
}

export const CHANNELS_LAST = "channels stand last";

interface Filters {
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
}

/** Kernels as they are used; behind them, a number of filters. */
const KERNELS: readonly number[] = [1, 3, 5, 7];

/** A kernel too large that is meant as the filters: written second, or behind the channels that flow in as in PyTorch. */
export function inOrder(layer: string, problem: Problem | undefined, x: Shape, a: Filters): Problem | undefined {
  const [k, s] = [a.kernel[0]!, a.stride[0]!];
  if (problem?.code !== "kernel-too-large" || k < 8 || a.kernel.some((n) => n !== k) || a.stride.some((n) => n !== s)) return problem;
  const fits = (kernel: number) => KERNELS.includes(kernel) && x.slice(0, -1).every((n, i) => typeof n !== "number" || (windowOutput(n, kernel, 1, a.padding, i, a.dilation[i]) as number) >= 1);
  const order = (kernel: number, to: string, why: string): Problem => ({ ...problem, message: `${problem.message}; ${why}: ${layer}(${k}, ${kernel})`, reordered: { from: "filters", to, text: `${k}, ${kernel}` } });
  if (a.filters === x[x.length - 1] && s > 1 && fits(s)) return order(s, "stride", "the channels that flow in are known, and not given");
  return k % 2 === 0 && fits(a.filters) ? order(a.filters, "kernel", "filters stand first") : problem;
}

/** Shorter sides are not told apart from channels. */
const SHORTEST = 8;

/** The shape that is meant by one that may be an image with its channels first, as PyTorch writes it. */
export function channelsLast([first, ...sides]: Shape): readonly number[] | undefined {
  const isImage = isChannels(first) && sides.length > 1 && sides.every((n) => typeof n === "number" && n >= SHORTEST);
  return isImage ? ([...sides, first] as number[]) : undefined;
}

/** Channels and filters must divide into groups. */
export function checkGroups(layer: string, channels: Dim, filters: number, groups: number): Problem | undefined {
  if (groups === 1 || typeof channels !== "number") return undefined;
  if (channels % groups === 0 && filters % groups === 0) return undefined;
  const common = largestDivisor(gcd(channels, filters), groups);
  return {
    code: "groups-do-not-divide",
    message: `${layer}: ${groups} groups do not divide ${channels} channels and ${filters} filters evenly; ${common} would`,
    arg: "groups",
    fit: { arg: "groups", value: String(common), title: `groups = ${common}` },
  };
}
