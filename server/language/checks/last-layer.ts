import type { Node } from "../graph/graph.ts";
import { defineCheck } from "./define.ts";
import { dropEdit, replaceLayer } from "./fixes.ts";
import { RECTIFIERS } from "./graph.ts";
import { at } from "./places.ts";

const DROPS = new Set(["dropout", "spatial_dropout", "gaussian_noise"]);

/**
 * What the loss compares. Dropout there sets outputs to 0 in every step: a probability of 0 for the right class has an
 * infinite cross-entropy. A ReLU there gives no negative number, and an output that is negative on every row has no
 * gradient.
 * Guards: only where a train block has a loss look at it (a model may be a part of another one); a ReLU whose data
 * reaches below 0 is output-range's, and one before a loss of probabilities is loss-against-activation's.
 */
export const lastLayer = defineCheck({
  code: "last-layer",
  explains: ["dropout-rate"],
  *train({ model }) {
    for (const id of model.outputs) {
      const node = model.nodes[id]!;
      const name = node.layer?.name ?? "";
      const edit = dropEdit(model.nodes[node.inputs[0] ?? -1], node);
      const away = edit ? [{ title: `Take ${name} away`, edits: [edit] }] : [];
      if (DROPS.has(name)) yield at(node, { code: "last-layer", severity: "warning", message: `${said(node)} is the last layer: ${noise(node)}, and the loss compares that with the label (derived); it belongs before the last layer with weights`, fixes: away });
      else if (RECTIFIERS.has(name)) yield at(node, { code: "last-layer", severity: "information", message: `${name} is the last layer: it gives no negative number, and an output that is negative on every row gets no gradient (derived: φ'(z) = 0 for z ≤ 0); end in a plain layer, or in softplus where the label is positive`, fixes: [...away, replaceLayer(node, "softplus", "End in softplus, which has a gradient everywhere")] });
    }
  },
});

function said({ layer, args }: Node): string {
  const { rate, deviation } = args as { rate?: number; deviation?: number };
  const amount = rate ?? deviation;
  return amount === undefined ? layer!.name : `${layer!.name}(${amount})`;
}

function noise({ layer, args }: Node): string {
  return layer!.name === "gaussian_noise" ? "every step adds noise to the outputs" : `every step sets ${Number((100 * (args as { rate: number }).rate).toPrecision(3))} % of the outputs to 0`;
}
