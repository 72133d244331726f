import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { receptiveFieldOf } from "../../server/language/graph/receptive.ts";
import { analyse } from "../../server/language/index.ts";

const of = (text: string) => receptiveFieldOf(analyse("/m.nnet", text).models[0]!.model);
const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures/models", `${name}.nnet`), "utf8");

test("the receptive fields that Araujo, Norris and Sim 2019 publish", () => {
  expect(of(fixture("vgg16"))).toBe(212);
  expect(of(fixture("resnet50"))).toBe(483);
});

test("stride, dilation, pooling, branches and upsampling", () => {
  const body = (text: string) => of(`model M {\n input x [64, 64, 1]\n${text}\n}`);
  expect(body("conv2d(1, 3); conv2d(1, 3)")).toBe(5);
  expect(body("conv2d(1, 3, stride = 2); conv2d(1, 3)")).toBe(7);
  expect(body("conv2d(1, 3, dilation = 4)")).toBe(9);
  expect(body("conv2d(1, 3); max_pool2d(2); conv2d(1, 3)")).toBe(8);
  expect(body("add { conv2d(1, 3, padding = same) } { conv2d(1, 7, padding = same) }")).toBe(7);
  expect(body("max_pool2d(2); upsample2d(2); conv2d(1, 3)")).toBe(4);
  const along = (text: string) => of(`model M {\n input x [64, 1]\n${text}\n}`);
  expect(along("max_pool1d(2); upsample1d(2); conv1d(1, 3)")).toBe(4);
  expect(along("conv1d_transpose(1, 4, stride = 2, padding = 1); conv1d(1, 5)")).toBe(along("conv1d_transpose(1, 4, stride = 2); conv1d(1, 5)"));
  expect(along("depthwise_conv1d(3, stride = 2); separable_conv1d(4, 3)")).toBe(7);
  expect(along("zero_pad1d(2); conv1d(1, 3); crop1d([1, 0]); conv1d(1, 3)")).toBe(5);
  // Of four taps two apart, an output entry sees two neighbours, or three.
  expect(along("conv1d_transpose(1, 4, stride = 2)")).toBe(3);
});
