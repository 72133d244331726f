import type { DataSettings } from "../analysis.ts";
import { fedColumns, fedFiles, isFeature } from "../feeds.ts";
import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import type { DataProfile } from "../host.ts";
import { eachAlone } from "../outputs.ts";
import { type Answer, noAnswer, nothingToLearn, unsuitable } from "../unsuitable.ts";
import { defineCheck, type Trained } from "./define.ts";
import { eachOutput } from "./each-output.ts";
import { entryOf, fileOf, prependLayer, settingSite } from "./fixes.ts";
import { expectedLabel, labelOf } from "./label.ts";
import { at, count, short } from "./places.ts";

/**
 * Settings that are none for this model or label: what training would refuse before its first step, and by the same
 * words (unsuitable.ts). Guards: what hangs on the label is said where loss, last layer or the look at the file say what
 * it is.
 */
export const settingAgainstModel = defineCheck({
  code: "setting-against-model",
  *train(train) {
    const { model, settings, declaration, data } = train;
    if (!settings || !model.complete) return;
    const file = fileOf(model);
    for (const { setting, message } of [...unsuitable(model, data?.settings, settings, answersOf(train)), ...tooManyRows(train)]) {
      const entry = entryOf(declaration, setting);
      const fixes = entry ? [{ title: `Leave out ${setting}`, edits: [{ site: { file, line: entry.line ?? declaration.line, span: entry.span }, text: "" }] }] : [];
      yield { code: "setting-against-model", severity: "error", site: settingSite(file, declaration, setting), about: [], message, fixes };
    }
  },
});

/** `balance` needs the rows at once, and they go to disk past `memory`. */
function tooManyRows({ settings, data, model }: Trained): { setting: "balance"; message: string }[] {
  const { profile, settings: of } = data ?? {};
  if (!settings?.balance || !profile || !of || profile.words) return [];
  const width = profile.shape?.reduce((a, b) => a * b, 1) ?? widthOf(model, of, profile);
  const bytes = 4 * width * profile.total;
  // An estimate has to be past the bound by more than it may be wrong.
  if (bytes < (profile.complete ? 1 : 1.5) * of.memory) return [];
  return [{ setting: "balance", message: `balance needs all training rows in memory, and ${count(profile.total)} rows of ${count(width)} numbers are ${short(bytes / 2 ** 20)} MiB (${profile.complete ? "counted" : "estimated"}), more than memory = ${count(of.memory)} bytes; use class_weight = balanced, or give memory a larger number` }];
}

/** Numbers of a row as read. */
function widthOf(model: Model, settings: DataSettings, { columns }: DataProfile): number {
  const fed = fedColumns(model, settings);
  if (!fed) {
    const isChosen = isFeature(settings);
    return columns.filter((c) => isChosen(c.name)).length;
  }
  const files = fedFiles(model, settings);
  return fed.reduce((sum, names, i) => sum + (files?.[i]?.shape.reduce((a, b) => a * b, 1) ?? names.length), 0);
}

function answersOf(train: Trained): Answer[] {
  return eachOutput(train).map((own): Answer => {
    const { model, settings } = own;
    const [units] = model.nodes[model.outputs[0]!]!.type?.shape ?? [];
    // Words are classes whatever the loss is: a number is sure only where the file has been looked at.
    const expected = expectedLabel(model, settings!) === "class" ? "class" : undefined;
    return { name: model.outputNames[0]!, label: labelOf(own)?.kind ?? expected, outputs: typeof units === "number" ? units : 0 };
  });
}

/** A model that gives no single class or number a row: there is nothing to compare a label with. No guard: shapes are derived. */
export const outputShape = defineCheck({
  code: "output-shape",
  *train({ model, settings }) {
    if (!settings || settings.target === "input") return;
    for (const [i, { outputs: [id] }] of eachAlone(model).entries()) {
      const message = noAnswer(model, i);
      if (message !== undefined) yield at(model.nodes[id!]!, { code: "output-shape", severity: "error", message, fixes: toOneAxis(model, model.nodes[id!]!) });
    }
  },
});

/** What brings positions to one axis, before the last dense layer or else the activation that ends it. */
function toOneAxis(model: Model, output: Node): Fix[] {
  let node: Node | undefined = output;
  while (node?.layer?.activation) node = model.nodes[node.inputs[0]!];
  const before = node?.layer?.name === "dense" ? node : output.layer?.activation ? output : undefined;
  if (!before || before.via.length > 0 || (model.nodes[before.inputs[0]!]!.type?.shape.length ?? 0) < 2) return [];
  return [...(before === node ? ["flatten"] : []), "global_avg_pool"].map((way) => prependLayer(before, way, `Put ${way} before ${before.layer!.name}`));
}

/** A model without a weight to change: training would do nothing, at length. No guard: weights are counted. */
export const nothingToTrain = defineCheck({
  code: "nothing-to-train",
  *train({ model, settings }) {
    const { node, message } = (settings && model.complete && nothingToLearn(model)) || {};
    if (node?.layer && message !== undefined) yield at(node, { code: "nothing-to-train", severity: "error", message });
  },
});
