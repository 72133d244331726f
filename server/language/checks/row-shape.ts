import type { Fix } from "../findings.ts";
import { type Dim, formatShape, product } from "../ops/dim.ts";
import { fitsShape } from "../ops/solving.ts";
import { rowShape } from "../data-settings.ts";
import { featureColumns, feedsOf, isFeature } from "../feeds.ts";
import { defineCheck, type Trained } from "./define.ts";
import { settingEdit, settingSite } from "./fixes.ts";
import { count } from "./places.ts";

/**
 * The model's input against what a row of the data holds: the shape that the files say, or the number of their feature
 * columns, and the `shape` that the block gives to it. What does not fit is refused before the first step.
 * Guards: columns of words, each category of which is a feature of its own; sizes that come with the data; a shape that
 * the block or the source's arguments say alone, which is compared without a file.
 */
export const rowShapeCheck = defineCheck({
  code: "row-shape",
  needsData: true,
  explains: ["features-unscaled"],
  *train(train) {
    const { model, data, declaration } = train;
    const input = model.inputs.length === 1 ? model.nodes[model.inputs[0]!] : undefined;
    const row = data && rowOf(data);
    if (!input?.type || !row || !data?.settings) return;
    const file = input.site.file;
    const takes = input.type.shape;
    const related = [{ site: input.site, message: `the model's input is ${formatShape(takes)}` }];
    const width = row.shape.reduce((a, b) => a * b, 1);
    const change = (shape: readonly Dim[]): Fix[] => [{ title: `Set shape = ${formatShape(shape)}`, edits: [settingEdit(file, data.declaration, "shape", formatShape(shape))] }];
    const fits = takes.every((d) => typeof d === "number") && product(takes) === width;
    const stated = data.settings.shape;
    if (stated) {
      const needs = stated.reduce((a, b) => a * b, 1);
      if (needs !== width) yield { code: "row-shape", severity: "error", site: settingSite(file, data.declaration, "shape"), about: [input.id], related, message: `shape = ${formatShape(stated)} is ${count(needs)} numbers a row, and ${row.what}`, ...(fits && { fixes: change(takes) }) };
      return;
    }
    if (rowShape(data.settings) || row.shapes.some((shape) => fitsShape(shape, takes))) return;
    const site = { file, line: declaration.line, span: (declaration.data ?? declaration.model).span };
    yield { code: "row-shape", severity: "error", site, about: [input.id], related, message: `model ${model.name} takes ${formatShape(takes)}, and ${row.what}${fits ? `; shape = ${formatShape(takes)} in data ${data.name} makes it fit` : ""}`, ...(fits && { fixes: change(takes) }) };
  },
});

interface Row {
  readonly shape: readonly number[];
  /** As training may take it. */
  readonly shapes: readonly (readonly number[])[];
  /** "a row of digits.gz is [28, 28], 784 numbers" */
  readonly what: string;
}

function rowOf({ profile, settings }: NonNullable<Trained["data"]>): Row | undefined {
  if (!profile || !settings || profile.words || feedsOf(settings)) return undefined;
  if (profile.shape) return { shape: profile.shape, shapes: [profile.shape, [...profile.shape, 1]], what: `a row of the file is ${formatShape(profile.shape)}, ${count(profile.shape.reduce((a, b) => a * b, 1))} numbers (measured)` };
  if (profile.label) return undefined;
  const { categories } = settings;
  const features = featureColumns(settings);
  const isChosen = isFeature(settings);
  const chosen = profile.columns.filter((c) => isChosen(c.name));
  if (chosen.length === 0 || chosen.some((c) => !c.numeric || categories?.includes(c.name)) || (features && chosen.length !== features.length)) return undefined;
  const [only] = chosen;
  if (chosen.length === 1 && only!.shape) return { shape: only!.shape, shapes: [only!.shape, [...only!.shape, 1]], what: `a row of array ${only!.name} is ${formatShape(only!.shape)}, ${count(only!.places ?? 1)} numbers (measured)` };
  if (chosen.some((c) => c.shape)) {
    const width = chosen.reduce((n, c) => n + (c.places ?? 1), 0);
    return { shape: [width], shapes: [[width]], what: `its ${count(chosen.length)} arrays have ${count(width)} numbers a row (measured)` };
  }
  const shape = [chosen.length];
  return { shape, shapes: [shape], what: `the file has ${count(chosen.length)} feature column${chosen.length === 1 ? "" : "s"} (counted)` };
}
