import { formatShape } from "../ops/dim.ts";
import { madeBy, required } from "../params.ts";
import { defineLayer, last, learned } from "./define.ts";
import type { OptionValue } from "../values.ts";

interface Table {
  readonly tokens: number;
  readonly size: number;
  readonly init: OptionValue;
  readonly frozen: boolean;
}

export const unembedding = defineLayer({
  name: "unembedding",
  family: "core",
  doc: "A score for each index: x·Eᵀ with the rows E of an embedding, [..., size] → [..., tokens]. The weights are the embedding's, counted once, and learn from both uses: the tied head of a language model. Press and Wolf 2017.",
  example: "input tokens int [16]\nembedding(100, 8) as words -> position_embedding\nattention(2, causal = true)\nunembedding(words) -> softmax",
  params: { words: required(madeBy("embedding"), "The embedding whose rows are meant, by the name of its result: `embedding(50_257, 768) as words`.") },
  borrows: "words",
  check: (a, [x]) => {
    const { size, tokens } = a.words.by as unknown as Table;
    if (x!.length >= 1 && last(x!) === size) return undefined;
    return { code: "shapes-do-not-fit", message: `unembedding: ${formatShape(x!)} flows in, and a row of embedding(${tokens}, ${size}) has ${size} numbers${x!.length > 0 ? `; dense(${size}) before it would fit` : ""}`, ...(x!.length > 0 && { before: `dense(${size})` }) };
  },
  weights: (a) => {
    const { tokens, size, init, frozen } = a.words.by as unknown as Table;
    return { table: learned([tokens, size], init, frozen) };
  },
  forward: (ops, _a, [x], w) => ops.matmul(x!, ops.transpose(w.table!, [1, 0])),
  also: ["attend", "lm_head", "tied_dense", "tied_embedding", "reverse_embedding", "reversible_embedding"],
});
