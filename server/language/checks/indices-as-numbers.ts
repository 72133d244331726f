import type { Model, Node } from "../graph/graph.ts";
import { LOOK_UP } from "../layers/embedding.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { prependLayer } from "./fixes.ts";
import { at } from "./places.ts";

/**
 * Indices that are multiplied with weights as if they were amounts: word 40 is not twice word 20, and large indices
 * outweigh all others. By what `int` means: whole numbers that name something.
 * Guards: images (rank 3 and more), whose whole numbers are amounts; what is rescaled, normalized or compared first; the
 * same layer behind an embedding.
 */
export const indicesAsNumbers = defineCheck({
  code: "indices-as-numbers",
  explains: ["exploding-gradient", "saturated-units", "learning-rate", "no-nonlinearity"],
  *model(model) {
    for (const id of model.inputs) {
      const input = model.nodes[id]!;
      if (input.type?.dtype !== "int" || input.type.shape.length > 2) continue;
      const reader = multiplies(model, id);
      if (reader) yield finding(input, reader);
    }
  },
});

function finding(input: Node, reader: Node): CheckFinding {
  const name = reader.layer!.name;
  const { shaped, site } = input;
  // `words int [50]`: between the name and the sizes.
  const between = shaped && { ...site, span: { line: site.span.endLine, start: site.span.end, endLine: shaped.span.line, end: shaped.span.start } };
  return at(reader, {
    code: "indices-as-numbers", severity: "warning",
    message: `${name} multiplies the indices that input ${input.name} gives as if they were amounts (derived: index 40 counts twice as much as 20); look them up first: embedding(tokens, size), or let them be numbers: without int`,
    related: [{ site, message: `input ${input.name} gives indices` }],
    fixes: [
      ...(name === "dense" ? [prependLayer(reader, `${LOOK_UP} -> flatten`, `Put ${LOOK_UP} -> flatten before it`)] : []),
      ...(between ? [{ title: "Let them be numbers: without int", edits: [{ site: between, text: " " }] }] : []),
    ],
  });
}

/** The first layer with a kernel that indices flow into, by layers that only move them. */
function multiplies({ nodes }: Model, input: number): Node | undefined {
  const moved = new Set([input]);
  for (const node of nodes) {
    if (!node.layer || !node.inputs.some((i) => moved.has(i))) continue;
    if (node.type?.dtype === "int") moved.add(node.id);
    else if (!node.layer.takesIndices && moved.has(node.inputs[0]!) && node.weights.some((w) => w.spec.decays)) return node;
  }
  return undefined;
}
