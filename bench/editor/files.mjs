// The files that are edited: one of a real network, and ones of n written layers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const resnet50 = join(root, "test/fixtures/models/resnet50.nnet");

/** One layer a line, each with numbers of its own, so that no two neighbours are alike. */
export function written(layers) {
  const lines = Array.from({ length: layers }, (_, i) => (i % 2 === 0 ? `  conv2d(${8 + ((i * 7) % 57)}, 3, padding = same)` : "  relu"));
  return ["model M {", "  input image [64, 64, 8]", ...lines, "}", ""].join("\n");
}

/** Text, and the place at which a digit is typed: in the middle, where the shape of all that follows may depend on it. */
export function subject(layers) {
  if (layers === undefined) {
    const text = readFileSync(resnet50, "utf8");
    const line = text.split("\n").findIndex((l) => l.includes("conv2d(4 * filters, 1)"));
    return { name: "ResNet-50", text, line, character: text.split("\n")[line].indexOf("conv2d(4") + "conv2d(4".length };
  }
  const text = written(layers);
  const line = 2 + 2 * Math.floor(layers / 4);
  return { name: `${layers.toLocaleString("en-US")} layers`, layers, text, line, character: text.split("\n")[line].indexOf("(") + 1 };
}
