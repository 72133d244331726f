import { oneOf, required, whole, withDefault } from "../params.ts";
import { defineLayer, learned, weightParams } from "./define.ts";
import { initializers } from "./initializers.ts";

/** What is put before a layer that indices flow into: as many tokens as `text(…)` numbers, and a usual size. */
export const LOOK_UP = "embedding(20_000, 64)";

export const embedding = defineLayer({
  name: "embedding",
  family: "core",
  doc: "Looks up a learned row of `size` numbers for each index: [N] → [N, size]. Bengio et al. 2003.",
  example: "input words int [N]\nembedding(1000, 16)\nglobal_avg_pool\ndense(2)",
  params: {
    tokens: required(whole(), "Number of different indices."),
    size: required(whole(), "Numbers per index."),
    init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "uniform", args: { limit: 0.05 } }, "Initial rows.", "uniform(0.05)"),
    frozen: weightParams.frozen,
  },
  takesIndices: true,
  weights: (a) => ({ table: learned([a.tokens, a.size], a.init, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.gather(w.table!, x!),
  names: { keras: ["Embedding", { tokens: "input_dim", size: "output_dim" }], torch: ["Embedding", { tokens: "num_embeddings", size: "embedding_dim" }] },
});
