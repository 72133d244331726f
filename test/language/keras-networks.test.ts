import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checks } from "../../server/language/checks/index.ts";
import { analyse, layers, type Site } from "../../server/language/index.ts";
import { nodeParams } from "../../server/language/graph/totals.ts";

/** A line of the network; its shape by Keras (null: any size; no shape: nothing flows out), and what it adds in weights. */
type Recorded = readonly [text: string, shape: readonly (number | null)[] | null, params: number];

interface Network {
  readonly seed: number;
  readonly lines: readonly Recorded[];
  readonly params: number;
  readonly trainable: number;
}

/** Recorded by test/truth/keras_networks.py. */
const { networks } = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/keras-networks.json"), "utf8")) as { networks: Network[] };
const checked = new Set(checks.map((c) => c.code));
const lineOf = ({ line, span }: Site): number => line.number + span.line;
/** Keras has no such layer: test/truth/keras_layers.py has them, by their formulas. */
const NOT_IN_KERAS = ["drop_path", "position_embedding", "class_token", "layer_scale", "locally_connected2d", "k_max_pool", "rrelu", "sine_position_encoding", "parameter", "matmul", "fourier_features", "sine", "relative_position_bias", "window_attention2d", "max_unpool2d", "sparsemax", "mixture", "unembedding", "reverse"];

describe("random networks have Keras' shapes and counts, line by line", () => {
  test.each(networks.map((n) => [n.seed, n] as const))("seed %i", (_seed, { lines, params, trainable }) => {
    const text = ["model M {", ...lines.map(([t]) => `  ${t}`), "}"].join("\n");
    const analysis = analyse("/m.nnet", text);
    // Random networks are no good ones: what checks say of them does not matter here.
    expect(analysis.findings.filter((f) => f.severity === "error" && !checked.has(f.code)).map((f) => f.message)).toEqual([]);
    const { model } = analysis.models[0]!;
    for (const [i, [written, shape, count]] of lines.entries()) {
      // A shared layer is written where it is declared, and Keras makes its weights at its first use.
      const nodes = model.nodes.filter((n) => lineOf(n.via[0] ?? n.site) === i + 1);
      if (!shape) {
        expect([written, nodes.length, count]).toEqual([written, 0, 0]);
        continue;
      }
      const found = nodes[nodes.length - 1]!.type!.shape.map((d) => (typeof d === "number" ? d : null));
      expect([written, found]).toEqual([written, shape]);
      expect([written, nodes.reduce((sum, n) => sum + (n.sharesWith === undefined ? nodeParams(n) : 0), 0)]).toEqual([written, count]);
    }
    expect(model.totals).toMatchObject({ params, trainable });
  });

  test("there are at least 300, and every layer that Keras has is in three of them or more", () => {
    expect(networks.length).toBeGreaterThanOrEqual(300);
    const used = new Map<string, number>();
    for (const { lines } of networks) {
      const words = new Set(lines.flatMap(([t]) => t.match(/[a-z]\w*/g) ?? []));
      for (const w of words) used.set(w, (used.get(w) ?? 0) + 1);
    }
    const rare = [...layers.keys()].filter((name) => !NOT_IN_KERAS.includes(name) && (used.get(name) ?? 0) < 3);
    expect(rare).toEqual([]);
  });
});
