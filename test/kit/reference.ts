// The generated part of docs/language.md. `node test/kit/reference.ts` (Node 24) rewrites it; a test compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultOf, optionSignature, shortSignature } from "../../server/features/support/text.ts";
import { weightParams } from "../../server/language/layers/define.ts";
import type { Family, LayerDef } from "../../server/language/layers/define.ts";
import { layers } from "../../server/language/layers/index.ts";
import { initializers } from "../../server/language/layers/initializers.ts";
import type { OptionDef, Param, Params } from "../../server/language/params.ts";
import { dataSettings } from "../../server/language/settings/data.ts";
import { trainSettings } from "../../server/language/settings/train.ts";

export const page = join(import.meta.dirname, "../../docs/language.md");
const BEGIN = "<!-- generated from the registry: begin -->\n";
const END = "<!-- generated from the registry: end -->\n";

const families: Readonly<Record<Family, string>> = {
  core: "Core",
  convolution: "Convolution",
  pooling: "Pooling and resizing",
  normalization: "Normalization",
  activation: "Activations",
  merging: "Merging",
  sequence: "Sequences",
};

/** The page with its generated part made anew. */
export function withReference(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("docs/language.md has lost the marks of its generated part");
  return text.slice(0, begin + BEGIN.length) + reference() + text.slice(end);
}

function reference(): string {
  const all = [...layers.values()];
  const parts = ["## Layers\n", "Arguments may be given in this order, or by name. *Required* ones come without a default. Where Keras has the layer, its semantics and defaults hold.\n"];
  parts.push(`Every layer with a kernel also takes:\n\n${table(weightParams)}`);
  for (const [family, title] of Object.entries(families)) {
    parts.push(`### ${title}\n`, ...all.filter((l) => l.family === family).map(layer));
  }
  parts.push("## Initializers\n", "For `init` and `bias_init`. Fans as Keras counts them.\n", options(initializers));
  parts.push("## Settings of `data`\n", table(dataSettings), ...choices(dataSettings));
  parts.push("## Settings of `train`\n", table(trainSettings), ...choices(trainSettings));
  return `${parts.join("\n")}\n`;
}

function layer(l: LayerDef): string {
  const own: Params = Object.fromEntries(Object.entries(l.params as Params).filter(([name, p]) => (weightParams as Params)[name] !== p));
  const elsewhere = [["Keras", l.names.keras], ["PyTorch", l.names.torch]].flatMap(([framework, name]) => (name ? [`${framework} \`${name[0]}\``] : []));
  const lines = [`#### \`${l.name}\``, "", `\`${shortSignature(l.name, l.params as Params, l.inputs === "many" ? "result, …" : undefined)}\``, "", l.doc, ""];
  if (Object.keys(own).length > 0) lines.push(table(own));
  if (elsewhere.length > 0) lines.push(`${elsewhere.join(", ")}.`, "");
  lines.push("```nnet", "model Example {", ...l.example.split("\n").map((line) => `  ${line}`), "}", "```", "");
  return lines.join("\n");
}

function table(params: Params): string {
  const rows = Object.entries(params).map(([name, p]) => `| \`${name}\` | ${cell(p.type.expected)} | ${byDefault(p)} | ${cell(p.doc)} |`);
  return ["| argument | takes | default | |", "|---|---|---|---|", ...rows, ""].join("\n");
}

function byDefault(p: Param<unknown>): string {
  const value = defaultOf(p);
  if (p.required) return "*required*";
  return value === undefined ? "" : /\s/.test(value) ? cell(value) : `\`${cell(value)}\``;
}

/** The named alternatives behind settings that have some. */
function choices(settings: Params): string[] {
  return Object.entries(settings).flatMap(([name, p]) => (p.type.options ? [`### \`${name}\`\n`, options(p.type.options)] : []));
}

function options(all: Readonly<Record<string, OptionDef>>): string {
  // What stands in the arguments of one that takes any names, such as text(column) in inputs(words = …).
  const inside = Object.values(all).flatMap((o) => Object.values(o.rest?.param.type.options ?? {})).filter((o) => all[o.name] === undefined);
  const rows = [...Object.values(all), ...inside].map((o) => `| \`${optionSignature(o)}\` | ${cell(o.doc)} |`);
  return ["| | |", "|---|---|", ...rows, ""].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

if (process.argv[1] === import.meta.filename) writeFileSync(page, withReference(readFileSync(page, "utf8")));
