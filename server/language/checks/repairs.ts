import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import { sameShape } from "../ops/dim.ts";
import type { Site } from "../syntax/tree.ts";
import { argumentEdit, startOf, unique } from "./fixes.ts";
import { isNorm, readersOf } from "./graph.ts";

type Edit = Fix["edits"][number];

const endOf = (site: Site): Site => ({ ...site, span: { line: site.span.endLine, start: site.span.end, endLine: site.span.endLine, end: site.span.end } });

export function startFrom(layers: readonly Node[], init: string): Fix {
  return { title: `Start from ${init}`, edits: initEdits(layers, init) };
}

function initEdits(layers: readonly Node[], init: string): Edit[] {
  return unique(layers.filter((n) => n.layer!.params["init"]).map((n) => argumentEdit(n, "init", init)));
}

/** Another nonlinearity, and the initialization that keeps its signal. */
export function swapActivation(activations: readonly Node[], layers: readonly Node[], to: string, init: string): Fix {
  return { title: `Use ${to}, and start from ${init}`, edits: [...unique(activations.map((n) => ({ site: n.site, text: to }))), ...initEdits(layers, init)] };
}

/** What a flat nonlinearity is exchanged for, with the start that keeps its signal: He et al. 2015, Clevert et al. 2016, Hendrycks and Gimpel 2016, Klambauer et al. 2017. */
const STEEP = [["relu", "he_normal"], ["elu", "he_normal"], ["gelu", "he_normal"], ["selu", "lecun_normal"]] as const;

export function swapFlat(activations: readonly Node[], layers: readonly Node[]): Fix[] {
  return STEEP.map(([to, init]) => swapActivation(activations, layers, to, init));
}

/** The state of recurrent layers keeps its size. */
export function steadyState(layers: readonly Node[]): Fix[] {
  const recurrent = layers.filter((n) => n.layer!.params["recurrent_init"]);
  return recurrent.length === 0 ? [] : [{ title: "Start the state from orthogonal", edits: unique(recurrent.map((n) => argumentEdit(n, "recurrent_init", "orthogonal"))) }];
}

/** A batch norm behind each of these layers, whose bias it would take away. */
export function normalizeAfter(layers: readonly Node[]): Fix {
  const unbiased = layers.filter((n) => n.layer!.params["bias"] && n.args["bias"] === true).map((n) => argumentEdit(n, "bias", "false"));
  return { title: `Insert batch_norm after ${layers.length === 1 ? layers[0]!.layer!.name : "each layer"}`, edits: unique([...unbiased, ...layers.map((n) => ({ site: endOf(n.site), text: " -> batch_norm" }))]) };
}

export function normalizeBefore(merges: readonly Node[]): Fix {
  return { title: "Insert layer_norm before each", edits: unique(merges.map((n) => ({ site: startOf(n.site), text: "layer_norm -> " }))) };
}

/** `add { dense(64) -> relu } { identity }`, where a layer and what follows it in its line keep the shape; `first` and `last` frame the branch. */
export function wrapResidual(model: Model, layers: readonly Node[], title: string, first = "", last = ""): Fix | undefined {
  const edits: Edit[] = [];
  for (const layer of layers) {
    const end = lastOfLine(model, layer);
    const before = model.nodes[layer.inputs[0]!]!;
    if (!before.type || !end?.type || !sameShape(before.type.shape, end.type.shape)) continue;
    edits.push({ site: startOf(layer.site), text: `add { ${first}` }, { site: endOf(end.site), text: `${last} } { identity }` });
  }
  const found = unique(edits);
  return found.length > 0 ? { title, edits: found } : undefined;
}

/** A normalization at the start of each branch of a sum, or a small factor at its end. */
export function extendBranches(sums: readonly { readonly first: Node; readonly last: Node }[]): Fix[] {
  const before = unique(sums.map((s) => ({ site: startOf(s.first.site), text: "layer_norm -> " })));
  const behind = unique(sums.map((s) => ({ site: endOf(s.last.site), text: " -> layer_scale(0.1)" })));
  return [{ title: "Normalize at the start of each branch", edits: before }, { title: "Scale the end of each branch down", edits: behind }];
}

/** The last of the activations, norms and dropouts that follow a layer in its own line. */
function lastOfLine(model: Model, layer: Node): Node | undefined {
  const readers = readersOf(model);
  let at = layer;
  for (;;) {
    const next = readers.only(at.id);
    const follows = next?.layer && next.inputs.length === 1 && next.site.line === layer.site.line && (next.layer.activation || isNorm(next) || next.layer.name === "dropout");
    if (!follows) return at;
    at = next;
  }
}
