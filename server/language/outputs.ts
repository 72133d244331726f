import type { DataAnalysis, DataSettings, TrainSettings } from "./analysis.ts";
import type { Finding } from "./findings.ts";
import type { Model } from "./graph/graph.ts";
import { Kept, perModel } from "./graph/kept.ts";
import { sources } from "./settings/sources/index.ts";
import { didYouMean } from "./suggest.ts";
import type { Entry, Settings, Site, TrainDecl } from "./syntax/tree.ts";
import { type OptionValue, own } from "./values.ts";

/** What each output of a model is compared with, and how its loss counts. */

type Labelled = Pick<DataSettings, "label">;
type Lossy = Pick<TrainSettings, "loss" | "loss_weight">;

export interface Compared {
  readonly name: string;
  /** Id of the node. */
  readonly node: number;
  /** Undefined: the source's own labels, or none is given. */
  readonly column: string | undefined;
  /** Undefined: by the label. */
  readonly loss: OptionValue | undefined;
  /** Factor of its loss. */
  readonly weight: number;
}

/** What a setting says of each output; undefined where it does not tell outputs apart. */
const groupsIn = (value: string | OptionValue | undefined): Readonly<Record<string, unknown>> | undefined => (typeof value === "object" && value.name === "outputs" ? value.args : undefined);

/** Every column that is a label, in the order written. */
export function labelColumns({ label }: Labelled): readonly string[] {
  if (label === undefined) return [];
  return Object.values(groupsIn(label) ?? { label }) as string[];
}

/** One entry for each output, in the model's order. */
export function comparedOf(model: Model, data: Labelled | undefined, train: Lossy | undefined): readonly Compared[] {
  const [labels, losses, weights] = [data?.label, train?.loss, train?.loss_weight].map(groupsIn);
  return model.outputs.map((node, i) => {
    const name = model.outputNames[i]!;
    return {
      name, node,
      column: labels ? (own(labels, name) as string | undefined) : model.outputs.length === 1 ? (data?.label as string | undefined) : undefined,
      loss: losses ? (own(losses, name) as OptionValue | undefined) : train?.loss,
      weight: (own(weights, name) as number | undefined) ?? 1,
    };
  });
}

/** The same label, with the columns in the order of the model's outputs: those of other models left out. */
export function labelInOrder(model: Model, data: Labelled): DataSettings["label"] {
  if (!groupsIn(data.label)) return data.label;
  const args = Object.fromEntries(comparedOf(model, data, undefined).flatMap(({ name, column }) => (column === undefined ? [] : [[name, column]])));
  return { ...(data.label as OptionValue), args };
}

/** For each output the model that has it alone: what looks at the end of a model looks at one end. */
export const eachAlone = perModel((model): readonly Model[] => (model.outputs.length === 1 ? [model] : model.outputs.map((id, i) => ({ ...model, outputs: [id], outputNames: [model.outputNames[i]!], kept: new Kept() }))));

/** Outputs that nothing is compared with, and names that no output has. `site`: of a span of the train block. */
export function outputFindings(model: Model, { name: data, settings, declaration }: DataAnalysis, train: TrainDecl, site: (span: Site["span"]) => Site): Finding[] {
  const at = (entry: Entry, span: Site["span"], line: Site["line"]): Site => ({ ...site(span), line: entry.line ?? line });
  const related = model.outputs.map((id, i) => ({ site: model.nodes[id]!.site, message: `${model.outputNames[i]} is an output` }));
  const called = (settingsOf: Settings, key: string) => {
    const entry = settingsOf.entries.find((e) => e.key.text === key);
    return entry?.value.kind === "call" && entry.value.callee.text === "outputs" ? { entry, args: entry.value.args } : undefined;
  };
  const found: Finding[] = [];
  for (const key of ["loss", "loss_weight"]) {
    const { entry, args } = called(train.settings, key) ?? {};
    for (const { name } of args ?? []) {
      if (!name || model.outputNames.includes(name.text)) continue;
      const near = didYouMean(name.text, model.outputNames);
      const place = at(entry!, name.span, train.line);
      found.push({ code: "unknown-output", severity: "error", site: place, message: `${key}: model ${model.name} has no output ${name.text}${near.text || `; it has ${model.outputNames.join(", ")}`}`, related, ...(near.name !== undefined && { fixes: [{ title: `Change to ${near.name}`, edits: [{ site: place, text: near.name }] }] }) });
    }
  }
  if (!settings) return found;
  const target = train.settings.entries.find((e) => e.key.text === "target" && e.value.kind === "name" && e.value.name === "input");
  if (target && model.outputs.length > 1) return [...found, { code: "several-outputs", severity: "error", site: at(target, target.value.span, train.line), message: `target = input compares one output with the row, and model ${model.name} has ${model.outputs.length} outputs; leave target out, or train a model with one output`, related }];
  const labels = called(declaration.settings, "label");
  if (!labels) {
    if (model.outputs.length < 2) return found;
    const { rows, name: source } = sources[settings.source.name]!;
    const example = `label = outputs(${model.outputNames.map((n) => `${n} = …`).join(", ")})`;
    const way = rows === "own" ? `${source} has one label a row; take csv or npz, whose columns can be told apart by ${example}` : `write ${example} in data ${data}`;
    return [...found, { code: "several-outputs", severity: "error", site: site(train.model.span), message: `model ${model.name} has ${model.outputs.length} outputs, and data ${data} does not say what each is compared with; ${way}`, related }];
  }
  for (const { name, column, node } of comparedOf(model, settings, undefined)) {
    if (column !== undefined) continue;
    const near = didYouMean(name, labels.args.flatMap((a) => (a.name && !model.outputNames.includes(a.name.text) ? [a.name.text] : [])));
    const written = labels.args.find((a) => a.name && a.name.text === near.name)?.name;
    const place = at(labels.entry, labels.entry.value.span, declaration.line);
    found.push({
      code: "several-outputs", severity: "error", site: place,
      message: `no column is what output ${name} of model ${model.name} is compared with${near.name ? `; did you mean it by ${near.name}?` : `: add ${name} = a column`}`,
      related: [{ site: model.nodes[node]!.site, message: `${name} is an output` }],
      ...(written && { fixes: [{ title: `Change ${written.text} to ${name}`, edits: [{ site: { ...place, span: written.span }, text: name }] }] }),
    });
  }
  return found;
}
