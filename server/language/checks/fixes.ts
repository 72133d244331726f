import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import type { DataDecl, Entry, Site, Span, TrainDecl } from "../syntax/tree.ts";

type Edit = Fix["edits"][number];

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

export const startOf = (site: Site): Site => ({ ...site, span: { ...site.span, endLine: site.span.line, end: site.span.start } });

/** Chains a layer before a written one. */
export function prependLayer({ site }: Node, text: string, title: string): Fix {
  return { title, edits: [{ site: startOf(site), text: `${text} -> ` }] };
}

/** What has a gradient for z ≤ 0, where a ReLU has none; the last two less and less of one. */
const LEAKY = [
  { name: "leaky_relu", what: "which keeps a gradient for z ≤ 0" },
  { name: "prelu", what: "whose slope for z ≤ 0 is learned" },
  { name: "rrelu", what: "whose slope for z ≤ 0 is drawn in training" },
  { name: "elu", what: "whose gradient for z ≤ 0 is e^z", fades: true },
  { name: "gelu", what: "whose gradient fades for z far below 0", fades: true },
];

/** Other activations in the place of ReLUs; `far`: z lies so far below 0 that a gradient that fades would not do. */
export function replaceRelu(relus: readonly Node[], far: boolean): Fix[] {
  return LEAKY.filter((l) => !far || !l.fades).map(({ name, what }) => ({ title: `Use ${name}, ${what}`, edits: unique(relus.map((r) => ({ site: r.site, text: name }))) }));
}

/** One edit a place: a loop has many layers with one text. */
export function unique(edits: readonly Edit[]): Edit[] {
  return [...new Map(edits.map((e) => [`${e.site.file}:${e.site.line.number}:${e.site.span.line}:${e.site.span.start}`, e])).values()];
}

/** A column as a block names it. */
export const columnName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** The file that a model is used in, which is its data's and its training's. */
export const fileOf = (model: Model): string => model.nodes[0]?.site.file ?? "";

/** The written setting of a block. */
export function entryOf(decl: DataDecl | TrainDecl, key: string): Entry | undefined {
  return decl.settings.entries.find((e) => e.key.text === key);
}

/** Where a setting's value stands, or else the block's name. */
export function settingSite(file: string, decl: DataDecl | TrainDecl, key: string): Site {
  const entry = entryOf(decl, key);
  const name = decl.kind === "data" ? decl.name : decl.model;
  return entry ? { file, line: entry.line ?? decl.line, span: entry.value.span } : { file, line: decl.line, span: name.span };
}

/** Changes a setting's value, or adds the setting before the last one. */
export function settingEdit(file: string, decl: DataDecl | TrainDecl, key: string, text: string): Edit {
  if (entryOf(decl, key)) return { site: settingSite(file, decl, key), text };
  const last = decl.settings.entries[decl.settings.entries.length - 1];
  if (!last) {
    const { line, start } = decl.settings.span;
    return { site: { file, line: decl.line, span: { line, start: start + 1, endLine: line, end: start + 1 } }, text: ` ${key} = ${text} ` };
  }
  const { line, start } = last.key.span;
  const own = last.line !== undefined && last.line !== decl.line;
  const after = own ? `\n${" ".repeat(start)}` : " ";
  return { site: { file, line: last.line ?? decl.line, span: { line, start, endLine: line, end: start } }, text: `${key} = ${text}${after}` };
}

/** Takes a layer out of the chain that it is written in, with the arrow before it; undefined where it stands in no line with that one. */
export function dropEdit(before: Node | undefined, node: Node): Edit | undefined {
  if (!before?.layer || before.site.file !== node.site.file || before.site.line !== node.site.line || before.site.span.endLine !== node.site.span.line || before.site.span.end >= node.site.span.start) return undefined;
  const { endLine: line, end: start } = before.site.span;
  const { endLine, end } = node.site.span;
  return { site: { ...node.site, span: { line, start, endLine, end } }, text: "" };
}
