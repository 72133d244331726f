import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { analyse, type Model } from "../../server/language/index.ts";
import { nodeParams } from "../../server/language/graph/totals.ts";

const root = join(import.meta.dirname, "../..");

function modelOf(path: string, name: string): Model {
  const analysis = analyse(path, readFileSync(join(root, path), "utf8"));
  expect(analysis.findings.filter((f) => f.severity === "error" || f.severity === "warning")).toEqual([]);
  return analysis.models.find((m) => m.model.name === name)!.model;
}

const counts = (model: Model, layer: string) => model.nodes.filter((n) => n.layer?.name === layer).map(nodeParams);

// Published by keras.applications, layer by layer in its summary().
test("VGG16 has Keras' counts", () => {
  const model = modelOf("test/fixtures/models/vgg16.nnet", "VGG16");
  expect(model.totals.params).toBe(138_357_544);
  expect(counts(model, "conv2d")).toEqual([1792, 36928, 73856, 147584, 295168, 590080, 590080, 1180160, 2359808, 2359808, 2359808, 2359808, 2359808]);
  expect(counts(model, "dense")).toEqual([102_764_544, 16_781_312, 4_097_000]);
});

test("ResNet-50 has Keras' counts, trainable and not", () => {
  const model = modelOf("test/fixtures/models/resnet50.nnet", "ResNet50");
  expect(model.totals.params).toBe(25_636_712);
  expect(model.totals.trainable).toBe(25_583_592);
  expect(model.totals.nonTrainable).toBe(53_120);
  // conv1, then conv2_block1: projection, 1×1, 3×3, 1×1 in the order of the file.
  expect(counts(model, "conv2d").slice(0, 5)).toEqual([9472, 16640, 4160, 36928, 16640]);
  expect(counts(model, "conv2d")).toHaveLength(53);
  expect(counts(model, "dense")).toEqual([2_049_000]);
});

test("LeNet-5 has its published counts, layer by layer", () => {
  const model = modelOf("test/fixtures/models/lenet5.nnet", "LeNet5");
  expect(model.totals.params).toBe(61_706);
  expect(counts(model, "conv2d")).toEqual([156, 2416, 48120]);
  expect(counts(model, "dense")).toEqual([10164, 850]);
});

const recorded = JSON.parse(readFileSync(join(root, "test/truth/keras-models.json"), "utf8")) as { models: Record<string, { params: number; trainable: number; layers: number[] }> };
const files: Readonly<Record<string, string>> = { VGG16: "vgg16", ResNet50: "resnet50", MobileNet: "mobilenet", MobileNetV2: "mobilenet_v2", DenseNet121: "densenet121", InceptionV3: "inception_v3", Xception: "xception", EfficientNetB0: "efficientnet_b0", DenseNet169: "densenet169", ResNet50V2: "resnet50_v2", InceptionResNetV2: "inception_resnet_v2", NASNetMobile: "nasnet_mobile" };

// Recorded by test/truth/keras_models.py.
test.each(Object.entries(recorded.models))("%s has keras.applications' counts: in all, trainable, and of every layer", (name, { params, trainable, layers }) => {
  const model = modelOf(`test/fixtures/models/${files[name]}.nnet`, name);
  expect(model.totals).toMatchObject({ params, trainable });
  expect(model.nodes.map(nodeParams).filter((n) => n > 0).sort((a, b) => a - b)).toEqual(layers);
});
