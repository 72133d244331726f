import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, format, type Host } from "../../server/language/index.ts";
import { isText } from "../kit/samples.ts";

const folder = join(import.meta.dirname, "../../samples");
const host: Host = { read: (path) => readFileSync(path, "utf8"), resolve: (from, path) => resolve(dirname(from), path) };
const analysed = (file: string) => analyse(join(folder, file), readFileSync(join(folder, file), "utf8"), host);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(isText);

describe("every sample", () => {
  test.each(files.filter((f) => !f.includes("/")))("%s: nothing is found in it, and it stands in standard form", (file) => {
    expect(analysed(file).findings.map((f) => `${f.code}: ${f.message}`)).toEqual([]);
    const text = readFileSync(join(folder, file), "utf8");
    expect(format(text)).toBe(text);
  });
});

test("what their papers count", () => {
  const params = (file: string) => Object.fromEntries(analysed(file).models.map(({ model }) => [model.name, model.totals.params]));
  // He et al. 2015, table 6: 0.27 M. Dosovitskiy et al. 2020: 86.6 M, torchvision's vit_b_16 exactly this.
  expect(params("resnet20.nnet")["ResNet20"]).toBe(274_042);
  expect(params("vit.nnet")["ViT"]).toBe(86_567_656);
});

test("what symbols must meet, and shared weights, are told once", () => {
  const { model } = analysed("two-towers.nnet").models[0]!;
  // Embedding 10,000·64; dense 64·128 + 128 and 128·32 + 32; layer norm 2·32; the last dense 1 + 1.
  expect(model.totals.params).toBe(640_000 + 8_320 + 4_128 + 64 + 2);
  expect(model.inputs.map((id) => model.nodes[id]!.type!.shape.map(String))).toEqual([["N"], ["M"]]);
});
