import { type Dim, equal, formatShape } from "../ops/dim.ts";
import { bool, withDefault } from "../params.ts";
import { defineLayer } from "./define.ts";

export const matmul = defineLayer({
  name: "matmul",
  family: "merging",
  doc: "The matrix product of two results: [..., m, k] × [..., k, n] → [..., m, n], axes before the last two being equal. So a graph convolution mixes neighbours: `adjacency -> matmul(features)`.",
  example: "input adjacency [34, 34]\ninput features [34, 8]\nlet x = features -> dense(16)\nadjacency -> matmul(x) -> relu",
  params: { transposed: withDefault(bool(), false, "The second one is given as [..., n, k].") },
  inputs: "many",
  check: (args, inputs) => {
    if (inputs.length !== 2) return { code: "shapes-do-not-fit", message: `matmul takes two operands, received ${inputs.length}` };
    const [a, b] = inputs as [readonly Dim[], readonly Dim[]];
    const rows = args.transposed ? b[b.length - 1] : b[b.length - 2];
    const fits = a.length >= 2 && a.length === b.length && equal(a[a.length - 1]!, rows!) === true && a.slice(0, -2).every((d, i) => equal(d, b[i]!) === true);
    return fits ? undefined : { code: "shapes-do-not-fit", message: `matmul cannot multiply ${formatShape(a)} by ${formatShape(b)}${args.transposed ? " transposed" : ""}: [..., m, k] takes ${args.transposed ? "[..., n, k]" : "[..., k, n]"}` };
  },
  forward: (ops, args, [a, b]) => ops.matmul(a!, b!, args.transposed),
  also: ["bmm", "matrix_multiply"],
});
