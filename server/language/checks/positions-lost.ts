import type { Model, Node } from "../graph/graph.ts";
import { viewsOf } from "../graph/receptive.ts";
import { defineCheck } from "./define.ts";
import { appendLayer } from "./fixes.ts";
import { isNorm, layersOf } from "./graph.ts";
import { at, short } from "./places.ts";

/** Of an image's shorter axis, what one position sees, from which on it tells by itself what is where. */
const SEES = 1 / 2;
/** Numbers of one part from which on it tells much by itself. */
const RICH = 64;
/** Each does the same at every position. */
const SAME = new Set(["dense", "dropout", "spatial_dropout", "drop_path", "gaussian_noise", "identity", "rescaling", "layer_scale", "add", "subtract", "multiply", "average", "maximum", "concat"]);

/**
 * Parts of an image that attention compares and a global pooling joins, without a word of where each one was: attention,
 * layers at each position and the pooling give the same whatever the order (Vaswani et al. 2017, section 3.5; Lee et al.
 * 2019, Set Transformer). Measured on digits: two blocks over 16 patches reach 0.63, with a position embedding 0.96. Of
 * large parts it matters less: 0.61 instead of 0.64 with patches of 16×16×3 (Dosovitskiy et al. 2020, table 8):
 * information.
 * Guards: anything that knows positions on some way (an embedding of positions, convolutions over them, recurrent
 * layers, causal attention, flatten); parts that see half of the image; tokens and series, of which the bag says much;
 * rows that are sets.
 */
export const positionsLost = defineCheck({
  code: "positions-lost",
  explains: ["receptive-field-short"],
  *model(model) {
    const [input] = model.inputs.map((id) => model.nodes[id]!);
    if (!model.complete || model.inputs.length !== 1 || input?.type?.dtype !== "float" || input.type.shape.length !== 3) return;
    for (const pool of layersOf(model, "global_avg_pool", "global_max_pool")) {
      const parts = partsOf(model, pool);
      if (!parts) continue;
      const views = viewsOf(model)[parts.inputs[0]!];
      const [height, width] = input.type.shape as readonly [number, number, number];
      const [rows, channels] = parts.type!.shape as readonly [number, number];
      // Rows of the image, each whole, or its places in a row.
      const whole = views?.every((v) => v.size === 1) === true && rows === height && channels === width * (input.type.shape[2] as number);
      const share = whole ? 1 / height : views && Math.min(...views.map((v, i) => v.size / [height, width][i]!));
      if (share === undefined || !(share < SEES)) continue;
      const numbers = whole ? channels : views!.reduce((n, v) => n * v.size, input.type.shape[2] as number);
      yield at(pool, {
        code: "positions-lost", severity: numbers < RICH ? "warning" : "information",
        message: `${pool.layer!.name} joins ${rows} parts of the image that only attention compares: in any other order they give the same (derived), and each sees ${short(100 * share)} % of its ${whole ? "height" : "shorter axis"}; put position_embedding behind ${parts.layer!.name}`,
        related: [{ site: parts.site, message: "here the parts come in an order" }],
        fixes: [appendLayer(parts, "position_embedding", "Put position_embedding behind it")],
      });
    }
  },
});

/** What lays an image's places out in a row, where nothing from there to the pooling knows their order and attention is in between. */
function partsOf(model: Model, pool: Node): Node | undefined {
  let parts: Node | undefined;
  let attends = false;
  const seen = new Set<number>();
  const queue = [pool.inputs[0]!];
  while (queue.length > 0) {
    const id = queue.pop()!;
    if (seen.has(id)) continue;
    seen.add(id);
    const node = model.nodes[id]!;
    const { layer, type, inputs } = node;
    const rank = type?.shape.length ?? 0;
    if (layer?.name === "reshape" && rank === 2 && type!.shape.every((d) => typeof d === "number") && model.nodes[inputs[0]!]!.type?.shape.length === 3) {
      if (parts && parts !== node) return undefined;
      parts = node;
      continue;
    }
    const attention = layer?.name === "attention" && inputs.length === 1 && node.args["causal"] !== true;
    attends ||= attention;
    if (!layer || rank !== 2 || !(attention || SAME.has(layer.name) || layer.activation || (isNorm(node) && layer.name !== "group_norm"))) return undefined;
    if (layer.name === "concat" && node.args["axis"] !== -1 && node.args["axis"] !== 1) return undefined;
    queue.push(...inputs);
  }
  return attends ? parts : undefined;
}
