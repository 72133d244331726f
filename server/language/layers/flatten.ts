import { product } from "../ops/dim.ts";
import { defineLayer } from "./define.ts";

export const flatten = defineLayer({
  name: "flatten",
  family: "core",
  doc: "All axes become one, in row-major order: [h, w, c] → [h·w·c].",
  example: "input image [8, 8, 3]\nflatten\ndense(2)",
  params: {},
  forward: (ops, _args, [x]) => ops.reshape(x!, [product(ops.shape(x!))]),
  names: { keras: ["Flatten"], torch: ["Flatten"] },
});
