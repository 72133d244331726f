import type { DataAnalysis, DataSettings } from "./analysis.ts";
import { settingEdit } from "./checks/fixes.ts";
import type { Finding } from "./findings.ts";
import type { Model, Node } from "./graph/graph.ts";
import type { DataProfile } from "./host.ts";
import { CHANNELS_IN_WORDS, isImage } from "./images.ts";
import { formatShape } from "./ops/dim.ts";
import { labelColumns } from "./outputs.ts";
import { sources } from "./settings/sources/index.ts";
import { didYouMean } from "./suggest.ts";
import { type OptionValue, own } from "./values.ts";
import type { Site } from "./syntax/tree.ts";

/** Which columns of a data block flow into which input of a model. */

type Features = Pick<DataSettings, "features">;

/** A column of sentences: how they become numbers. See settings/sources/text.ts. */
export interface TextFeed {
  readonly vocabulary: number;
  readonly length: number;
  readonly lowercase: boolean;
  readonly punctuation: boolean;
}

/** A column that names a file in each row. See settings/groups.ts. */
export interface FileFeed {
  readonly kind: "image" | "array";
  /** Of each of its arrays: the input's. */
  readonly shape: readonly number[];
  readonly scale: number;
}

type Fed = readonly string[] | OptionValue;

const groupsOf = ({ features }: Features): Readonly<Record<string, Fed>> | undefined => (features && "kind" in features ? (features.args as Readonly<Record<string, Fed>>) : undefined);
const columnsOf = (fed: Fed): readonly string[] => ("kind" in fed ? [fed.args["column"] as string] : fed);

/** Columns by the name of the input that they flow into; undefined where the block does not tell inputs apart. */
export function feedsOf(settings: Features): Readonly<Record<string, readonly string[]>> | undefined {
  const groups = groupsOf(settings);
  return groups && Object.fromEntries(Object.entries(groups).map(([name, fed]) => [name, columnsOf(fed)]));
}

/** For each of the model's inputs how the sentences that flow into it become numbers; undefined where none flow into any. */
export function fedTexts(model: Model, settings: Features): readonly (TextFeed | undefined)[] | undefined {
  const groups = groupsOf(settings);
  const found = inputsOf(model).map(({ name }): TextFeed | undefined => {
    const fed = own(groups, name) ?? [];
    return "kind" in fed && fed.name === "text" ? (fed.args as unknown as TextFeed) : undefined;
  });
  return found.some((f) => f !== undefined) ? found : undefined;
}

/** For each of the model's inputs how the files that its column names become numbers; undefined where none flow into any. */
export function fedFiles(model: Model, settings: Features): readonly (FileFeed | undefined)[] | undefined {
  const groups = groupsOf(settings);
  const found = inputsOf(model).map(({ name, type }): FileFeed | undefined => {
    const fed = own(groups, name) ?? [];
    return "kind" in fed && fed.name !== "text" ? { kind: fed.name as FileFeed["kind"], shape: (type?.shape ?? []).filter((d) => typeof d === "number"), scale: fed.args["scale"] as number } : undefined;
  });
  return found.some((f) => f !== undefined) ? found : undefined;
}

/** What reads a column otherwise than as it stands, by input. */
export const columnKinds = (settings: Features) => Object.entries(groupsOf(settings) ?? {}).flatMap(([input, fed]) => ("kind" in fed ? [{ input, name: fed.name, column: columnsOf(fed)[0]!, call: `${fed.name}(${columnsOf(fed)[0]})` }] : []));

/** Columns that are read as sentences or as names of files, whatever their values are. */
export const wordColumns = (settings: Features): readonly string[] => Object.values(groupsOf(settings) ?? {}).flatMap((fed) => ("kind" in fed ? columnsOf(fed) : []));

/** Every column that is a feature, in the order written; undefined: all but the label. */
export function featureColumns({ features }: Features): readonly string[] | undefined {
  if (!features || !("kind" in features)) return features;
  return Object.values(feedsOf({ features })!).flat();
}

/** Whether a column of a table is a feature. */
export function isFeature(settings: Pick<DataSettings, "features" | "label" | "split">): (name: string) => boolean {
  const named = featureColumns(settings);
  const [features, labels] = [named && new Set(named), labelColumns(settings)];
  return (name) => (features ? features.has(name) : !labels.includes(name) && name !== settings.split);
}

/** Columns of each of the model's inputs, in the model's order; undefined where a row flows whole into its one input, or an input is left out. */
export function fedColumns(model: Model, settings: Features): readonly (readonly string[])[] | undefined {
  const feeds = feedsOf(settings);
  const found = feeds && inputsOf(model).map(({ name }) => own(feeds, name));
  return found?.every((f) => f !== undefined) ? found : undefined;
}

const inputsOf = (model: Model): Node[] => model.inputs.map((id) => model.nodes[id]!);

/** Inputs that no column flows into, and columns that are too many or too few. `site`: where the train block names its data. */
export function feedFindings(model: Model, { name: data, settings, declaration, profile }: DataAnalysis, site: Site): Finding[] {
  if (!settings) return [];
  const inputs = inputsOf(model);
  const feeds = feedsOf(settings);
  const related = inputs.map((n) => ({ site: n.site, message: `${n.name} is an input` }));
  const source = sources[settings.source.name]!;
  /** Columns that are called as the inputs are. */
  const alike = inputs.map(({ name }) => (profile?.columns.some((c) => c.name === name) ? name : undefined));
  const groups = `inputs(${inputs.map(({ name }, i) => `${name} = ${alike[i] ?? (source.arrays ? "an array" : "[…]")}`).join(", ")})`;
  const example = `features = ${groups}`;
  if (!feeds) {
    if (inputs.length < 2) return [];
    const way = source.rows === "columns" ? `write ${example} in data ${data}` : `${source.name} gives one array a row; ${source.name === "npy" || source.name === "idx" ? `take npz, whose arrays have names: numpy.savez("rows.npz", ${inputs.map(({ name }) => `${name}=…`).join(", ")}, y=…), and source = npz("rows.npz"), label = y, features = inputs(${inputs.map(({ name }) => `${name} = ${name}`).join(", ")}); or ` : ""}take csv, whose columns can be told apart by features = inputs(${inputs.map(({ name }) => `${name} = […]`).join(", ")}): a column may name a file for each row, as in ${inputs[0]!.name} = ${source.name === "folder" ? "image" : "array"}(column)`;
    const fix = alike.every((name) => name !== undefined) ? [{ title: `Set ${example}`, edits: [settingEdit(site.file, declaration, "features", groups)] }] : [];
    return [{ code: "input-not-fed", severity: "error", site, message: `model ${model.name} takes ${inputs.slice(0, -1).map((n) => n.name).join(", ")} and ${inputs.at(-1)!.name}, and data ${data} does not say what flows into which; ${way}`, related, ...(fix.length > 0 && { fixes: fix }) }];
  }
  const entry = declaration.settings.entries.find((e) => e.key.text === "features")!;
  const place: Site = { ...site, line: entry.line ?? declaration.line, span: entry.value.span };
  return inputs.flatMap((input): Finding[] => {
    const columns = own(feeds, input.name);
    if (!columns) {
      const near = didYouMean(input.name, Object.keys(feeds).filter((f) => !inputs.some((n) => n.name === f)));
      const written = entry.value.kind === "call" ? entry.value.args.find((a) => a.name && a.name.text === near.name)?.name : undefined;
      return [{
        code: "input-not-fed", severity: "error", site: place,
        message: `no column flows into input ${input.name} of model ${model.name}${near.name ? `; did you mean it by ${near.name}?` : `: add ${input.name} = [a column, …]`}`,
        related: [{ site: input.site, message: `${input.name} is an input` }],
        ...(written && { fixes: [{ title: `Change ${written.text} to ${input.name}`, edits: [{ site: { ...place, span: written.span }, text: input.name }] }] }),
      }];
    }
    const at = inputs.indexOf(input);
    if (fedTexts(model, settings)?.[at]) return wrongForText(model, input, columns[0]!, place);
    const files = fedFiles(model, settings)?.[at];
    if (files) return wrongForFiles(model, input, files, columns[0]!, place);
    const width = widthOf(columns, settings, profile, input.type?.dtype === "int");
    const takes = input.type?.shape.every((d) => typeof d === "number") ? input.type.shape.reduce<number>((a, d) => a * (d as number), 1) : undefined;
    if (width === undefined || takes === undefined || width === takes) return [];
    return [{
      code: "shape-does-not-fit-data", severity: "error", site: place,
      message: `input ${input.name} of model ${model.name} takes ${formatShape(input.type!.shape)}, and ${columns.length === 1 ? `column ${columns[0]} gives` : `its ${columns.length} columns give`} ${width} number${width === 1 ? "" : "s"} a row; change its columns, or the input to [${width}]`,
      related: [{ site: input.site, message: `the input is ${formatShape(input.type!.shape)}` }],
    }];
  });
}

/** Sentences are whole numbers, one a word. */
function wrongForText(model: Model, { name, type, site }: Node, column: string, place: Site): Finding[] {
  if (!type || (type.dtype === "int" && type.shape.length === 1)) return [];
  return [{ code: "shape-does-not-fit-data", severity: "error", site: place, message: `input ${name} of model ${model.name} takes ${type.dtype === "int" ? "whole numbers" : "numbers"} ${formatShape(type.shape)}, and text(${column}) gives sentences: a row of numbers of words; write input ${name} int [N], and an embedding behind it`, related: [{ site, message: `the input is ${formatShape(type.shape)}` }] }];
}

/** Images have three axes, and arrays the input's own sizes. */
function wrongForFiles(model: Model, { name, type, site }: Node, { kind }: FileFeed, column: string, place: Site): Finding[] {
  if (!type) return [];
  const { shape, dtype } = type;
  const whole = dtype !== "int" && shape.every((d) => typeof d === "number");
  const fits = kind === "array" ? whole : whole && isImage(shape);
  if (fits) return [];
  const gives = kind === "array" ? "gives arrays of numbers; give the input the sizes of one, as in" : `gives images [height, width, channels], ${CHANNELS_IN_WORDS}; write`;
  return [{ code: "shape-does-not-fit-data", severity: "error", site: place, message: `input ${name} of model ${model.name} takes ${dtype === "int" ? "whole numbers " : ""}${formatShape(shape)}, and ${kind}(${column}) ${gives} input ${name} ${kind === "array" ? "[16, 2]" : "[32, 32, 3]"}`, related: [{ site, message: `the input is ${formatShape(shape)}` }] }];
}

/** Numbers that these columns become; undefined where a file that was not read says it. */
function widthOf(columns: readonly string[], { categories, source }: DataSettings, profile: DataProfile | undefined, isInt: boolean): number | undefined {
  const arrays = sources[source.name]!.arrays === true;
  if (isInt && !arrays) return columns.length;
  let width = 0;
  for (const name of columns) {
    const column = profile?.columns.find((c) => c.name === name);
    if (isInt && column && column.places === undefined) {
      width++;
      continue;
    }
    // Of categories, those of the training part count.
    if (!column?.numeric || categories?.includes(name)) return undefined;
    width += column.places ?? 1;
  }
  return width;
}
