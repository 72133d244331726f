import { type Analysis, type DataAnalysis, type DataSettings, type Document, formatShape, type Model, type ModelAnalysis, featureColumns, labelColumns, rowShape, sharesOf, sources, type TrainAnalysis } from "../../language/index.ts";
import { constraintTexts } from "../../language/ops/sizes.ts";
import { lex } from "../../language/syntax/lines.ts";
import type { ModelDecl } from "../../language/syntax/tree.ts";
import { show, type Value } from "../../language/values.ts";
import type { Bound } from "./cursor.ts";
import { amountsText } from "./amounts.ts";
import { shapeText } from "./layer-card.ts";
import { resultsOf, type Run } from "./model-lines.ts";
import { profileText } from "./profile-text.ts";
import { code, counted } from "./text.ts";

/** A model: what it takes and gives, and what it amounts to. */
export function modelCard({ declaration, model }: ModelAnalysis, batch?: number): string {
  return join(code(header(declaration)), declaration.doc, flow(model), totals(model, batch));
}

/** Rows of a batch, as the file trains the model. */
export function batchOf({ trains }: Analysis, model: Model): number | undefined {
  return trains.find((t) => t.model === model || t.declaration.model.text === model.name)?.settings?.batch;
}

export function trainCard({ data, settings, model: trained }: TrainAnalysis, model: ModelAnalysis): string {
  return join(modelCard({ ...model, model: trained ?? model.model }, settings?.batch), data ? `Trained on data \`${data.name}\`.` : undefined);
}

/** A block, and what this use of it came to. */
export function blockCard(declaration: ModelDecl | undefined, _document?: Document, runs: readonly Run[] = []): string | undefined {
  if (!declaration) return undefined;
  return join(code(header(declaration)), usesOf(runs), declaration.doc);
}

export function dataCard(data: DataAnalysis | undefined): string | undefined {
  if (!data) return undefined;
  const { settings, declaration, name } = data;
  if (!settings) return join(code(`data ${name}`), declaration.doc);
  const path = Object.entries(sources[settings.source.name]!.params).flatMap(([name, p]) => (p.type.path ? [settings.source.args[name]] : []))[0];
  const shape = rowShape(settings);
  const shares = sharesOf(settings);
  const given = sources[settings.source.name]!.rows;
  const from = featureColumns(settings)?.map((f) => `\`${f}\``).join(", ") ?? (given === "text" ? "the words" : "the other columns");
  return join(
    code(`data ${name}`),
    declaration.doc,
    `Rows of \`${typeof path === "string" ? path : settings.source.name}\`${given === "own" ? " with their labels" : `; ${predicted(settings)} predicted from ${from}`}${shape ? `, as \`${formatShape(shape)}\`` : ""}.`,
    !shares ? `Column \`${settings.split as string}\` says which rows are for training, validation and test.` : `Train, validation${shares.length > 2 ? ", test" : ""}: ${shares.map((s) => `${Number((100 * s).toFixed(2))} %`).join(", ")}${settings.test ? `; the test rows are those of \`${settings.test.name}\`` : ""}.`,
    profileText(data),
  );
}

function predicted(settings: DataSettings): string {
  const columns = labelColumns(settings).map((name) => `\`${name}\``);
  return `${columns.length < 2 ? columns.join("") : `${columns.slice(0, -1).join(", ")} and ${columns.at(-1)}`} ${columns.length < 2 ? "is" : "are"}`;
}

const WHAT: Readonly<Record<Bound["what"], string>> = {
  parameter: "a parameter",
  input: "an input",
  let: "",
  as: "the result named here",
  shared: "one instance: every use shares its weights, counted once",
  loop: "a loop's variable",
  symbol: "a size that is known only when data comes, the same wherever it stands in the model",
};

/** A name: the line that gives it, and its shape where it is a result. */
export function nameCard({ name, what, range }: Bound, document: Document, analysis: Analysis): string {
  const line = range.start.line;
  const text = what === "parameter" ? `${name}${defaultText(document, range)}` : what === "symbol" || what === "as" ? name : document.lineText(line).trim().replace(/\s*\{?\s*(\/\/.*)?$/, "");
  // Of `c ? a : b` the graph tells only what the layers in it gave.
  const chosen = document.lineText(line).includes("?") || /^\s*\?/.test(document.lineText(line + 1));
  const runs = (what === "let" && !chosen) || what === "shared" ? resultsOf(analysis, line) : [];
  const shapes = new Set(what === "as" || what === "input" ? namedShapes(name, line, analysis) : runs.map((r) => shapeText(r.last)));
  return join(code(text), [WHAT[what], [...shapes].slice(0, 8).join(", ")].filter((s) => s !== "").join(": ") || undefined, what === "symbol" ? needsOf(name, line, analysis) : undefined);
}

/** What the layers ask of a symbol: "Needs `N ≥ 5`." */
function needsOf(name: string, line: number, { models }: Analysis): string | undefined {
  const found = models.findLast((m) => m.declaration.line.number <= line)?.model;
  const needs = constraintTexts(found?.nodes.flatMap((n) => n.constraints) ?? []).filter((t) => new RegExp(`\\b${name}\\b`).test(t));
  return needs.length > 0 ? `Needs ${needs.map((t) => `\`${t}\``).join(", ")}.` : undefined;
}

/** `= 10` of `classes = 10`. */
function defaultText(document: Document, { start, end }: Bound["range"]): string {
  const rest = document.lineText(start.line).slice(end.character);
  let depth = 0;
  for (const token of lex(rest).tokens) {
    if (token.image === "(" || token.image === "[") depth++;
    if (token.image === ")" || token.image === "]") depth--;
    if (depth < 0 || (depth === 0 && token.image === ",")) return rest.slice(0, token.startOffset).trimEnd();
  }
  return "";
}

function namedShapes(name: string, line: number, { models, path }: Analysis): string[] {
  return models.flatMap(({ model }) => model.nodes.filter((n) => n.site.file === path && n.site.line.number + n.site.span.line === line && (n.name === name || n.name.endsWith(`/${name}`))).map(shapeText));
}

function usesOf(runs: readonly Run[]): string | undefined {
  if (runs.length === 0) return undefined;
  const alike = new Set(runs.map((r) => `${shapeText(r.last)}${r.params > 0 ? `, ${counted(r.params, "parameter")}` : ""}`));
  return `${runs.length > 1 ? `${runs.length} uses: ` : ""}${[...alike].slice(0, 8).map((s) => `→ ${s}`).join("; ")}`;
}

function header({ kind, name, params }: ModelDecl): string {
  return `${kind} ${name.text}${params.length > 0 ? `(${params.map((p) => p.name.text + (p.default ? ` = ${literal(p.default)}` : "")).join(", ")})` : ""}`;
}

function literal(expr: NonNullable<ModelDecl["params"][number]["default"]>): string {
  if (expr.kind === "number") return expr.text;
  if (expr.kind === "name") return expr.name;
  return expr.kind === "text" || expr.kind === "bool" ? show(expr.value as Value) : "…";
}

function flow({ nodes, inputs, outputs }: Model): string | undefined {
  if (inputs.length === 0) return undefined;
  const side = (ids: readonly number[]) => ids.map((id) => shapeText(nodes[id])).join(", ");
  return `${side(inputs)} → ${side(outputs)}`;
}

function totals(model: Model, batch?: number): string {
  const { totals: t, nodes } = model;
  const parts = amountsText(model, batch);
  if (t.unknown.length > 0) {
    const named = t.unknown.slice(0, 5).map((id) => `\`${nodes[id]!.name}\``).join(", ");
    parts.push(`Without ${counted(t.unknown.length, "layer")} that could not be worked out: ${named}${t.unknown.length > 5 ? ", …" : ""}.`);
  }
  const needs = constraintTexts(nodes.flatMap((n) => n.constraints));
  if (needs.length > 0) parts.push(`Needs ${needs.map((c) => `\`${c}\``).join(", ")}.`);
  return parts.join("  \n");
}

function join(...parts: (string | undefined)[]): string {
  return parts.filter((p) => p !== undefined && p !== "").join("\n\n");
}
