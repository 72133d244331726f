import { formatShape } from "../ops/dim.ts";
import { whole, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const k_max_pool = defineLayer({
  name: "k_max_pool",
  family: "pooling",
  doc: "The k largest of each channel along the positions, in the order in which they stand: [N, c] → [k, c], for any N ≥ k. Kalchbrenner et al. 2014.",
  example: "input words int [N]\nembedding(1000, 16)\nconv1d(8, 3) -> relu -> k_max_pool(2)\nflatten",
  params: { k: withDefault(whole(), 1, "How many are kept.") },
  check: (a, [x]) => {
    if (x!.length < 2) return { code: "wrong-rank", message: `k_max_pool needs positions×channels, rank 2, and receives rank ${x!.length}` };
    const n = x![0]!;
    if (typeof n !== "number" || n >= a.k) return undefined;
    return { code: "k-too-large", message: `k = ${a.k} exceeds the ${n} positions of ${formatShape(x!)}; the largest that fits is ${n}`, arg: "k", fit: { arg: "k", value: String(n), title: `k ${n}, the largest that fits` } };
  },
  forward: (ops, a, [x]) => ops.kMax(x!, a.k, 0),
});
