import type { Model } from "../../language/index.ts";
import type { Table, WeightData } from "./engine.ts";

const ROWS = 256;

/** What `normalization` layers measure: mean and variance of what flows into them, per channel. `valuesOf` gives a node's values for some rows. */
export function inputMoments(model: Model, table: Table, valuesOf: (node: number, rows: Int32Array) => Float32Array): Map<string, WeightData> {
  const found = new Map<string, WeightData>();
  for (const node of model.nodes) {
    if (node.layer?.name !== "normalization" || node.sharesWith !== undefined) continue;
    const channels = node.weights[0]!.spec.shape[0] as number;
    const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
    let count = 0;
    for (let from = 0; from < table.rows; from += ROWS) {
      const values = valuesOf(node.inputs[0]!, Int32Array.from({ length: Math.min(ROWS, table.rows - from) }, (_, i) => from + i));
      for (const [i, v] of values.entries()) {
        sum[i % channels]! += v;
        squares[i % channels]! += v * v;
      }
      count += values.length / channels;
    }
    const shape = [channels];
    found.set(`${node.name}/mean`, { shape, data: Float32Array.from(sum, (s) => s / count) });
    found.set(`${node.name}/variance`, { shape, data: Float32Array.from(squares, (s, i) => Math.max(s / count - (sum[i]! / count) ** 2, 0)) });
  }
  return found;
}
