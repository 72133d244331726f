import type { Model } from "../../language/index.ts";
import type { Part } from "../data/part.ts";
import type { Table, WeightData } from "./engine.ts";

const ROWS = 256;

/** What `normalization` layers measure: mean and variance of what flows into them, per channel. `valuesOf` gives a node's values for some rows; `forget` is told of tables that are gone. */
export async function inputMoments(model: Model, part: Part, valuesOf: (node: number, table: Table, rows: Int32Array) => Float32Array, forget: (table: Table) => void): Promise<Map<string, WeightData>> {
  const found = new Map<string, WeightData>();
  for (const node of model.nodes) {
    if (node.layer?.name !== "normalization" || node.sharesWith !== undefined) continue;
    const channels = node.weights[0]!.spec.shape[0] as number;
    const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
    let count = 0;
    for (const piece of part.all(ROWS)) {
      const table = await piece.table();
      for (const rows of piece.batches) {
        const values = valuesOf(node.inputs[0]!, table, rows);
        for (const [i, v] of values.entries()) {
          sum[i % channels]! += v;
          squares[i % channels]! += v * v;
        }
        count += values.length / channels;
      }
      if (piece.passing) forget(table);
    }
    const shape = [channels];
    found.set(`${node.name}/mean`, { shape, data: Float32Array.from(sum, (s) => s / count) });
    found.set(`${node.name}/variance`, { shape, data: Float32Array.from(squares, (s, i) => Math.max(s / count - (sum[i]! / count) ** 2, 0)) });
  }
  return found;
}
