import type { Dim, Node } from "../../language/index.ts";
import { mul, product } from "../../language/ops/dim.ts";
import { weightSize } from "../../language/graph/totals.ts";
import type { Shape } from "../../language/layers/define.ts";
import { count, counted } from "./text.ts";

/**
 * What local receptive fields and shared kernels save, in the numbers of this very layer: with m inputs, n outputs and
 * a receptive field of k, mn weights if every output saw every input, kn if each had its own k, k a filter where all
 * positions share them. Biases are told apart. Undefined where the layer is no convolution.
 */
export function comparison(node: Node, input: Shape | undefined): string | undefined {
  const output = node.type?.shape;
  const field = receptiveField(node, input);
  if (!field || !input || !output || node.weights.length === 0) return undefined;
  const m = product(input);
  const n = product(output);
  const { k, text, filters } = field;
  const stored = node.weights.filter((w) => !isBias(w.key)).reduce((sum, w) => sum + weightSize(w.spec.shape), 0);
  const biases = node.weights.filter((w) => isBias(w.key)).reduce((sum, w) => sum + weightSize(w.spec.shape), 0);
  const kind = node.layer?.name ?? "";
  const rows: [string, string, Dim, boolean][] = [
    ["dense", "m·n", mul(m, n), false],
    ["local", "k·n", mul(n, k), kind === "locally_connected2d"],
    ["shared", filters > 1 ? `k·${count(filters)}` : "k", k * filters, SHARED.has(kind)],
  ];
  if (kind === "separable_conv2d") rows.push(["separable", "", stored, true]);
  return [
    `m = ${sizes(input)} inputs, n = ${sizes(output)} outputs, k = ${text}`,
    "",
    "| connections | weights | |",
    "|:--|:--|--:|",
    ...rows.map(([what, formula, weights, mine]) => (mine ? `| **${what}, as here** | ${formula} | **${count(weights)}** |` : `| ${what} | ${formula} | ${count(weights)} |`)),
    "",
    `${counted(stored, "weight")}${biases > 0 ? ` and ${count(biases)} biases` : ""} stored${saving(stored, [["dense", mul(m, n)], ["local", kind === "locally_connected2d" ? 0 : mul(n, k)]])}.`,
  ].join("\n");
}

/** ": 455 times fewer weights than dense, 64 times fewer than unshared". */
function saving(stored: number, others: readonly (readonly [string, Dim])[]): string {
  const parts = others.flatMap(([name, weights]) => (typeof weights === "number" && stored > 0 && weights / stored >= 1.05 ? [`${factor(weights / stored)} times fewer than ${name}`] : []));
  return parts.length > 0 ? `: ${parts.join(", ")}` : "";
}

const SHARED = new Set(["conv1d", "conv2d", "conv3d", "depthwise_conv2d"]);

/** Inputs that one output sees, and how many kernels there are. */
function receptiveField({ layer, args }: Node, input: Shape | undefined): { k: number; text: string; filters: number } | undefined {
  const channels = input?.[input.length - 1];
  const window = args.kernel as readonly number[] | undefined;
  if (!layer || !window || typeof channels !== "number") return undefined;
  const area = window.reduce((a, b) => a * b, 1);
  const field = (seen: number, filters: number) => ({ k: area * seen, text: `${[...window, ...(seen === 1 ? [] : [seen])].join("·")}${window.length + (seen === 1 ? 0 : 1) > 1 ? ` = ${count(area * seen)}` : ""}`, filters });
  switch (layer.name) {
    case "conv1d":
    case "conv2d":
    case "conv3d":
      return field(channels / (args.groups as number), args.filters as number);
    case "locally_connected2d":
    case "separable_conv2d":
      return field(channels, args.filters as number);
    case "depthwise_conv2d":
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
  return x >= 100 ? Math.round(x).toLocaleString("en-US") : String(Number(x.toPrecision(2)));
}
