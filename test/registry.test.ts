import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, layers } from "../server/language/index.ts";

const folder = join(import.meta.dirname, "../server/language/layers");
const index = readFileSync(join(folder, "index.ts"), "utf8");
/** What several layers share; a layer's own file has its name and exports it. */
const defines = (file: string) => new RegExp(`^export const ${file.slice(0, -3)} = define\\w+\\(`, "m").test(readFileSync(join(folder, file), "utf8"));
const files = readdirSync(folder).filter((f) => f.endsWith(".ts") && defines(f)).map((f) => f.slice(0, -3)).sort();

/** What neither Keras nor keras-hub has as a layer. */
const WITHOUT_KERAS: Readonly<Record<string, string>> = {
  slice: "keras.ops.slice, not a layer",
  class_token: "written by hand in every published model",
  layer_scale: "keras.applications has a private class of its own for it",
  drop_path: "keras.applications has a private class of its own for it",
  k_max_pool: "of Kalchbrenner et al. 2014; keras.ops.top_k loses the order",
  rrelu: "torch.nn.RReLU only",
  sine: "keras.ops.sin, not a layer",
  fourier_features: "written by hand in every published model",
  matmul: "keras.ops.matmul, not a layer",
  parameter: "add_weight of a layer of one's own",
  unembedding: "keras_hub.ReversibleEmbedding, of which it is one half",
  mixture: "tf.keras has none; a part of transformers' Mixtral",
  max_unpool2d: "torch.nn.MaxUnpool2d only",
  reverse: "an argument of its recurrent layers: go_backwards",
  relative_position_bias: "a part of keras_hub's and transformers' T5",
  window_attention2d: "a part of torchvision's Swin",
};

describe("the registry of layers", () => {
  test("a file for each line, a line for each file", () => {
    expect([...layers.keys()].sort()).toEqual(files);
    const imported = [...index.matchAll(/^import \{ (\w+) \} from "\.\/(\w+)\.ts";/gm)];
    expect(imported.map((m) => m[1])).toEqual(imported.map((m) => m[2]));
    expect(imported.map((m) => m[1]).sort()).toEqual(files);
    const list = /const all[^[]*\[\]\s*=\s*\[([\s\S]*?)\];/.exec(index)![1]!;
    expect(list.match(/\w+/g)!.sort()).toEqual(files);
  });

  test("reasons are given for those without a name in Keras only", () => {
    expect([...layers.values()].filter((l) => !l.names.keras).map((l) => l.name).sort()).toEqual(Object.keys(WITHOUT_KERAS).sort());
  });

  for (const layer of layers.values()) {
    describe(layer.name, () => {
      test("is documented", () => {
        expect(layer.doc).toMatch(/^\S.{15,}/);
        for (const [name, param] of Object.entries<{ doc: string }>(layer.params)) expect(param.doc, name).toMatch(/\.$/);
      });

      test("has an example that checks clean and uses it", () => {
        const analysis = analyse("/example.nnet", `model Example {\n${layer.example}\n}`);
        expect(analysis.findings.map((f) => `${f.severity}[${f.code}] ${f.message}`)).toEqual([]);
        expect(analysis.models[0]!.model.complete).toBe(true);
        expect(analysis.models[0]!.model.nodes.some((n) => n.layer === layer)).toBe(true);
      });

      test("maps parameters that exist", () => {
        for (const names of [layer.names.keras, layer.names.torch]) {
          if (!names) continue;
          expect(names[0]).toMatch(/^[A-Z]|^keras_hub\./);
          // An activation is told apart by its name.
          for (const own of Object.keys(names[1] ?? {})) expect(own === layer.name || Object.hasOwn(layer.params, own), own).toBe(true);
        }
      });
    });
  }
});
