import { oneOf, optional, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, learned, needsNumber, weightParams } from "./define.ts";
import { initializers } from "./initializers.ts";

export const position_embedding = defineLayer({
  name: "position_embedding",
  family: "core",
  doc: "Adds a learned row to each position: [N, c] → [N, c]. Gehring et al. 2017.",
  example: "input words int [32]\nembedding(1000, 16) -> position_embedding\nglobal_avg_pool",
  params: {
    max: optional(whole(), "Number of positions that have a row, where the length is a symbol.", "the length"),
    init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "normal", args: { std: 0.02 } }, "Initial rows; as in BERT and ViT.", "normal(0.02)"),
    frozen: weightParams.frozen,
  },
  check: (a, [x]) => {
    const wrong = checkRank("position_embedding", x!, 1) ?? needsNumber(x![1]!, "position_embedding", "its input's channels");
    if (wrong) return wrong;
    const n = x![0]!;
    if (typeof n !== "number" && a.max === undefined) return { code: "length-unknown", message: `position_embedding needs max = n: ${n} is known only when data comes`, gives: x!, fit: { arg: "max", value: "512", title: "max = 512" } };
    if (typeof n === "number" && a.max !== undefined && a.max < n) return { code: "length-unknown", message: `position_embedding has ${a.max} rows, and ${n} positions flow in`, arg: "max", gives: x!, fit: { arg: "max", value: String(n), title: `max = ${n}` } };
    return undefined;
  },
  weights: (a, [x]) => ({ rows: learned([a.max ?? x![0]!, x![1]!], a.init, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.add(x!, ops.slice(w.rows!, 0, 0, ops.shape(x!)[0]!)),
  names: { keras: ["keras_hub.PositionEmbedding", { max: "sequence_length" }] },
});
