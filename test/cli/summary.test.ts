import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bad, folder, good, root } from "./run.ts";

const f = folder();
f.write("good.nnet", good);
f.write("bad.nnet", bad);
f.write("text.nnet", `model Text {
  input words int [N]
  embedding(100, 16)
  conv1d(8, 3) -> relu
  global_max_pool
  dense(2) -> softmax
}
model Twice {
  input left [4]
  input right [4]
  shared enc = dense(3)
  left -> enc as a
  right -> enc
  add(a)
}
`);
f.write("blocks.nnet", "block Wide(n) {\n  dense(n)\n  relu\n}\n");
f.write("uses.nnet", `import { Wide } from "./blocks.nnet"
model M {
  input x [4]
  Wide(5)
}
`);

interface Layer {
  line: number;
  name: string;
  kind: string;
  outputShape: (number | string)[] | null;
  params: number | null;
  macs: number | string | null;
}
interface Model {
  name: string;
  file: string;
  inputShape: unknown;
  outputShape: unknown;
  params: { total: number; trainable: number; nonTrainable: number };
  macs: number | string;
  layers: Layer[];
  unknown: string[];
}
const models = (...args: string[]): Model[] => (JSON.parse(f.run("summary", ...args, "--json").stdout) as { models: Model[] }).models;

describe("summary --json", () => {
  test("counts past 2^53 are said to be rounded", () => {
    f.write("huge.nnet", "model Huge {\n  input x [80M]\n  dense(80M) -> relu -> dense(80M) -> relu -> dense(2)\n}\n");
    expect(models("huge.nnet")).toMatchObject([{ params: { total: 12_800_000_320_000_002 }, rounded: true }]);
    expect(f.run("summary", "huge.nnet").stdout).toContain("≈1.28e+16 parameters, ≈1.28e+16 MACs");
    expect(models("good.nnet")[0]).not.toHaveProperty("rounded");
  });

  test("has the contract's fields", () => {
    expect(models("good.nnet")).toEqual([
      {
        file: "good.nnet",
        name: "M",
        line: 1,
        inputShape: [4],
        outputShape: [3],
        inputs: [{ name: "x", shape: [4], dtype: "float", line: 2 }],
        params: { total: 67, trainable: 67, nonTrainable: 0 },
        macs: 56,
        flops: 134,
        // 4 bytes of 67 weights; of 8 + 8 + 3 + 3 results in 32 rows.
        memory: { weights: 268, activations: 2816, batch: 32 },
        receptiveField: null,
        needs: [],
        layers: [
          { line: 3, name: "dense_1", kind: "dense", outputShape: [8], params: 40, macs: 32 },
          { line: 3, name: "relu_1", kind: "relu", outputShape: [8], params: 0, macs: 0 },
          { line: 4, name: "dense_2", kind: "dense", outputShape: [3], params: 27, macs: 24 },
          { line: 4, name: "softmax_1", kind: "softmax", outputShape: [3], params: 0, macs: 0 },
        ],
        unknown: [],
      },
    ]);
  });

  test("symbolic sizes are texts", () => {
    const [text] = models("text.nnet", "--model", "Text");
    expect(text!.inputShape).toEqual(["N"]);
    expect(text!.layers.map((l) => l.outputShape)).toEqual([["N", 16], ["N-2", 8], ["N-2", 8], [8], [2], [2]]);
    expect(text!.macs).toMatch(/N/);
  });

  test("shared weights count once, and layers add up to the total", () => {
    const [, twice] = models("text.nnet");
    expect(twice!.inputShape).toEqual([[4], [4]]);
    expect(twice!.params.total).toBe(15);
    expect(twice!.layers.reduce((n, l) => n + l.params!, 0)).toBe(15);
  });

  // Imports are not in the language yet.
  test.skipIf(f.run("check", "uses.nnet").code !== 0)("a layer of an imported block has the line that uses it", () => {
    const [model] = models("uses.nnet");
    expect(model!.layers[0]).toMatchObject({ line: 4, kind: "dense", outputShape: [5], source: { file: "blocks.nnet", line: 2 } });
  });

  test("after an error the rest is still there", () => {
    const { code, stdout, stderr } = f.run("summary", "bad.nnet", "--json");
    expect(code).toBe(1);
    expect(stderr).toContain("kernel-too-large");
    const [model] = (JSON.parse(stdout) as { models: Model[] }).models;
    expect(model).toMatchObject({ inputShape: [8, 8, 1], outputShape: null, unknown: ["dense_1"] });
    expect(model!.layers.at(-2)).toMatchObject({ outputShape: null, params: null, macs: null });
  });

  test("ResNet-50 adds up", () => {
    const [model] = models(join(root, "test/fixtures/models/resnet50.nnet"));
    expect(model!.params).toEqual({ total: 25_636_712, trainable: 25_583_592, nonTrainable: 53_120 });
    expect(model!.layers.reduce((n, l) => n + l.params!, 0)).toBe(25_636_712);
    expect(model!.layers.reduce((n, l) => n + Number(l.macs), 0)).toBe(model!.macs);
  });
});

test("the table fits 80 columns and ends with the totals", () => {
  const { code, stdout } = f.run("summary", "good.nnet", "text.nnet", join(root, "test/fixtures/models"));
  expect(code).toBe(0);
  for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toContain("67 parameters, 56 MACs\n");
  expect(stdout).toContain("25,636,712 parameters (25,583,592 trainable, 53,120 not)");
});

test("what is unknown is named below the table", () => {
  expect(f.run("summary", "bad.nnet").stdout).toContain("without dense_1: unknown until the errors are gone");
});
