import type { Fix } from "../findings.ts";
import type { Node } from "../graph/graph.ts";
import type { Span } from "../syntax/tree.ts";

/** Sets an argument of a written layer: replaces its value, or adds it. */
export function setArgument(node: Node, name: string, text: string, title: string): Fix {
  return { title, edits: [argumentEdit(node, name, text)] };
}

export function argumentEdit(node: Node, name: string, text: string): Fix["edits"][number] {
  const { call, site } = node;
  const at = (span: Span) => ({ ...site, span });
  const names = Object.keys(node.layer!.params as object);
  const written = call?.args.find((a, i) => (a.name ? a.name.text === name : names[i] === name));
  if (written) return { site: at(written.value.span), text };
  if (call?.argsSpan) {
    const { endLine, end } = call.argsSpan;
    return { site: at({ line: endLine, start: end - 1, endLine, end: end - 1 }), text: `${call.args.length > 0 ? ", " : ""}${name} = ${text}` };
  }
  const { endLine, end } = site.span;
  return { site: at({ line: endLine, start: end, endLine, end }), text: `(${name} = ${text})` };
}

/** Puts another layer in the place of a written one. */
export function replaceLayer(node: Node, text: string, title: string): Fix {
  return { title, edits: [{ site: node.site, text }] };
}

/** Chains a layer after a written one. */
export function appendLayer(node: Node, text: string, title: string): Fix {
  const { endLine, end } = node.site.span;
  return { title, edits: [{ site: { ...node.site, span: { line: endLine, start: end, endLine, end } }, text: ` -> ${text}` }] };
}
