import { grouped } from "../../language/digits.ts";
import type { Dim, Node } from "../../language/index.ts";
import { equal, floorDiv, mul, product } from "../../language/ops/dim.ts";
import { weightSize } from "../../language/graph/totals.ts";
import type { Shape } from "../../language/layers/define.ts";
import { count, counted } from "./text.ts";

export interface Connections {
  readonly m: Dim;
  readonly n: Dim;
  readonly k: number;
  /** Weights if every output saw every input (mn), and if each had a kernel of its own (kn). */
  readonly dense: Dim;
  readonly local: Dim;
  /** One kernel a filter, at all positions. */
  readonly shared: number;
  readonly stored: number;
  readonly biases: number;
}

/** In the numbers of this very layer; undefined where it is no convolution. */
export function connectionsOf(node: Node, input: Shape | undefined): Connections | undefined {
  const output = node.type?.shape;
  const field = receptiveField(node, input);
  if (!field || !input || !output || node.weights.length === 0) return undefined;
  const [m, n] = [product(input), product(output)];
  const { k, filters } = field;
  const size = (weights: Node["weights"]): number => weights.reduce((sum, w) => sum + weightSize(w.spec.shape), 0);
  return { m, n, k, dense: mul(m, n), local: mul(n, k), shared: k * filters, stored: size(node.weights.filter((w) => !isBias(w.key))), biases: size(node.weights.filter((w) => isBias(w.key))) };
}

/**
 * What local receptive fields and shared kernels save: with m inputs, n outputs and a receptive field of k, mn weights if
 * every output saw every input, kn if each had its own k, k a filter where all positions share them. Biases are told apart.
 */
export function comparison(node: Node, input: Shape | undefined): string | undefined {
  const c = connectionsOf(node, input);
  if (!c || !input) return undefined;
  const { text, filters } = receptiveField(node, input)!;
  const kind = node.layer?.kind ?? "";
  const rows: [string, string, Dim, boolean][] = [
    ["dense", "m·n", c.dense, false],
    ["local", "k·n", c.local, kind === "locally_connected2d"],
    ["shared", filters > 1 ? `k·${count(filters)}` : "k", c.shared, SHARED.has(kind)],
  ];
  if (kind === "separable_conv") rows.push(["separable", "", c.stored, true]);
  return [
    `m = ${sizes(input)} inputs, n = ${sizes(node.type!.shape)} outputs, k = ${text}`,
    "",
    "| connections | weights | |",
    "|:--|:--|--:|",
    ...rows.map(([what, formula, weights, mine]) => (mine ? `| **${what}, as here** | ${formula} | **${count(weights)}** |` : `| ${what} | ${formula} | ${count(weights)} |`)),
    "",
    `${counted(c.stored, "weight")}${c.biases > 0 ? ` and ${count(c.biases)} biases` : ""} stored${saving(c.stored, [["dense", c.dense], ["local", kind === "locally_connected2d" ? 0 : c.local]])}.`,
  ].join("\n");
}

/** "dense 50,331,648 · local 442,368 · stored 432 weights": the same in one line. */
export function connectionsText({ dense, local, stored }: Connections): string {
  return `dense mn ${count(dense)} · local kn ${count(local)} · stored ${count(stored)} weights`;
}

/** ": 455 times fewer weights than dense, 64 times fewer than unshared". */
function saving(stored: number, others: readonly (readonly [string, Dim])[]): string {
  const parts = others.flatMap(([name, weights]) => {
    if (stored <= 0) return [];
    if (typeof weights === "number") return weights / stored >= 1.05 ? [`${factor(weights / stored)} times fewer than ${name}`] : [];
    // Of symbolic sizes where it divides: N-2 times.
    const times = floorDiv(weights, stored);
    return equal(mul(times, stored), weights) === true ? [`${times} times fewer than ${name}`] : [];
  });
  return parts.length > 0 ? `: ${parts.join(", ")}` : "";
}

const SHARED = new Set(["conv", "depthwise_conv"]);

/** Inputs that one output sees, and how many kernels there are. */
function receptiveField({ layer, args }: Node, input: Shape | undefined): { k: number; text: string; filters: number } | undefined {
  const channels = input?.[input.length - 1];
  const window = args.kernel as readonly number[] | undefined;
  if (!layer || !window || typeof channels !== "number") return undefined;
  const area = window.reduce((a, b) => a * b, 1);
  const field = (seen: number, filters: number) => ({ k: area * seen, text: `${[...window, ...(seen === 1 ? [] : [seen])].join("·")}${window.length + (seen === 1 ? 0 : 1) > 1 ? ` = ${count(area * seen)}` : ""}`, filters });
  switch (layer.kind) {
    case "conv":
      return field(channels / (args.groups as number), args.filters as number);
    case "locally_connected2d":
    case "separable_conv":
      return field(channels, args.filters as number);
    case "depthwise_conv":
      return field(1, channels * (args.multiplier as number));
    default:
      return undefined;
  }
}

export function isBias(key: string): boolean {
  return /(^|_)bias$/.test(key);
}

function sizes(shape: Shape): string {
  return shape.length > 1 ? `${shape.map((d) => (/[+ -]/.test(String(d)) ? `(${d})` : String(d))).join("·")} = ${count(product(shape))}` : shape.map(count).join("");
}

function factor(x: number): string {
  return x >= 100 ? grouped(Math.round(x)) : String(Number(x.toPrecision(2)));
}
