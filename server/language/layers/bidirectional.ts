import { layerArg, required } from "../params.ts";
import { cells } from "./cells.ts";
import { defineLayer, type WeightSpec } from "./define.ts";
import { type CellArgs, checkSequence, run } from "./recurrent.ts";

const directions = ["forward", "backward"] as const;

export const bidirectional = defineLayer({
  name: "bidirectional",
  family: "sequence",
  doc: "A recurrent layer run from both ends, with weights of its own for each; the outputs are joined. Schuster and Paliwal 1997.",
  example: "input words int [N]\nembedding(1000, 16)\nbidirectional(lstm(8))\ndense(2)",
  params: { layer: required(layerArg(...Object.keys(cells)), "simple_rnn(…), lstm(…) or gru(…).") },
  check: (a, [x]) => {
    if (!cells[a.layer.name]) return { code: "not-recurrent", message: `bidirectional takes ${Object.keys(cells).join(", ")}, received ${a.layer.name}`, arg: "layer" };
    return checkSequence("bidirectional", x!);
  },
  weights: (a, inputs) => {
    const own = a.layer.layer.weights(a.layer.args, inputs);
    const both: Record<string, WeightSpec> = {};
    for (const d of directions) for (const [key, spec] of Object.entries(own)) both[`${d}_${key}`] = spec;
    return both;
  },
  forward: (ops, a, [x], w) => {
    const args = a.layer.args as unknown as CellArgs;
    const results = directions.map((d) => {
      const own = Object.fromEntries(Object.entries(w).flatMap(([key, weight]) => (key.startsWith(`${d}_`) ? [[key.slice(d.length + 1), weight]] : [])));
      return run(ops, cells[a.layer.name]!, x!, args, own, d === "backward");
    });
    return args.sequences ? ops.concat(results.map((r) => r.outputs), 1) : ops.concat(results.map((r) => r.last), 0);
  },
  names: { keras: ["Bidirectional", { layer: "layer" }] },
});
